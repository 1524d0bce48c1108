"""What the graph knows of the apps that it weighs."""

from __future__ import annotations

import pytest

from dcim.graph.graph import DependencyGraph
from dcim.graph.load.record import load_graph
from dcim.record.people.organisation import Tenant
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.things import ThingKind
from tests.factories import make

pytestmark = pytest.mark.django_db


def test_an_app_knows_what_is_at_stake() -> None:
    owner = make(Tenant, slug="dinkes", name="Dinas Kesehatan")
    make(Tenant, slug="aaa")
    make(ServiceApp, code="A", owner=owner, category="high", users_per_month=70_000)
    make(ServiceApp, code="B", owner=owner, status="inactive")
    graph = load_graph()
    known = [(one.category, one.users_per_month, one.owner) for one in graph.things(ThingKind.APP)]
    assert known == [("high", 70_000, "dinkes"), ("", 0, "dinkes")]
    stakes = graph.roster.stakes
    assert [stakes.names[place] for place in stakes.owners] == ["Dinas Kesehatan"] * 2
    assert stakes.is_running.tolist() == [True, False]


def test_what_is_at_stake_survives_facts_in_memory() -> None:
    make(ServiceApp, code="A", category="strategic", users_per_month=5)
    facts = load_graph().to_facts()
    assert DependencyGraph.of(facts).to_facts() == facts
