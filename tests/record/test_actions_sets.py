"""Writing objects as a set: all or none, each with its entry, with a few statements."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from dcim.actions import record
from dcim.record.equipment.devices import Device, Interface
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.organisation import Tag, Tenant
from dcim.record.places.hardware import DeviceRole, DeviceType
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from dcim.record.planner.service_apps import Workload
from dcim.vocabulary.errors import BadRows, InUse, UnknownThing
from tests.factories import TESTER, make
from tests.record.change_log import after, before

pytestmark = pytest.mark.django_db


def sites(count: int) -> list[record.Values]:
    return [{"name": f"Situs {number}", "slug": f"situs-{number}"} for number in range(count)]


def test_a_set_is_written_with_an_entry_for_each() -> None:
    tag = make(Tag)
    written = record.create_many(Site, [{**one, "tags": [tag]} for one in sites(3)], by=TESTER)
    entries = ObjectChange.objects.filter(changed_object_type="dcim.site", action="create")
    assert [entry.changed_object_id for entry in entries.order_by("id")] == [
        site.pk for site in written
    ]
    assert all(after(entry)["tags"] == [tag.pk] for entry in entries)
    assert list(written[0].tags.all()) == [tag]


def test_the_statements_do_not_grow_with_the_set(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    judging = 1 if connection.vendor == "postgresql" else 0  # references, before the log's head
    with django_assert_max_num_queries(11 + judging):
        record.create_many(Site, sites(100), by=TESTER)


def test_every_bad_row_is_named_and_nothing_is_written() -> None:
    bad = [{"name": "", "slug": "kosong"}, {"name": "A", "slug": "a b", "status": "gone"}]
    with pytest.raises(BadRows) as refused:
        record.create_many(Site, [*sites(2), *bad], by=TESTER)
    wrong = {row.position: set(row.errors) for row in refused.value.rows}
    assert wrong == {2: {"name"}, 3: {"slug", "status"}}
    assert not Site.objects.exists()
    assert not ObjectChange.objects.exists()


def test_two_rows_that_claim_one_name_are_refused_together() -> None:
    with pytest.raises(BadRows, match="Another row has the same") as refused:
        record.create_many(Site, [*sites(2), *sites(1)], by=TESTER)
    assert [row.position for row in refused.value.rows] == [0, 2]
    assert not Site.objects.exists()


def test_a_set_is_changed_with_the_states_before_and_after() -> None:
    first, second = record.create_many(Site, sites(2), by=TESTER)
    changes: list[tuple[Site, record.Values]] = [(first, {"facility": "A"}), (second, {})]
    record.update_many(Site, changes, by=TESTER)
    (entry,) = ObjectChange.objects.filter(action="update")
    assert entry.changed_object_id == first.pk
    assert (before(entry)["facility"], after(entry)["facility"]) == ("", "A")
    assert Site.objects.get(pk=first.pk).last_updated > first.last_updated


def test_links_of_a_set_are_replaced_and_logged() -> None:
    tier = make(Workload)
    old, new = make(VirtualMachine), make(VirtualMachine)
    for machine in (old, new):
        record.update_many(Workload, [(tier, {"virtual_machines": [machine]})], by=TESTER)
    entry = ObjectChange.objects.filter(action="update").latest("id")
    assert list(tier.virtual_machines.all()) == [new]
    assert before(entry)["virtual_machines"] == [old.pk]
    assert after(entry)["virtual_machines"] == [new.pk]


def test_a_bad_value_in_a_set_of_changes_changes_nothing() -> None:
    first, second = record.create_many(Site, sites(2), by=TESTER)
    with pytest.raises(BadRows, match="row 2, status"):
        record.update_many(
            Site, [(first, {"facility": "A"}), (second, {"status": "gone"})], by=TESTER
        )
    assert not Site.objects.exclude(facility="").exists()


def test_changes_of_what_is_gone_are_refused() -> None:
    (site,) = record.create_many(Site, sites(1), by=TESTER)
    Site.objects.all().delete()
    with pytest.raises(UnknownThing, match="deleted"):
        record.update_many(Site, [(site, {"facility": "A"})], by=TESTER)


def test_values_that_others_have_are_refused_of_every_row() -> None:
    record.create_many(Site, sites(2), by=TESTER)
    with pytest.raises(BadRows) as refused:
        record.create_many(Site, [*sites(2), {"name": "Lain", "slug": "lain"}], by=TESTER)
    assert [set(row.errors) for row in refused.value.rows] == [{"name", "slug"}] * 2


def test_names_are_not_swapped_within_one_set() -> None:
    first, second = record.create_many(Site, sites(2), by=TESTER)
    swap = [(first, {"name": second.name}), (second, {"name": first.name})]
    with pytest.raises(BadRows) as refused:
        record.update_many(Site, swap, by=TESTER)
    assert [row.pk for row in refused.value.rows] == [first.pk, second.pk]


def test_a_name_that_stays_is_no_claim_of_another() -> None:
    written = record.create_many(Site, sites(2), by=TESTER)
    record.update_many(
        Site, [(one, {"name": one.name, "facility": "B"}) for one in written], by=TESTER
    )
    assert set(Site.objects.values_list("facility", flat=True)) == {"B"}


def test_names_are_unique_among_devices_without_a_tenant_only() -> None:
    shared = dict(device_rows(1)[0]) | {"position": None, "face": "", "rack": None}
    owner = make(Tenant)
    record.create_many(Device, [shared, shared | {"tenant": owner}], by=TESTER)
    with pytest.raises(BadRows) as refused:
        record.create_many(Device, [shared, shared | {"tenant": owner}], by=TESTER)
    reasons = [row.errors["__all__"] for row in refused.value.rows]
    assert reasons == [
        ["The site has a device of this name already."],
        ["Device with this Site, Name and Tenant already exists."],
    ]


def test_a_set_is_deleted_with_an_entry_and_a_message_for_each() -> None:
    written = record.create_many(Site, sites(2), by=TESTER)
    record.delete_many(Site, written, by=TESTER, messages=["tutup", ""])
    assert not Site.objects.exists()
    entries = ObjectChange.objects.filter(action="delete").order_by("object_repr")
    assert [entry.message for entry in entries] == ["tutup", "test"]


def test_none_of_a_set_is_deleted_while_one_is_in_use() -> None:
    used, free = make(Site), make(Site)
    make(Rack, site=used)
    with pytest.raises(InUse, match="1 dependent objects"):
        record.delete_many(Site, [free, used], by=TESTER)
    assert Site.objects.count() == 2


def statements(deed: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        deed()
    return len(asked)


def device_rows(count: int) -> list[record.Values]:
    rack, kind, role = make(Rack), make(DeviceType), make(DeviceRole)
    shared = {"site": rack.site, "rack": rack, "device_type": kind, "role": role, "face": "front"}
    return [{**shared, "name": f"h{rack.pk}-{one}", "position": one + 1} for one in range(count)]


def test_devices_are_written_as_a_set_with_as_many_statements_for_few_as_for_many() -> None:
    few, many = device_rows(5), device_rows(20)
    assert statements(lambda: record.create_many(Device, few, by=TESTER)) == statements(
        lambda: record.create_many(Device, many, by=TESTER)
    )


@pytest.mark.parametrize("model", [Device, VirtualMachine, Workload])
def test_a_set_is_changed_with_as_many_statements_for_few_as_for_many(model: type[Model]) -> None:
    def change(count: int) -> int:
        objects = [make(model) for _ in range(count)]
        changes = [(one, {"description": "baru"}) for one in objects]
        return statements(lambda: record.update_many(model, changes, by=TESTER))

    assert change(5) == change(20)


@pytest.mark.parametrize("model", [Site, Device, VirtualMachine, Interface])
def test_a_set_goes_with_as_many_statements_for_few_as_for_many(model: type[Model]) -> None:
    def remove(count: int) -> int:
        objects = [make(model, tags=[make(Tag)]) for _ in range(count)]
        return statements(lambda: record.delete_many(model, objects, by=TESTER))

    assert remove(5) == remove(20)


def test_machines_on_hosts_are_changed_with_as_many_statements_for_few_as_for_many() -> None:
    def change(count: int) -> int:
        hosts = [make(Device, cluster=make(Cluster)) for _ in range(count)]
        machines = [make(VirtualMachine, cluster=one.cluster, device=one) for one in hosts]
        changes = [(one, {"memory_mib": 2048}) for one in machines]
        return statements(lambda: record.update_many(VirtualMachine, changes, by=TESTER))

    assert change(5) == change(20)
