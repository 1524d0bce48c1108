"""Whether what is asked of some objects costs more because there are others.

    python -m tests.bench.growth [--sqlite]

asks and writes on a small estate, sets one of nine times its size beside it, and does the same to
the same objects again. The last column is what matters: how many times as long it takes. One is
what is hoped for; a list that is counted, or searched without an index, may take more.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any, Final

from tests.bench.http import DEVICES, MACHINES, asker, prepare, put_in, serving, timed
from tests.bench.size import Estate
from tests.setup.postgresql import running_cluster

SMALL: Final = Estate(devices=1_000, machines=5_000)
BESIDE: Final = Estate(devices=9_000, machines=45_000, first=5_000)
READS: Final = {
    "one device": f"{DEVICES}500/",
    "devices by rack": f"{DEVICES}?rack_id=7&limit=100",
    "device by name": f"{DEVICES}?name=device-00500",
    "devices limit=50": f"{DEVICES}?limit=50",
    "devices limit=50 start=1": f"{DEVICES}?limit=50&start=1",
    "machine by name": f"{MACHINES}?name=machine-02500",
    "machines of a cluster limit=50": f"{MACHINES}?cluster_id=3&limit=50",
    "a cluster with its sums": "/api/virtualization/clusters/1/",
    "a site with its counts": "/api/dcim/sites/1/",
    "interfaces of a device": "/api/dcim/interfaces/?device_id=500",
    "addresses of a device": "/api/ipam/ip-addresses/?device_id=500",
}
SERIALS: Final = itertools.count(1)


def main() -> None:
    """Fill a little, measure, fill in more, measure again, print both."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sqlite", action="store_true", help="SQLite in place of PostgreSQL")
    asked = parser.parse_args()
    database = nullcontext("") if asked.sqlite else running_cluster()
    with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as folder, database as url:
        environment = {**os.environ, "LUMBUNG_DATA": folder, "DATABASE_URL": url}
        token = prepare(environment, SMALL)
        with serving(environment) as (port, _server):
            small = measured(asker(port, token))
            put_in(environment, BESIDE)
            large = measured(asker(port, token))
    print("| case | ms | ms among ten times as many | times |\n| --- | --- | --- | --- |")
    for name, least in small.items():
        print(f"| {name} | {least:.1f} | {large[name]:.1f} | {large[name] / least:.1f} |")


def measured(ask: Callable[..., Any]) -> dict[str, float]:
    """The least of the rounds of each deed, in milliseconds."""
    deeds: dict[str, Callable[[], object]] = {
        name: partial(ask, path) for name, path in READS.items()
    }
    deeds["patch one device"] = lambda: write(ask, "PATCH", f"{DEVICES}500/", _serial())
    deeds["patch 100 devices"] = lambda: write(
        ask, "PATCH", DEVICES, [{"id": pk, **_serial()} for pk in range(1, 101)]
    )
    deeds["post one device, delete it"] = lambda: _come_and_go(ask)
    return {name: min(timed(deed, None)[0]) for name, deed in deeds.items()}


def _serial() -> dict[str, str]:
    return {"serial": f"G{next(SERIALS)}"}


def _come_and_go(ask: Callable[..., Any]) -> None:
    body = {"name": f"zz-{next(SERIALS)}", "site": 1, "role": 1, "device_type": 1}
    made = write(ask, "POST", DEVICES, body)
    write(ask, "DELETE", f"{DEVICES}{made['id']}/")


def write(ask: Callable[..., Any], method: str, path: str, body: object = None) -> Any:
    """What the server answers to a write.

    Raises: SystemExit when it refuses.
    """
    status, answer = ask(path, method, body)
    if status >= 400:
        raise SystemExit(f"{method} {path}: {status} {answer[:200]!r}")
    return json.loads(answer or "null")


if __name__ == "__main__":
    main()
