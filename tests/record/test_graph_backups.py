"""Backup copies in the graph of the record: where they lie, what they are called, how they age."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from dcim.actions import record
from dcim.graph.facts import Copy, Demand
from dcim.graph.graph import DependencyGraph
from dcim.graph.load.record import current_graph, load_graph
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Provider
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.things import Ref
from tests.factories import TESTER, make
from tests.recorded_graphs import needs

pytestmark = pytest.mark.django_db

MADE = datetime(2026, 11, 27, 18, 30, 15, tzinfo=UTC)


@pytest.fixture
def tier() -> Workload:
    app = make(ServiceApp, code="SIMPEG")
    sizes = {"vcpus": Decimal("1.5"), "memory_mib": 2048, "storage_gib": 30}
    return make(Workload, app=app, name="db", instances_wanted=3, instances_needed=2, **sizes)


def test_a_copy_rests_on_its_site_and_its_provider_and_nothing_rests_on_it(tier: Workload) -> None:
    site, pdn = make(Site, name="DRC"), make(Provider, slug="pdn")
    make(BackupCopy, workload=tier, site=site)
    make(BackupCopy, workload=tier, site=None, provider=pdn)
    both = make(BackupCopy, workload=tier, site=site, provider=pdn)
    first = BackupCopy.objects.earliest("pk")
    assert {one for one in needs() if "backup:" in one} == {
        f"backup:SIMPEG/db@DRC#{first.pk} -> site:DRC",
        "backup:SIMPEG/db@pdn -> provider:pdn",
        f"backup:SIMPEG/db@DRC#{both.pk} -> site:DRC",
        f"backup:SIMPEG/db@DRC#{both.pk} -> provider:pdn",
    }


def test_copies_and_demands_are_read_as_recorded(tier: Workload) -> None:
    make(
        BackupCopy, workload=tier, site=make(Site, name="DRC"), kind="replica", frequency_hours=24,
        retention_days=30, size_gib=12, last_success=MADE, last_restore_test=date(2026, 5, 4),
    )  # fmt: skip
    facts = load_graph().to_facts()
    of = Ref.parse("workload:SIMPEG/db")
    name, site = Ref.parse("backup:SIMPEG/db@DRC"), Ref.parse("site:DRC")
    assert facts.copies == (
        Copy(name, of, site, None, "replica", 24, 30, 12, MADE, date(2026, 5, 4)),
    )
    assert facts.demands == (Demand(of, Decimal("1.5"), 2048, 30, 3, 2),)
    again = DependencyGraph.of(facts).to_facts()
    assert (again.copies, again.demands) == (facts.copies, facts.demands)


def test_what_is_not_stated_of_a_copy_is_not_known(tier: Workload) -> None:
    make(BackupCopy, workload=tier, site=make(Site, name="DRC"))
    (copy,) = load_graph().to_facts().copies
    assert (copy.kind, copy.frequency_hours, copy.size_gib) == ("full", None, None)
    assert (copy.last_success, copy.last_restore_test) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_an_edit_of_a_copy_is_seen(tier: Workload) -> None:
    site, pdn = make(Site, name="DRC"), make(Provider, slug="pdn")
    copy = make(BackupCopy, workload=tier, site=site)
    current_graph()
    record.update(copy, {"last_success": MADE}, by=TESTER)
    assert current_graph().to_facts().copies[0].last_success == MADE
    record.update(copy, {"provider": pdn}, by=TESTER)
    assert current_graph().to_facts() == load_graph().to_facts()
    record.delete(copy, by=TESTER)
    assert current_graph().to_facts().copies == ()


def test_a_copy_is_somewhere(tier: Workload) -> None:
    with pytest.raises(ValidationError, match="Name a site, a provider, or both"):
        BackupCopy(workload=tier).full_clean()
    with pytest.raises(IntegrityError, match="backup_copy_is_somewhere"), transaction.atomic():
        BackupCopy.objects.bulk_create([BackupCopy(workload=tier)])


@pytest.mark.parametrize("name", ["frequency_hours", "retention_days"])
def test_a_copy_is_made_and_kept_for_some_time(tier: Workload, name: str) -> None:
    one = BackupCopy(workload=tier, site=make(Site), **{name: 0})
    with pytest.raises(ValidationError, match=name):
        one.full_clean()
