"""Apps that somebody else runs: on their provider, told as external, and what rests on them."""

from __future__ import annotations

import pytest

from dcim.graph.failures.impact import impact
from dcim.graph.load.record import load_graph
from dcim.graph.needs.requirements import single_points_of_failure
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.allocations import Provider
from dcim.record.planner.service_apps import AppDependency, ServiceApp
from dcim.vocabulary.things import Ref, ThingKind
from tests.factories import make
from tests.recorded_graphs import app, device, needs

pytestmark = pytest.mark.django_db


@pytest.fixture
def dukcapil() -> ServiceApp:
    """SIAK, which a ministry runs; KTP can't do without it, PORTAL only suffers."""
    ministry = make(Provider, slug="dukcapil", kind="ministry")
    siak = make(ServiceApp, code="SIAK", provider=ministry)
    for code, hardness in (("KTP", "hard"), ("PORTAL", "soft")):
        own = app(code, make(VirtualMachine, name=code.lower()))
        make(AppDependency, app=own, needs=siak, hardness=hardness)
    return siak


def external() -> set[str]:
    return {one.name for one in load_graph().things(ThingKind.APP) if one.is_external}


def hit_by(thing: str) -> tuple[list[str], list[str]]:
    found = impact(load_graph(), [Ref.parse(thing)])
    down, degraded = found.apps_down, found.apps_degraded
    return [hit.thing.name for hit in down], [hit.thing.name for hit in degraded]


@pytest.mark.usefixtures("dukcapil")
def test_an_external_app_rests_on_its_provider_alone() -> None:
    assert {need for need in needs() if need.startswith("app:SIAK")} == {
        "app:SIAK -> provider:dukcapil"
    }
    assert external() == {"SIAK"}


@pytest.mark.usefixtures("dukcapil")
@pytest.mark.parametrize("thing", ["app:SIAK", "provider:dukcapil"])
def test_what_rests_on_it_falls_or_suffers(thing: str) -> None:
    assert hit_by(thing) == (["KTP", "SIAK"], ["PORTAL"])


@pytest.mark.usefixtures("dukcapil")
def test_it_is_a_single_point_of_failure_of_what_can_not_do_without_it() -> None:
    graph = load_graph()
    points = [str(one.id) for one in single_points_of_failure(graph, Ref.parse("app:KTP"))]
    assert {"app:SIAK", "provider:dukcapil"} <= set(points)
    assert not {"app:SIAK"} & {
        str(one.id) for one in single_points_of_failure(graph, Ref.parse("app:PORTAL"))
    }


def test_an_app_that_anything_here_carries_is_not_external(dukcapil: ServiceApp) -> None:
    app("VM", make(VirtualMachine), provider=dukcapil.provider)
    app("BARE", devices=[device("server", "h1")], provider=dukcapil.provider)
    make(ServiceApp, code="OLD", provider=dukcapil.provider, status="inactive")
    assert external() == {"SIAK"}


def test_an_app_of_our_own_data_centre_is_not_external() -> None:
    make(ServiceApp, code="LOCAL", provider=make(Provider, slug="own", kind="regency"))
    assert external() == set()
    assert "app:LOCAL -> provider:own" in needs()
