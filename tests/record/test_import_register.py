"""Importing a register: what is written, and that a wrong row leaves nothing behind."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from dcim.actions.register.imports import import_apps, import_offices
from dcim.actions.register.rows import Row, read_rows
from dcim.record.log.changes import ObjectChange
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Provider
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from dcim.vocabulary.errors import BadRow, BadRows, InvalidInput
from tests.factories import TESTER
from tests.record.registers import OFFICE, app_row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def office() -> Tenant:
    return import_offices([OFFICE], by=TESTER)[0]


def test_an_app_comes_with_its_tiers_and_dependencies(office: Tenant) -> None:
    import_apps([app_row("SIMRS", depends_on="DNS"), app_row("DNS")], by=TESTER)
    app = ServiceApp.objects.get(code="SIMRS")
    assert app.owner == office
    assert [str(one.needs) for one in app.needs.all()] == ["DNS"]
    assert {one.name: one.vcpus for one in app.workloads.all()} == {"web": 1, "app": 2, "db": 1}


def test_every_imported_object_has_an_entry_in_the_change_log() -> None:
    import_apps([app_row("SIMRS", depends_on="DNS"), app_row("DNS")], by=TESTER)
    kinds = list(ObjectChange.objects.values_list("changed_object_type", flat=True))
    assert kinds.count("planner.serviceapp") == ServiceApp.objects.count()
    assert kinds.count("planner.workload") == Workload.objects.count()
    assert kinds.count("planner.appdependency") == AppDependency.objects.count()


@pytest.mark.parametrize(
    ("reason", "blocker", "verdict"),
    [
        ("no server", "server", "revive"),
        ("expired domain", "domain", "repair"),
        ("broken app", "code", "repair"),
        ("no operator", "operator", "repair"),
        ("superseded", "superseded", "retire"),
    ],
)
def test_why_an_app_is_inactive_says_what_is_to_become_of_it(
    reason: str, blocker: str, verdict: str
) -> None:
    row = app_row("IDLE", status="inactive", inactive_reason=reason)
    app = import_apps([row], by=TESTER)[0].app
    assert (app.blocker, app.verdict) == (blocker, verdict)


def test_a_national_app_without_machines_here_is_run_by_the_ministry() -> None:
    sizes = {"tiers": "", "vcpu": "0", "memory_mib": "0", "storage_gib": "0"}
    row = app_row("SIASN", kind="shared_national", hosting="third_party", **sizes)
    app = import_apps([row], by=TESTER)[0].app
    assert app.provider == Provider.objects.get(kind="ministry")
    assert not app.workloads.exists()


def test_apps_at_the_same_kind_of_provider_share_it() -> None:
    rows = [app_row("A", hosting="pdn"), app_row("B", hosting="pdn"), app_row("C")]
    providers = [one.app.provider for one in import_apps(rows, by=TESTER)]
    assert providers == [Provider.objects.get(kind="pdn")] * 2 + [None]


def test_tiers_of_a_small_website_share_one_machine() -> None:
    row = app_row("WEB", kind="website", tiers="web;db", vcpu="1")
    tiers = import_apps([row], by=TESTER)[0].workloads
    assert [(one.vcpus, one.co_hosted) for one in tiers] == [(Decimal("0.5"), True)] * 2


def test_dependencies_may_go_round_in_a_cycle() -> None:
    import_apps([app_row("A", depends_on="B"), app_row("B", depends_on="A")], by=TESTER)
    assert AppDependency.objects.count() == 2


BAD_CELLS = [
    ("owner", "nowhere", "No office"),
    ("depends_on", "NOPE", "No app has the code"),
    ("depends_on", "BAD", "can't rest on itself"),
    ("depends_on", "GOOD;GOOD", "twice"),
    ("vcpu", "-4", "not a whole number"),
    ("memory_mib", "8192.5", "not a whole number"),
    ("storage_gib", "much", "not a whole number"),
    ("users_per_month", "", "not a whole number"),
    ("vcpu", "10000", "not a whole number"),
    ("vcpu", "0", "tiers"),
    ("tiers", "web;cache", "not a tier"),
    ("tiers", "", "no tier"),
    ("kind", "game", "not known"),
    ("status", "asleep", "not known"),
    ("criticality", "extreme", "not known"),
    ("hosting", "moon", "not known"),
    ("inactive_reason", "bored", "not known"),
    ("inactive_reason", "no server", "is active"),
    ("code", "A B", "can't be a code"),
    ("code", "", "empty"),
    ("name", "", "empty"),
    ("name", "x" * 151, "150"),
]


@pytest.mark.parametrize(("field", "cell", "reason"), BAD_CELLS)
def test_a_bad_cell_is_refused_with_row_field_and_reason_and_nothing_is_written(
    field: str, cell: str, reason: str
) -> None:
    before = ObjectChange.objects.count()
    with pytest.raises((BadRow, BadRows), match=reason) as refusal:
        import_apps([app_row("GOOD"), {**app_row("BAD"), field: cell}], by=TESTER)
    assert str(refusal.value).startswith("row 2, ")
    assert refusal.value.field == field
    assert ObjectChange.objects.count() == before
    assert not ServiceApp.objects.exists()


def test_a_code_is_refused_twice_in_a_file_and_again_when_recorded() -> None:
    with pytest.raises(BadRow, match="row 1 already"):
        import_apps([app_row("A"), app_row("A")], by=TESTER)
    import_apps([app_row("A")], by=TESTER)
    with pytest.raises(BadRow, match="in the record already"):
        import_apps([app_row("A")], by=TESTER)


@pytest.mark.parametrize("row", [{"slug": "x"}, {**OFFICE, "colour": "red"}])
def test_a_row_with_other_columns_is_refused(row: Row) -> None:
    with pytest.raises(BadRow, match="columns slug, name, name_en, kind"):
        import_offices([row], by=TESTER)


def test_a_name_that_another_office_has_is_refused_and_nothing_is_written() -> None:
    with pytest.raises(InvalidInput):
        import_offices([{**OFFICE, "slug": "other"}], by=TESTER)
    assert Tenant.objects.count() == 1


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "apps.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="is not CSV"):
        read_rows(tmp_path / "apps.csv")


def test_the_command_writes_neither_file_when_one_of_them_is_wrong(tmp_path: Path) -> None:
    offices, apps = tmp_path / "offices.csv", tmp_path / "apps.csv"
    offices.write_text("slug,name,name_en,kind\nrsud,RSUD,Hospital,hospital\n")
    apps.write_text(",".join(app_row("A")) + "\n" + ",".join(app_row("A", owner="x").values()))
    with pytest.raises(CommandError, match=r"apps\.csv, row 1, owner"):
        call_command("import_register", offices=offices, apps=apps)
    assert not Tenant.objects.filter(slug="rsud").exists()
