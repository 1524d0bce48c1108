"""Planned machines have a size that their cluster gives out; recorded ones may have any."""

from __future__ import annotations

import pytest

from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.vocabulary.errors import DoesNotFit
from tests.factories import make

pytestmark = pytest.mark.django_db


def test_a_planned_machine_between_steps_is_refused_with_the_next_size() -> None:
    cluster = make(Cluster, name="PDR-KVM", step_memory_mib=1024, min_memory_mib=2048)
    make(VirtualMachine, cluster=cluster, status="active", memory_mib=1500)
    make(VirtualMachine, cluster=cluster, status="planned", memory_mib=3072)
    for asked, fits in ((1024, 2048), (3000, 3072)):
        with pytest.raises(DoesNotFit, match=f"PDR-KVM.*{fits}") as refused:
            make(VirtualMachine, cluster=cluster, status="planned", memory_mib=asked)
        assert refused.value.field == "memory_mib"
