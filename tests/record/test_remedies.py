"""Against the sample's single points of failure there is a change, and it helps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from dcim.actions.sample.paser import load_paser
from dcim.graph.failures.single_points import POINT_KINDS, single_points
from dcim.graph.graph import DependencyGraph
from dcim.graph.load.record import load_graph
from dcim.graph.needs.requirements import single_points_of_failure
from dcim.graph.selection import Selection, selected
from dcim.vocabulary.things import ThingKind
from tests.factories import TESTER
from tests.remedies import stands_after

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.no_cover]


@pytest.fixture(scope="module")
def graph(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[DependencyGraph]:
    """The graph of the sample, which is taken back when the module's tests are through."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_paser(by=TESTER)
        yield load_graph()
        transaction.set_rollback(True)


def test_each_single_point_of_the_sample_is_gone_after_its_changes(graph: DependencyGraph) -> None:
    found = single_points(graph, selected(graph, Selection(), POINT_KINDS))
    asked = [
        (removal.app.id, removal.thing.id)
        for point in found.points(slice(None), slice(3))
        for removal in point.removals
    ]
    assert len(asked) > 50
    assert [pair for pair in asked if not stands_after(graph, *pair)] == []


def test_the_points_of_all_apps_are_those_of_each(graph: DependencyGraph) -> None:
    found = single_points(graph, selected(graph, Selection(), POINT_KINDS))
    by_thing = {
        (removal.app.name, str(removal.thing.id))
        for point in found.points(slice(None), slice(None))
        for removal in point.removals
    }
    by_app = {
        (app.name, str(thing.id))
        for app in graph.things(ThingKind.APP)
        if app.is_running_app
        for thing in single_points_of_failure(graph, app.id)
        if thing.kind in POINT_KINDS
    }
    assert by_thing == by_app
