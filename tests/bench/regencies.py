"""Many invented regencies planned at once: `python -m tests.bench.regencies`.

Prints what `docs/performance.md` shows. `--regencies 60` plans fewer, `--idle 31` leaves most apps
running, `--share 50` sets the ceiling to so many per cent of what all would ask, `--scheduler
ADDRESS` works on a Dask cluster.
"""

from __future__ import annotations

import argparse
import resource
import time

from dcim.planning.regencies.nation import gap, plan_regencies
from dcim.planning.regencies.regency import Regency
from dcim.planning.regencies.workers import dask_at, dask_here
from dcim.planning.snapshot import encode
from dcim.planning.solver import Effort
from dcim.vocabulary.amounts import Amounts
from tests.nations import regency

# What a regency of 94 idle apps asks on the average; of 31, a third.
USUAL_ASK = Amounts(90, 230_000, 3_300)


class Steps:
    """Prints each step with the seconds since the start."""

    def __init__(self) -> None:
        self.begun, self.text = time.monotonic(), ""

    def report(self, _done: int, _total: int, text: str = "") -> None:
        if text != self.text:
            self.text = text
            print(f"{time.monotonic() - self.begun:7.1f} s  {text}", flush=True)

    def is_stopped(self) -> bool:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--regencies", type=int, default=514)
    parser.add_argument("--idle", type=int, default=94)
    parser.add_argument("--share", type=int, default=50)
    parser.add_argument("--limit", type=float, default=1.0)
    parser.add_argument("--scheduler")
    asked = parser.parse_args()
    regencies = [
        Regency.of(f"r{n:03d}", encode(regency(n, idle=asked.idle))) for n in range(asked.regencies)
    ]
    part = asked.regencies * asked.idle * asked.share / 94 / 100
    ceiling = Amounts(*(int(one * part) for one in USUAL_ASK.as_mapping().values()))
    kilobytes = sum(len(one.packed) for one in regencies) / 1e3
    print(f"{len(regencies)} regencies, {kilobytes:.0f} kB; ceiling {ceiling}")
    steps, cpu = Steps(), time.process_time()
    with dask_at(asked.scheduler) if asked.scheduler else dask_here() as workers:
        plan = plan_regencies(
            regencies, ceiling, workers, effort=Effort(limit_s=asked.limit, watch=steps)
        )
    seconds, cpu = time.monotonic() - steps.begun, time.process_time() - cpu
    memory_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{seconds:.1f} s, {cpu:.1f} s CPU here, {memory_mib:.0f} MiB, {plan.rounds} rounds")
    print(f"asked        {plan.asked}")
    print(f"at hand      {plan.at_hand} of {plan.at_hand_bound}", end="")
    print(f", gap {gap(plan.at_hand, plan.at_hand_bound):.4%}")
    print(f"once granted {plan.weight} of {plan.bound}, gap {plan.gap:.4%}")
    print(f"prices       { {str(one): round(price, 5) for one, price in plan.prices.items()} }")


if __name__ == "__main__":
    main()
