"""Deleting a spare from the record says the same as failing it: the graph keeps no ghosts."""

from __future__ import annotations

import pytest
from django.db.models import Model

from dcim.actions import record
from dcim.graph.failures.impact import impact
from dcim.graph.graph import DependencyGraph
from dcim.graph.load.record import current_graph
from dcim.graph.propagation import State
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import VirtualMachine
from dcim.vocabulary.things import Ref, ThingKind
from tests.factories import TESTER
from tests.live.estate import REFS, write_into_record

pytestmark = pytest.mark.django_db
MODELS: dict[ThingKind, type[Model]] = {
    ThingKind.HOST: Device,
    ThingKind.VM: VirtualMachine,
}


def down(graph: DependencyGraph, *failed: Ref) -> set[str]:
    found = impact(graph, failed)
    return {name for name, ref in REFS.items() if found.state_of(ref) is State.DOWN}


@pytest.mark.parametrize("name", ["sso-1", "pay-2", "h3"])
def test_deleting_a_spare_equals_failing_it(name: str) -> None:
    write_into_record()
    before, ref = current_graph(), REFS[name]
    row = MODELS[ref.kind]._default_manager.get(name=name)
    record.delete(row, by=TESTER)
    after = current_graph()
    assert ref not in after
    for other in set(REFS.values()) - {ref}:
        assert down(after, other) == down(before, other, ref) - {name}
