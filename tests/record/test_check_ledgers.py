"""`check_ledgers`: counters against a count, triggers that are missing, and what repair may do."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dcim.actions.verification.log_drift import check_record
from dcim.record.extras.journal import JournalEntry
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.ceilings import statements
from tests.factories import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant() -> Allocation:
    grant = make(Allocation, reference="PDN-1", vcpus=8, memory_mib=8192, storage_gib=100)
    make(VirtualMachine, allocation=grant, vcpus="3.5", memory_mib=1024, disk_mb=1_074)
    return Allocation.objects.get(pk=grant.pk)


def without_triggers(statement: str) -> None:
    """A statement of someone who owns the tables and switches the counting off for it."""
    drops = [one for one in statements(connection) if one.startswith("DROP")]
    with connection.cursor() as cursor:
        for one in drops:
            cursor.execute(one)
        cursor.execute(statement)


def test_what_machines_take_is_counted_as_the_machine_says(
    grant: Allocation, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (grant.used.vcpus, grant.used.memory_mib, grant.used.storage_gib) == (4, 1024, 2)
    call_command("check_ledgers")
    assert "1 grants counted" in capsys.readouterr().out


def test_a_wrong_counter_is_told_and_put_right_with_a_note(
    grant: Allocation, capsys: pytest.CaptureFixture[str]
) -> None:
    Allocation.objects.update(used_vcpus=1, committed_memory_mib=7)
    with pytest.raises(CommandError, match="wrong"):
        call_command("check_ledgers")
    assert "PDN-1: used_vcpus is 1, but comes to 4." in capsys.readouterr().out
    call_command("check_ledgers", "--repair")
    grant.refresh_from_db()
    assert (grant.used_vcpus, grant.committed_memory_mib) == (4, 0)
    assert "used_vcpus: 1 → 4" in JournalEntry.objects.get().comments
    assert list(check_record({Allocation, JournalEntry})) == []


def test_triggers_that_are_missing_are_told_and_made_again(grant: Allocation) -> None:
    without_triggers("UPDATE dcim_virtualmachine SET vcpus = 6")
    with pytest.raises(CommandError, match="wrong"):
        call_command("check_ledgers")
    call_command("check_ledgers", "--repair")
    VirtualMachine.objects.update(vcpus=7)
    grant.refresh_from_db()
    assert grant.used_vcpus == 7


def test_a_grant_drawn_on_beyond_its_ceiling_takes_a_decision(
    grant: Allocation, capsys: pytest.CaptureFixture[str]
) -> None:
    without_triggers("UPDATE dcim_virtualmachine SET vcpus = 9")
    with pytest.raises(CommandError, match="wrong"):
        call_command("check_ledgers", "--repair", "--json")
    told = json.loads(capsys.readouterr().out.split("\n{", 1)[1].join(("{", "")))
    assert told["miscounts"][0]["beyond_ceiling"] is True
    Allocation.objects.update(vcpus=9)
    call_command("check_ledgers", "--repair")
