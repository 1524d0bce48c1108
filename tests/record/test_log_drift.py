"""Rows that a statement in SQL wrote: the log knows what they were."""

from __future__ import annotations

from typing import Any

import pytest

from dcim.actions import panels, record
from dcim.actions.accounts.sign_in import sign_in, unlock
from dcim.actions.accounts.users import set_password
from dcim.actions.verification.log_derived import check_units
from dcim.actions.verification.log_drift import check_record
from dcim.actions.verification.log_findings import Finding, Problem
from dcim.record.equipment.devices import Device
from dcim.record.equipment.ports import FrontPort, PortMapping, RearPort
from dcim.record.log.changes import ObjectChange
from dcim.record.people.account import User
from dcim.record.places.racks import Rack
from dcim.record.places.reservations import RackReservation
from dcim.record.places.sites import Site
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.vocabulary.errors import NotPermitted
from tests.factories import TESTER, make, make_user
from tests.record.tampering import run

pytestmark = pytest.mark.django_db


def only() -> Finding:
    (finding,) = check_record()
    return finding


def test_what_the_actions_wrote_does_not_differ() -> None:
    site = make(Rack).site
    record.update(site, {"latitude": "-1.50"}, by=TESTER)
    record.delete(make(Site), by=TESTER)
    assert list(check_record()) == []


def test_an_altered_row_is_found_with_its_fields() -> None:
    site = make(Site, name="A")
    run(f"UPDATE dcim_site SET name = 'B' WHERE id = {site.pk}")
    assert (only().problem, only().kind, only().pk) == (Problem.ROW_ALTERED, "dcim.site", site.pk)
    assert only().detail == {"name": {"logged": "A", "row": "B"}}


def test_a_row_that_was_put_in_is_found() -> None:
    make(Site)
    columns = ", ".join(
        str(one.column)
        for one in Site._meta.concrete_fields
        if one.name not in {"id", "name", "slug"}
    )
    run(
        f"INSERT INTO dcim_site (id, name, slug, {columns}) SELECT 900, 'X', 'x', {columns}"
        " FROM dcim_site"
    )
    assert (only().problem, only().pk) == (Problem.ROW_UNLOGGED, 900)


def test_a_row_that_was_taken_out_is_found() -> None:
    site = make(Site, name="A")
    run(f"DELETE FROM dcim_site WHERE id = {site.pk}")
    assert (only().problem, only().pk, only().name) == (Problem.ROW_GONE, site.pk, "A")


def test_a_password_that_was_swapped_is_found_without_being_told() -> None:
    user = make_user("siti")
    set_password(user, "panjang-dan-rahasia", by=TESTER)
    assert [one.problem for one in check_record()] == []
    run(f"UPDATE dcim_user SET password = 'pbkdf2_sha256$1$a$b' WHERE id = {user.pk}")
    finding = only()
    assert (finding.problem, [*finding.detail]) == (Problem.ROW_ALTERED, ["password"])
    assert "pbkdf2" not in str(finding.detail)


def test_a_secret_that_was_logged_under_an_older_key_still_fits(settings: Any) -> None:
    set_password(make_user("siti"), "panjang-dan-rahasia", by=TESTER)
    settings.LOG_KEYS = ["another key of at least 32 letters", *settings.LOG_KEYS]
    assert list(check_record()) == []


def test_a_password_that_is_hashed_anew_at_sign_in_is_logged(settings: Any) -> None:
    user = set_password(make_user("siti"), "panjang-dan-rahasia", by=TESTER)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    sign_in("siti", "panjang-dan-rahasia", address="10.0.0.1")
    user.refresh_from_db()
    assert user.password.startswith("scrypt$")
    assert user.check_password("panjang-dan-rahasia")
    assert list(check_record()) == []


@pytest.mark.parametrize(("model", "field"), [(Plan, "document"), (ProvisioningRun, "report")])
def test_a_document_that_was_swapped_is_found_without_being_told(
    model: type[Plan | ProvisioningRun], field: str
) -> None:
    made = make(model, **{field: {"apps": [1, 2.0, 1e30], "name": "A"}})
    assert list(check_record()) == []
    run(f'UPDATE {made._meta.db_table} SET {field} = \'{{"name": "B"}}\'')
    assert (only().problem, only().pk, [*only().detail]) == (
        Problem.ROW_ALTERED,
        made.pk,
        [field],
    )
    assert "apps" not in str(only().detail)


@pytest.fixture
def strand() -> PortMapping:
    rear = make(RearPort, positions=2)
    row = {"device": rear.device, "name": "F1", "type": "8p8c"}
    panels.create_many(FrontPort, [row | {"rear_ports": [panels.Strand(1, rear, 1)]}], by=TESTER)
    return PortMapping.objects.get()


def test_a_strand_that_was_laid_elsewhere_is_found(strand: PortMapping) -> None:
    assert list(check_record()) == []
    run("UPDATE dcim_portmapping SET rear_port_position = 2")
    assert (only().problem, only().kind, only().pk) == (
        Problem.ROW_ALTERED,
        "dcim.portmapping",
        strand.pk,
    )


def test_a_strand_goes_with_its_panel_and_is_logged(strand: PortMapping) -> None:
    record.delete(strand.front_port.device, by=TESTER)
    assert list(check_record()) == []
    entries = ObjectChange.objects.filter(changed_object_type="dcim.portmapping")
    assert [one.action for one in entries] == ["delete", "create"]


def test_the_lock_of_an_account_is_logged_over_its_newest_state() -> None:
    user = set_password(make_user("siti"), "panjang-dan-rahasia", by=TESTER)
    old = User.objects.get(pk=user.pk)
    record.update(user, {"description": "baru"}, by=TESTER)
    for _ in range(5):
        with pytest.raises(NotPermitted):
            sign_in("siti", "salah", address="10.0.0.1")
    unlock(old, by=TESTER)
    assert list(check_record()) == []


@pytest.fixture
def mounted() -> Device:
    rack = make(Rack)
    place = {"site": rack.site, "rack": rack, "position": 5, "face": "front"}
    make(RackReservation, rack=rack, units=[7, 8])
    return make(Device, **place)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("DELETE FROM dcim_rackunit", "dcim.device"),
        ("UPDATE dcim_rackunit SET half_unit = half_unit + 50", "dcim.device"),
        ("DELETE FROM dcim_reservedunit WHERE unit = 8", "dcim.rackreservation"),
    ],
)
def test_units_that_were_freed_or_moved_are_found(
    mounted: Device, statement: str, kind: str
) -> None:
    assert [*check_record(), *check_units()] == []
    run(statement)
    (finding,) = check_units()
    assert (finding.problem, finding.kind) == (Problem.UNITS_ALTERED, kind)
