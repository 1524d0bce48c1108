"""How long people wait for the deeds that matter, on the sample; `make bench` prints the table.

No limits are set here: a machine has slow days. The figures are for comparing two states of the
code on one machine.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from dcim.actions.plans.making import current_snapshot
from dcim.actions.sample.paser import load_paser
from dcim.graph.failures.impact import impact
from dcim.graph.load.record import load_graph
from dcim.planning.document import encode
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.record.people.account import User
from dcim.vocabulary.things import Ref
from tests.factories import TESTER

ROUNDS = 5


@pytest.fixture(scope="module", autouse=True)
def sample(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The sample, loaded once; how long that takes is the first figure."""
    with django_db_blocker.unblock(), transaction.atomic():
        started = time.perf_counter()
        load_paser(by=TESTER)
        show("load the sample", [time.perf_counter() - started])
        yield
        transaction.set_rollback(True)


@pytest.fixture
def client(db: None) -> Client:
    """A signed-in user who may see everything."""
    signed_in = Client()
    signed_in.force_login(User.objects.create_superuser("bench"))
    return signed_in


def show(deed: str, seconds: list[float]) -> None:
    """One row: median and worst, in milliseconds."""
    median, worst = statistics.median(seconds) * 1000, max(seconds) * 1000
    print(f"\n{deed:<40}{median:>9.1f} ms   worst {worst:>9.1f} ms", end="")


def measure(deed: str, run: Callable[[], object]) -> None:
    """Run the deed a few times and show what it took."""
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    show(deed, seconds)


@pytest.mark.django_db
def test_the_graph() -> None:
    graph = load_graph()
    measure("read the facts of the graph", load_graph)
    measure("impact of a rack", lambda: impact(graph, [Ref.parse("rack:PDR-R01")]))


@pytest.mark.django_db
def test_the_plan() -> None:
    snapshot = current_snapshot()
    measure("take a snapshot", current_snapshot)
    measure("plan the reactivation", lambda: plan_reactivation(snapshot))
    document = plan_reactivation(snapshot)
    measure("write the plan document", lambda: encode(document))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/dcim/racks/",
        "/virtualization/virtual-machines/",
        "/api/dcim/devices/?limit=50",
        "/api/virtualization/virtual-machines/?limit=50",
        "/api/plugins/planner/service-apps/?limit=50",
    ],
)
def test_an_answer(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200
    measure(f"GET {path}", lambda: client.get(path))
