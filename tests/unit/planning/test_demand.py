"""Machines that an app lacks."""

from __future__ import annotations

from dcim.planning.capacity.demand import NewVM, missing_vms
from dcim.planning.estate import VM, App
from dcim.vocabulary.amounts import Amounts
from tests.snapshots import app, carried, tier, vm


def lacking(of: App, *carriers: VM, taken: set[str] | None = None) -> list[NewVM]:
    return list(missing_vms(of, carriers, set() if taken is None else taken))


def test_each_instance_of_a_tier_gets_its_machine() -> None:
    found = lacking(app("SIMPEG", tier("web", instances_wanted=2), tier("db")))
    assert [one.name for one in found] == ["simpeg-web-1", "simpeg-web-2", "simpeg-db-1"]


def test_tiers_that_share_a_machine_share_one_and_round_up_once() -> None:
    (one,) = lacking(
        app("A", tier("web", "0.5", co_hosted=True), tier("db", "0.6", co_hosted=True))
    )
    assert (one.name, one.amounts) == ("a-1", Amounts(2, 8192, 100))


def test_a_shared_machine_holds_only_tiers_that_want_as_many_instances() -> None:
    web = tier("web", co_hosted=True, instances_wanted=2)
    first, second = lacking(app("A", web, tier("db", co_hosted=True)))
    assert (first.workloads, second.workloads) == (("web", "db"), ("web",))


def test_machines_that_carry_a_tier_count() -> None:
    found = lacking(app("A", tier("web", instances_wanted=2)), vm("old", "A/web"))
    assert [one.name for one in found] == ["a-web-2"]


def test_devices_that_carry_a_tier_count() -> None:
    found = lacking(app("A", tier("web", instances_wanted=3, on_devices=1)), vm("old", "A/web"))
    assert [one.name for one in found] == ["a-web-3"]


def test_an_app_with_all_its_machines_lacks_none() -> None:
    assert lacking(app("A"), vm("old", "A/web")) == []


def test_a_name_that_is_taken_is_not_given_again() -> None:
    taken = {"a-web-1"}
    assert [one.name for one in lacking(app("A"), taken=taken)] == ["a-web-2"]
    assert taken == {"a-web-1", "a-web-2"}


def test_instances_that_keep_apart_say_so() -> None:
    (one,) = lacking(app("A", tier("web", anti_affinity=True)))
    assert one.apart == carried("A/web")


def test_a_machine_takes_at_least_one_unit_of_each_class() -> None:
    (one,) = lacking(app("A", tier("web", "0.2", storage_gib=0)))
    assert one.amounts == Amounts(1, 4096, 1)


def test_a_long_name_stays_within_what_the_record_takes() -> None:
    (one,) = lacking(app("A" * 50, tier("w" * 50)))
    assert len(one.name) <= 64
