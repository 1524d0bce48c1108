"""How long the dependency graph of a nation takes; `make bench-graph` prints a table.

    python -m tests.bench.graph [--sqlite] [--regencies 514]

fills a database of its own with as many copies of the sample's regency, then builds the graph and
asks it. Milliseconds, the median and the least of some rounds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Collection
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.setup.postgresql import running_cluster

if TYPE_CHECKING:
    from dcim.graph.graph import DependencyGraph
    from dcim.vocabulary.things import Ref

ROUNDS: Final = 5
DRAWN: Final = 2_000  # nodes
MIB: Final = 1024 * 1024


def main() -> None:
    """Fill, build, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sqlite", action="store_true", help="SQLite in place of PostgreSQL")
    parser.add_argument("--regencies", type=int, default=514)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as folder:
        database = nullcontext("") if asked.sqlite else running_cluster()
        with database as url:
            os.environ |= {"LUMBUNG_DATA": folder, "DATABASE_URL": url}
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcim.settings")
            prepare(asked.regencies)
            show()


def prepare(regencies: int) -> None:
    """A database with the sample in as many copies."""
    import django

    django.setup()
    from django.core.management import call_command

    from dcim.actions.sample.paser import load_paser
    from tests.bench.nation import fill
    from tests.factories import TESTER

    call_command("migrate", verbosity=0)
    load_paser(by=TESTER)
    fill(regencies)


def show() -> None:
    """The table."""
    from dcim.graph.load.record import load_graph

    before = memory_mib()
    graph = load_graph()
    print(f"{len(graph)} nodes, {needs_in(graph)} needs; memory {memory_mib() - before} MiB\n")
    print("| question | median ms | least ms |\n| --- | --- | --- |")
    measure("build the graph from the database", load_graph)
    ask(graph)
    draw(graph)
    measure("one edit to a fresh answer", edit_and_ask)


def ask(graph: DependencyGraph) -> None:
    """The questions that are asked of one graph."""
    from django.utils import timezone

    from dcim.graph.failures.board import BOARD_KINDS, board
    from dcim.graph.failures.impact import impact
    from dcim.graph.failures.restoring import restorable
    from dcim.graph.failures.single_points import POINT_KINDS, single_points
    from dcim.graph.needs.findings import findings
    from dcim.graph.needs.order import Direction, order
    from dcim.graph.propagation import State, down_with
    from dcim.graph.selection import Selection, selected
    from dcim.vocabulary.things import Ref, ThingKind

    site, pdn = graph.things(ThingKind.SITE)[0].id, Ref(ThingKind.PROVIDER, "pdn")
    local = [
        number
        for block in graph.roster.blocks
        if block.kind not in (ThingKind.APP, ThingKind.WORKLOAD, ThingKind.PROVIDER)
        for number in block.numbers
    ]
    measure("impact of a site", lambda: impact(graph, [site]).apps_down)
    measure("impact of the PDN, counted", lambda: impact(graph, [pdn]).counts(State.DOWN))
    measure("impact of the PDN, each app named", lambda: impact(graph, [pdn]).apps_down)
    now = timezone.now()
    measure("what can be restored without a site", lambda: restorable(impact(graph, [site]), now))
    measure("what can be restored without the PDN", lambda: restorable(impact(graph, [pdn]), now))
    measure("impact of the PDN with owners and users, 50 apps named", lambda: told(graph, pdn))
    measure(
        f"each of {len(local)} local things failed alone",
        lambda: [down_with(graph.wiring, [number]) for number in local],
    )
    points = selected(graph, Selection(), POINT_KINDS)
    measure(
        f"single points of failure among {len(points)} things, the worst 50 with remedies",
        lambda: single_points(graph, points).points(slice(50), slice(10)),
    )
    measure("order of stopping a site", lambda: order(graph, [site], Direction.STOP))
    measure("findings in all of it", lambda: findings(graph).counts)
    things = selected(graph, Selection(), BOARD_KINDS)
    measure(f"N-1 board of {len(things)} things, its worst 50", lambda: board(graph, things)[:50])


def draw(graph: DependencyGraph) -> None:
    """Drawings: of the sites that some 2,000 nodes stand on, and of the surroundings of a rack."""
    from dcim.graph.reach import all_above, around
    from dcim.vocabulary.things import ThingKind

    numbers: set[int] = set()
    for site in graph.things(ThingKind.SITE):
        if len(numbers) < DRAWN:
            numbers |= all_above(graph.wiring, [graph.find(site.id)])
    rack = graph.find(graph.things(ThingKind.RACK)[0].id)
    near = around(graph.wiring, rack, 2, lambda one: one >= graph.roster.groups.start, numbers)
    for part in (numbers, near):
        measure(f"drawing of {len(part)} nodes, folded, as SVG", partial(drawn, graph, part))


def drawn(graph: DependencyGraph, numbers: Collection[int]) -> str:
    """The drawing of some nodes."""
    from dcim.actions.questions.drawings import Asked, Shown, svg_alone
    from dcim.graph.drawing.folding import Wishes, picture_of
    from dcim.vocabulary.things import ThingKind

    shown = Shown(Asked("all"), picture_of(graph, numbers, Wishes()))
    return svg_alone(shown, {kind: kind.value for kind in ThingKind})


def told(graph: DependencyGraph, failed: Ref) -> None:
    """What a page tells of an impact first: whom it hits, and some apps with their chains."""
    from dcim.graph.failures.impact import impact
    from dcim.graph.failures.losses import losses_of
    from dcim.graph.propagation import State

    found = impact(graph, [failed])
    losses_of(found)
    _ = [hit.chain for hit in found.app_hits(State.DOWN, slice(50))]


def edit_and_ask() -> None:
    """Change a machine, and ask what falls with its site."""
    from dcim.actions import record
    from dcim.graph.failures.impact import impact
    from dcim.graph.load.record import current_graph
    from dcim.record.networks.virtualization import VirtualMachine
    from dcim.vocabulary.things import ThingKind
    from tests.factories import TESTER

    machine = VirtualMachine.objects.order_by("pk")[ROUNDS]
    text = {"description": str(time.perf_counter())}
    record.update(machine, text, by=TESTER)
    graph = current_graph()
    _ = impact(graph, [graph.things(ThingKind.SITE)[0].id]).apps_down


def measure(question: str, run: Callable[[], object]) -> None:
    """One row."""
    took = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        run()
        took.append((time.perf_counter() - started) * 1000)
    print(f"| {question} | {statistics.median(took):.1f} | {min(took):.1f} |", flush=True)


def needs_in(graph: DependencyGraph) -> int:
    """How many needs the graph holds."""
    return len(graph.wiring.hard_below.ends) + len(graph.wiring.soft_below.ends)


def memory_mib() -> int:
    """What this process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // MIB


if __name__ == "__main__":
    main()
