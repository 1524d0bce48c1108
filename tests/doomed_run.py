"""`python -m provisioning`, killed with SIGKILL at a chosen moment.

    python -m tests.doomed_run MOMENT up --plan FILE

MOMENT says who dies when: `group create 3 after` kills the process with its engine right after the
third creation on the hypervisor, before the engine hears of it; `self` leaves the engine behind,
`engine` kills that alone. `group time 1500 ms` kills whatever goes on then. Real kills at exact
places: nothing of the product knows of them.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from provisioning.engine import run as engine_run
from provisioning.engine.console import main
from provisioning.provider import provider
from provisioning.provider.driver import Driver
from provisioning.provider.opening import driver_for

Call = Callable[..., object]
ROOT = Path(__file__).parents[1]


class Moment:
    """Counts calls of the driver and kills at the one that was chosen."""

    def __init__(self, words: str) -> None:
        self.who, self.call, number, self.when = words.split()
        self.number = int(number)
        self.seen: Counter[str] = Counter()
        self.counting = threading.Lock()
        if self.call == "time":
            timer = threading.Timer(self.number / 1000, self.kill)
            timer.daemon = True
            timer.start()

    def wrap(self, name: str, call: Call) -> Call:
        """`call`, deadly at the moment."""

        def deadly(*arguments: object, **named: object) -> object:
            with self.counting:
                self.seen[name] += 1
                is_it = (name, self.seen[name]) == (self.call, self.number)
            if is_it and self.when == "before":
                self.kill()
            answer = call(*arguments, **named)
            if is_it and self.when == "after":
                self.kill()
            return answer

        return deadly

    def kill(self) -> None:
        """Sends SIGKILL to whom the moment names."""
        if self.who == "self":
            os.kill(os.getpid(), signal.SIGKILL)
        for engine in children():  # each leads a group of its own
            os.kill(engine, signal.SIGKILL)
        if self.who == "group":
            os.killpg(0, signal.SIGKILL)


class Doomed:
    """A driver whose calls may be the last."""

    def __init__(self, driver: Driver, moment: Moment) -> None:
        self._driver, self._moment = driver, moment

    def __getattr__(self, name: str) -> object:
        return self._moment.wrap(name, getattr(self._driver, name))


def random_moments(seed: int, count: int) -> list[str]:
    """Moments of all kinds, the same for the same seed; the first comes to every run with work."""
    chance = random.Random(seed)
    deeds = ("create", "read", "update", "delete")
    calls = [
        f"{deed} {n} {when}" for n in range(1, 8) for deed in deeds for when in ("before", "after")
    ]
    times = [f"time {ms} ms" for ms in range(300, 3000, 50)]
    drawn = (chance.choice(calls[:8]), *(chance.choice([*calls, *times]) for _ in range(count - 1)))
    return [f"{chance.choice(('group', 'self', 'engine'))} {one}" for one in drawn]


def children() -> list[int]:
    """The processes that this one has started and that live: the engine's."""
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text("ascii").split()]


if __name__ == "__main__":
    chosen = Moment(sys.argv[1])
    setattr(engine_run, "is_disposable", lambda _uri: True)  # noqa: B010  # QEMU of the tests' own too
    setattr(provider, "driver_for", lambda uri: Doomed(driver_for(uri), chosen))  # noqa: B010  # its own name for it
    sys.exit(main(sys.argv[2:]))
