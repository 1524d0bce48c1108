"""Snapshot files: what they carry, and what is refused by name."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dcim.planning.snapshot import checked, encode, parse
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.errors import BadDocument
from tests.plan_facts import Json
from tests.snapshots import active, app, cluster, paser, snapshot, tier, vm


def edited(**changes: Json) -> bytes:
    """The file of a small snapshot, with some of its fields put differently."""
    whole = snapshot(app("A", hard=("B",)), active("B"), cluster(Amounts(8, 8192, 100)), vm("a-1"))
    return json.dumps({**json.loads(encode(whole)), **changes}).encode()


def fault_of(data: bytes) -> BadDocument:
    with pytest.raises(BadDocument) as caught:
        parse(data)
    return caught.value


def test_a_snapshot_comes_back_from_its_file_as_it_was() -> None:
    assert parse(encode(paser())) == checked(paser())


def test_the_order_of_lists_does_not_change_the_bytes() -> None:
    whole = paser()
    assert encode(replace(whole, apps=whole.apps[::-1], vms=whole.vms[::-1])) == encode(whole)


def test_apps_may_need_each_other_in_a_circle() -> None:
    circle = snapshot(app("A", hard=("B",)), app("B", hard=("A",)))
    assert parse(encode(circle)).apps[0].hard == ("B",)


@pytest.mark.parametrize(
    "data",
    [b"\xff", b"{", b"[]", b"null", b"[" * 100_000, b'{"serial":' + b"9" * 5000 + b"}"],
    ids=["no text", "cut off", "a list", "nothing", "deep", "digits"],
)
def test_what_is_no_snapshot_is_refused(data: bytes) -> None:
    assert fault_of(data).hint == "Make it again with ./manage.py snapshot FILE."


def test_what_is_no_number_is_refused() -> None:
    assert "NaN is not a number" in str(fault_of(edited(serial=float("nan"))))


def test_another_version_is_refused() -> None:
    assert fault_of(edited(format="lumbung.snapshot/2")).field == "format"


def test_an_unknown_field_is_refused_by_name() -> None:
    assert "“colour”" in str(fault_of(edited(colour="red")))


def test_a_field_written_twice_is_refused() -> None:
    twice = edited().replace(b'"serial": 0', b'"serial": 0, "serial": 1')
    assert fault_of(twice).field == "serial"


@pytest.mark.parametrize("size", [-1, 1.5, "2", None, True, 10**30])
def test_a_wrong_size_is_refused_with_its_path(size: object) -> None:
    vms = json.loads(edited())["vms"]
    vms[0]["amounts"]["VCPU"] = size
    assert fault_of(edited(vms=vms)).field == "vms[0].amounts.VCPU"


def test_a_need_of_an_unknown_app_is_refused_by_both_names() -> None:
    with pytest.raises(BadDocument, match=r"apps\[0\]\.hard\[0\].*A needs “GHOST”"):
        checked(snapshot(app("A", hard=("GHOST",))))


def test_a_machine_in_an_unknown_cluster_is_refused() -> None:
    with pytest.raises(BadDocument, match=r"vms\[0\]\.cluster: “KVM”"):
        checked(snapshot(vm("x")))


def test_a_machine_drawing_on_an_unknown_grant_is_refused() -> None:
    with pytest.raises(BadDocument, match=r"vms\[0\]\.allocation: “G9”"):
        checked(snapshot(vm("x", cluster=None, allocation="G9")))


def test_a_machine_on_a_host_of_another_cluster_is_refused() -> None:
    with pytest.raises(BadDocument, match=r"vms\[0\]\.host: x runs on “far-h1”"):
        checked(snapshot(cluster(Amounts(8, 8192, 100)), vm("x", host="far-h1")))


def test_a_machine_carrying_an_unknown_tier_is_refused() -> None:
    with pytest.raises(BadDocument, match=r"vms\[0\]\.carries\[0\]: “A/cache”"):
        checked(snapshot(app("A"), vm("x", "A/cache", cluster=None)))


def test_two_machines_of_one_id_are_refused() -> None:
    with pytest.raises(BadDocument, match="vms: “x” stands 2 times"):
        checked(snapshot(cluster(Amounts(8, 8192, 100)), vm("x"), vm("y", id="x")))


def test_an_app_that_needs_itself_is_refused() -> None:
    with pytest.raises(BadDocument, match="A needs itself"):
        checked(snapshot(app("A", hard=("A",))))


def test_more_instances_needed_than_wanted_are_refused() -> None:
    with pytest.raises(BadDocument, match=r"instances_needed: A/web needs 2 instances and wants 1"):
        checked(snapshot(app("A", tier(instances_needed=2))))


def test_a_bad_address_is_refused_with_an_example() -> None:
    with pytest.raises(BadDocument, match=r"vms\[0\]\.addresses\[0\].*10\.64\.10\.12/24"):
        checked(snapshot(vm("x", cluster=None, addresses=("10.0.0.999",))))
