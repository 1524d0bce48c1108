"""How long lists and objects take over HTTP, on the large estate; `make bench-http` prints a table.

    python -m tests.bench.http [--sqlite] [--ruler FILE] [--stay]

starts a database of its own and the product's own server, fills the estate and asks. Beside each
list stands its floor: the same rows as JSON made by PostgreSQL alone, in the same run. Afterwards
--ruler runs a program from outside, which is told the server as --base URL --token T --pid P; with
--stay the server stays up for one.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Final, LiteralString
from urllib.parse import urlsplit

import psycopg

from tests.bench.size import Estate
from tests.setup.ports import free_port
from tests.setup.postgresql import running_cluster

ROUNDS: Final = 15
WARM: Final = 3
START_S: Final = 30
DEVICES: Final = "/api/dcim/devices/"
MACHINES: Final = "/api/virtualization/virtual-machines/"
CASES: Final = {
    "devices limit=1000": f"{DEVICES}?limit=1000",
    "devices limit=1000 brief": f"{DEVICES}?limit=1000&brief=1",
    "devices limit=100": f"{DEVICES}?limit=100",
    "devices limit=100 offset=9900": f"{DEVICES}?limit=100&offset=9900",
    "devices by rack": f"{DEVICES}?rack_id=7&limit=100",
    "devices q= one hit": f"{DEVICES}?limit=100&q=device-05000",
    "one device": f"{DEVICES}5000/",
    "machines limit=1000": f"{MACHINES}?limit=1000",
    "machines limit=100": f"{MACHINES}?limit=100",
    "machines limit=100 offset=49900": f"{MACHINES}?limit=100&offset=49900",
    "machines limit=100 start=49900": f"{MACHINES}?limit=100&start=49900",
    "one machine": f"{MACHINES}25000/",
    "clusters with their sums": "/api/virtualization/clusters/?limit=100",
    "interfaces limit=1000": "/api/dcim/interfaces/?limit=1000",
    "addresses limit=1000": "/api/ipam/ip-addresses/?limit=1000",
    "schema": "/api/schema/?format=json",
}
# What Ansible's inventory plugin asks for, all of it, in pages of a thousand.
EVERYTHING: Final = (
    "dcim/devices/?exclude=config_context&",
    "virtualization/virtual-machines/?exclude=config_context&",
    "dcim/sites/?",
    "dcim/regions/?",
    "dcim/site-groups/?",
    "dcim/locations/?",
    "tenancy/tenants/?",
    "dcim/device-roles/?",
    "dcim/platforms/?",
    "dcim/device-types/?",
    "dcim/manufacturers/?",
    "virtualization/clusters/?",
    "dcim/racks/?",
    "ipam/services/?",
    "virtualization/virtual-disks/?",
    "dcim/interfaces/?",
    "virtualization/interfaces/?",
    "ipam/ip-addresses/?assigned_to_interface=true&",
    "ipam/prefixes/?",
)
FLOORS: Final = {"devices limit=1000": "dcim_device", "machines limit=1000": "dcim_virtualmachine"}
FLOOR: Final = (
    "SELECT json_agg(row_to_json(one))::text FROM"
    " (SELECT * FROM {} ORDER BY name, id LIMIT 1000) one"
)


def main() -> None:
    """Fill, serve, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sqlite", action="store_true", help="SQLite in place of PostgreSQL")
    parser.add_argument("--ruler", type=Path, help="a program that measures the server too")
    parser.add_argument("--stay", action="store_true", help="leave the server up until Ctrl-C")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as folder:
        database = nullcontext("") if asked.sqlite else running_cluster()
        with database as url:
            environment = {**os.environ, "LUMBUNG_DATA": folder, "DATABASE_URL": url}
            token = prepare(environment, Estate())
            with serving(environment) as (port, server):
                show(port, token, url)
                show_everything(port, token, server)
                print(f"\nmemory of the server: {memory_mib(server)} MiB")
                where = f"--base http://127.0.0.1:{port} --token {token} --pid {server}"
                print(where, flush=True)
                if asked.ruler is not None:
                    subprocess.run([sys.executable, asked.ruler, *where.split()], check=False)
                if asked.stay:
                    input("Enter stops the server.")


def prepare(environment: Mapping[str, str], estate: Estate) -> str:
    """Migrate, fill, and make a token that may do everything."""
    started = time.perf_counter()
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(migrate, env=environment, check=True)
    migrated = time.perf_counter()
    put_in(environment, estate)
    code = (
        "from tests.factories import TESTER, make_user\n"
        "from dcim.actions.accounts.users import create_token\n"
        "print(create_token(make_user('bench', is_superuser=True), by=TESTER))"
    )
    token = run_inside(environment, code).split()[-1]
    filled = time.perf_counter()
    print(f"migrated in {migrated - started:.1f} s, filled in {filled - migrated:.1f} s")
    return token


def put_in(environment: Mapping[str, str], estate: Estate) -> None:
    """Write an estate into the database of `environment`."""
    code = "from tests.bench.estate import fill; from tests.bench.size import Estate; fill({!r})"
    run_inside(environment, code.format(estate))


def run_inside(environment: Mapping[str, str], code: str) -> str:
    """What `code` prints, run by the product's own interpreter."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", code]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


@contextmanager
def serving(environment: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """The product's own server; its port and its first process."""
    port = free_port()
    settings = "python:dcim.management.gunicorn_conf"
    command = ["gunicorn", "dcim.wsgi:application", "-c", settings, "-b", f"127.0.0.1:{port}"]
    server = subprocess.Popen([sys.executable, "-m", *command], env=environment)
    try:
        deadline = time.monotonic() + START_S
        while not answers(port):
            if time.monotonic() > deadline:
                raise SystemExit("The server does not answer.")
            time.sleep(0.1)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait()


def answers(port: int) -> bool:
    """Whether the server takes requests."""
    try:
        asker(port, "")("/api/status/")
    except OSError:
        return False
    return True


def asker(port: int, token: str) -> Callable[..., tuple[int, bytes]]:
    """What asks the server over one connection: path, method, body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {
        "Authorization": f"Token {token}",
        "Accept": "application/json",
        "Content-Type": "application/json",
    }

    def ask(path: str, method: str = "GET", body: object = None) -> tuple[int, bytes]:
        text = None if body is None else json.dumps(body)
        connection.request(method, path, body=text, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    return ask


def show(port: int, token: str, url: str) -> None:
    """The table: median and least of each case, its size, and what the database alone needs."""
    ask = asker(port, token)
    print("| case | ms | least | objects | bytes | floor, least | times the floor |")
    print("| --- " * 7 + "|")
    with psycopg.connect(url) if url else nullcontext() as connection:
        for name, path in CASES.items():
            status, body = ask(path)
            if status != http.HTTPStatus.OK:
                print(f"| {name} | {status} {body[:100]!r} |")
                continue
            floor = None
            if connection is not None and name in FLOORS:
                floor = partial(run, connection, FLOOR.format(FLOORS[name]))
            took, least = timed(partial(ask, path), floor)
            sizes = f"{len(json.loads(body).get('results', '1'))} | {len(body)}"
            beside = f"{min(least):.1f} | {min(took) / min(least):.1f}" if least else " | "
            middle = statistics.median(took)
            print(f"| {name} | {middle:.1f} | {min(took):.1f} | {sizes} | {beside} |", flush=True)


def show_everything(port: int, token: str, server: int) -> None:
    """What reading all objects costs, page by page, as Ansible's inventory does."""
    ask, before, started = asker(port, token), cpu_seconds(server), time.perf_counter()
    objects = size = 0
    for path in EVERYTHING:
        following: str | None = f"/api/{path}limit=0"
        while following is not None:
            _status, body = ask(following)
            page = json.loads(body)
            objects, size = objects + len(page["results"]), size + len(body)
            address = urlsplit(page["next"] or "")
            following = f"{address.path}?{address.query}" if page["next"] else None
    took, spent = time.perf_counter() - started, cpu_seconds(server) - before
    print(f"\neverything, {objects} objects in {size} bytes: {took:.1f} s, of which ", end="")
    print(f"{spent:.1f} s of a processor in the server")


def cpu_seconds(first: int) -> float:
    """What a process and those it started have spent of processors."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            pid, _, rest = stat.read_text().partition(" (")
            fields = rest.rpartition(")")[2].split()
            if first in (int(pid), int(fields[1])):
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def timed(
    deed: Callable[[], object], floor: Callable[[], object] | None
) -> tuple[list[float], list[float]]:
    """What the rounds took, in milliseconds, and in turn with them those of the floor."""
    took: list[float] = []
    least: list[float] = []
    for _ in range(WARM + ROUNDS):
        took.append(seconds_of(deed))
        if floor is not None:
            least.append(seconds_of(floor))
    return [1000 * one for one in took[WARM:]], [1000 * one for one in least[WARM:]]


def seconds_of(deed: Callable[[], object]) -> float:
    """How long one run takes."""
    started = time.perf_counter()
    deed()
    return time.perf_counter() - started


def run(connection: psycopg.Connection, statement: LiteralString) -> None:
    """Run a statement and take in what it gives."""
    connection.execute(statement).fetchall()


def memory_mib(first: int) -> int:
    """Proportional memory of a process and those it started."""
    kilobytes = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        if first in (int(fields["Pid"]), int(fields["PPid"])):
            rollup = (status.parent / "smaps_rollup").read_text().splitlines()
            kilobytes += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
    return kilobytes // 1024


if __name__ == "__main__":
    main()
