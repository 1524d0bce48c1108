"""Thirty-two programs write at once: what only one may have, one gets, and nobody a failure."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from tests.served import WRITERS, Answer, Product, served

REFUSED = {400, 409}
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A server; when all have raced, its log is whole, and each row is as the log says."""
    with served(tmp_path_factory.mktemp("data")) as running:
        yield running
        assert is_whole(running)


def is_whole(product: Product) -> bool:
    told = product.verify_log()
    assert (told["exit"], told["shown"]) == (0, []), told
    return True


def named(word: str) -> dict[str, str]:
    name = f"{word}-{next(_numbers)}"
    return {"name": name, "slug": name}


def device_of(product: Product, **values: Any) -> dict[str, Any]:
    """What a device requires, and `values`."""
    maker = product.make("dcim/manufacturers/", **named("maker"))
    model = {"manufacturer": maker, "model": "M1", "slug": named("m")["slug"], "u_height": 2}
    required = {
        "device_type": product.make("dcim/device-types/", **model),
        "role": product.make("dcim/device-roles/", **named("role")),
        "site": product.make("dcim/sites/", **named("site")),
    }
    return required | values


def won(answers: Sequence[Answer], status: int = 201) -> list[Any]:
    """The bodies of the answers that took it; all others were refused in so many words."""
    others = [one for one in answers if one.status != status]
    assert all(one.status in REFUSED and one.body for one in others), Counter(
        one.status for one in others
    )
    return [one.body for one in answers if one.status == status]


def logged(product: Product, kind: str, pk: int) -> list[str]:
    """What was done with an object, by the log."""
    asked = f"core/object-changes/?changed_object_type={kind}&changed_object_id={pk}&ordering=id"
    return [one["action"]["value"] for one in product.ask("GET", asked).body["results"]]


def test_one_device_gets_the_rack_unit(product: Product) -> None:
    row = device_of(product)
    rack = product.make("dcim/racks/", name="R1", site=row["site"])
    row |= {"rack": rack, "position": 5, "face": "front"}
    rows = [row | {"name": f"d{n}"} for n in range(WRITERS)]
    (winner,) = won(product.at_once([("POST", "dcim/devices/", one) for one in rows]))
    there = product.ask("GET", f"dcim/devices/?rack_id={rack}").body["results"]
    assert [one["id"] for one in there] == [winner["id"]]
    assert logged(product, "dcim.device", winner["id"]) == ["create"]


def test_devices_that_overlap_by_a_unit_are_not_both_taken(product: Product) -> None:
    row = device_of(product)
    rack = product.make("dcim/racks/", name="R1", site=row["site"])
    ids = [product.make("dcim/devices/", **row, name=f"d{n}", rack=rack) for n in range(WRITERS)]
    moves = [{"position": n % 4 + 1, "face": "front"} for n in range(WRITERS)]
    calls = [("PATCH", f"dcim/devices/{pk}/", move) for pk, move in zip(ids, moves, strict=True)]
    taken = sorted(one["position"] for one in won(product.at_once(calls), 200))
    assert all(upper - lower >= 2 for lower, upper in itertools.pairwise(taken))
    assert 1 <= len(taken) <= 2


@pytest.mark.parametrize("many", [False, True])
def test_one_site_gets_the_name(product: Product, many: bool) -> None:
    row = named("site")
    body = [row, named("other")] if many else row
    winners = won(product.at_once([("POST", "dcim/sites/", body)] * WRITERS))
    assert len(winners) == 1
    assert product.ask("GET", f"dcim/sites/?slug={row['slug']}").body["count"] == 1


@pytest.mark.parametrize("with_tenant", [False, True])
def test_one_device_of_a_site_and_an_office_gets_the_name(
    product: Product, with_tenant: bool
) -> None:
    row = device_of(product, name="db-1")
    if with_tenant:
        row["tenant"] = product.make("tenancy/tenants/", **named("tenant"))
    (winner,) = won(product.at_once([("POST", "dcim/devices/", row)] * WRITERS))
    assert product.ask("GET", f"dcim/devices/?site_id={row['site']}").body["count"] == 1
    assert logged(product, "dcim.device", winner["id"]) == ["create"]


def test_a_name_is_taken_over_by_one(product: Product) -> None:
    ids = [product.make("extras/tags/", **named("tag")) for _ in range(WRITERS)]
    wanted = named("tag")["name"]
    calls = [("PATCH", f"extras/tags/{pk}/", {"name": wanted}) for pk in ids]
    assert len(won(product.at_once(calls), 200)) == 1


def test_no_address_is_given_twice_and_a_full_prefix_has_none(product: Product) -> None:
    prefix = product.make("ipam/prefixes/", prefix="10.1.0.0/27")
    path = f"ipam/prefixes/{prefix}/available-ips/"
    answers = product.at_once([("POST", path, {})] * WRITERS)
    given = [one["address"] for one in won(answers)]
    assert (len(given), len(set(given))) == (30, 30)
    assert [one.status for one in answers].count(409) == 2
    assert product.ask("POST", path, {}).status == 409


def test_addresses_asked_for_by_several_are_all_given_and_none_twice(product: Product) -> None:
    network = "10.2.0.0/24"
    prefix = product.make("ipam/prefixes/", prefix=network)
    path = f"ipam/prefixes/{prefix}/available-ips/"
    answers = won(product.at_once([("POST", path, [{}, {}, {}])] * WRITERS))
    given = {one["address"] for body in answers for one in body}
    assert (len(answers), len(given)) == (WRITERS, 3 * WRITERS)
    held = product.ask("GET", f"ipam/ip-addresses/?parent={network}&limit=1").body["count"]
    assert held == 3 * WRITERS


def test_no_prefix_is_given_twice_and_a_full_one_has_none(product: Product) -> None:
    prefix = product.make("ipam/prefixes/", prefix="10.3.0.0/19")
    path = f"ipam/prefixes/{prefix}/available-prefixes/"
    given = won(product.at_once([("POST", path, {"prefix_length": 24})] * WRITERS))
    assert len({one["prefix"] for one in given}) == WRITERS
    assert product.ask("POST", path, {"prefix_length": 24}).status == 409


def test_no_vlan_number_is_given_twice_and_a_full_group_has_none(product: Product) -> None:
    ranges = {"vid_ranges": [[100, 100 + WRITERS - 3]]}
    group = product.make("ipam/vlan-groups/", **named("group"), **ranges)
    path = f"ipam/vlan-groups/{group}/available-vlans/"
    answers = product.at_once([("POST", path, {"name": f"v{n}"}) for n in range(WRITERS)])
    given = {one["vid"] for one in won(answers)}
    assert given == set(range(100, 100 + WRITERS - 2))
    assert [one.status for one in answers].count(409) == 2


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_one_writer_per_entity_tag(product: Product, method: str) -> None:
    row = named("site")
    pk = product.make("dcim/sites/", **row)
    path = f"dcim/sites/{pk}/"
    seen = product.ask("GET", path).etag
    bodies = [row | {"facility": f"F{n}"} if method != "DELETE" else None for n in range(WRITERS)]
    answers = product.at_once([(method, path, one) for one in bodies], if_match=seen)
    counted = Counter(one.status for one in answers)
    if method == "DELETE":
        assert (counted[204], counted[404] + counted[412]) == (1, WRITERS - 1)
    else:
        assert counted == {200: 1, 412: WRITERS - 1}
        (winner,) = [one.body for one in answers if one.status == 200]
        assert product.ask("GET", path).body["facility"] == winner["facility"]
    done = "delete" if method == "DELETE" else "update"
    assert logged(product, "dcim.site", pk) == ["create", done]


def test_writers_of_one_object_keep_each_others_fields(product: Product) -> None:
    pk = product.make("dcim/sites/", **named("site"))
    names = ["facility", "description", "comments", "physical_address", "shipping_address"]
    calls = [("PATCH", f"dcim/sites/{pk}/", {name: name}) for name in names]
    assert {one.status for one in product.at_once(calls)} == {200}
    now = product.ask("GET", f"dcim/sites/{pk}/").body
    assert {name: now[name] for name in names} == {name: name for name in names}
    assert logged(product, "dcim.site", pk) == ["create", *["update"] * len(names)]


def test_sets_that_cross_one_another_end_and_are_whole(product: Product) -> None:
    ids = [product.make("dcim/sites/", **named("site")) for _ in range(8)]
    orders = [ids, ids[::-1]] * (WRITERS // 2)
    calls = [
        ("PATCH", "dcim/sites/", [{"id": pk, "facility": f"W{n}"} for pk in order])
        for n, order in enumerate(orders)
    ]
    won(product.at_once(calls), 200)
    last = {product.ask("GET", f"dcim/sites/{pk}/").body["facility"] for pk in ids}
    assert len(last) == 1


def test_an_object_goes_once(product: Product) -> None:
    pk = product.make("dcim/sites/", **named("site"))
    answers = product.at_once([("DELETE", f"dcim/sites/{pk}/", None)] * WRITERS)
    assert Counter(one.status for one in answers) == {204: 1, 404: WRITERS - 1}
    assert logged(product, "dcim.site", pk) == ["create", "delete"]


def test_a_port_gets_one_cable(product: Product) -> None:
    row = device_of(product)
    device = product.make("dcim/devices/", **row, name="sw")
    ports = [
        product.make("dcim/interfaces/", device=device, name=f"e{n}", type="1000base-t")
        for n in range(WRITERS + 1)
    ]
    ends = [{"object_type": "dcim.interface", "object_id": pk} for pk in ports]
    rows = [{"a_terminations": [ends[0]], "b_terminations": [one]} for one in ends[1:]]
    (winner,) = won(product.at_once([("POST", "dcim/cables/", one) for one in rows]))
    assert product.ask("GET", f"dcim/cables/?device_id={device}").body["count"] == 1
    assert logged(product, "dcim.cable", winner["id"]) == ["create"]


def upwards(parent_of: Mapping[int, int | None], pk: int) -> Iterator[int]:
    at: int | None = pk
    while at is not None:
        yield at
        at = parent_of[at]


def test_a_tree_does_not_close_into_a_ring(product: Product) -> None:
    ids = [product.make("dcim/regions/", **named("region")) for _ in range(WRITERS)]
    parents = [*ids[1:], ids[0]]
    calls = [
        ("PATCH", f"dcim/regions/{pk}/", {"parent": parent})
        for pk, parent in zip(ids, parents, strict=True)
    ]
    won(product.at_once(calls), 200)
    rows = product.ask("GET", "dcim/regions/?limit=0").body["results"]
    parent_of = {one["id"]: (one["parent"] or {}).get("id") for one in rows}
    for pk in ids:
        above = list(itertools.islice(upwards(parent_of, pk), WRITERS + 1))
        assert len(above) <= WRITERS


def test_a_log_that_is_being_written_is_never_taken_for_a_broken_one(product: Product) -> None:
    done = Event()

    def write(_writer: int) -> int:
        count = 0
        while not done.wait(0.2):
            rows = [named("tag") for _ in range(5)]
            made = product.ask("POST", "extras/tags/", rows).body
            product.ask(
                "PATCH", "extras/tags/", [{"id": one["id"], "color": "ff0000"} for one in made]
            )
            product.ask("DELETE", f"extras/tags/{made[0]['id']}/")
            count += 3
        return count

    with ThreadPoolExecutor(WRITERS // 2 + 1) as pool:
        writes = [pool.submit(write, n) for n in range(WRITERS // 2)]
        heads = pool.submit(product.manage, "export_log_head")
        try:
            assert all(is_whole(product) for _ in range(2))
        finally:
            done.set()
        assert heads.result().returncode == 0
        assert min(one.result() for one in writes) > 0
