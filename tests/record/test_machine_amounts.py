"""What a machine takes is one number wherever it is asked for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dcim.planning.load.record import load_snapshot
from dcim.record.networks.virtualization import VirtualMachine
from dcim.vocabulary.amounts import Amounts
from tests.factories import make

pytestmark = pytest.mark.django_db


def test_a_machine_takes_its_size_rounded_up_to_whole_units() -> None:
    machine = make(VirtualMachine, vcpus=Decimal("0.5"), memory_mib=512, disk_mb=64_425)
    assert machine.amounts == Amounts(1, 512, 61)
    assert [one.amounts for one in load_snapshot().vms] == [machine.amounts]


def test_a_machine_of_no_stated_size_takes_nothing() -> None:
    assert make(VirtualMachine).amounts == Amounts()
