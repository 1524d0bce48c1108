"""Random sequences of writes by the API equal a plain model of the record, held in memory.

After each write the answer's status and all that the record holds are compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any, Final

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from dcim.actions.verification.log_drift import check_record
from dcim.record.equipment.cables import Cable, CableTermination
from dcim.record.networks.ipam import VRF
from dcim.record.networks.virtualization import Cluster
from dcim.record.networks.vlans import VLANGroup
from dcim.record.people.organisation import Tenant
from dcim.record.places.hardware import DeviceRole, DeviceType
from dcim.record.places.racks import RackUnit
from tests.api.clients import client_of
from tests.factories import make, make_user
from tests.write_model import KINDS, WRITTEN, Model, Row, units_of

pytestmark = pytest.mark.django_db
Deed = tuple[str, str, bool, list[tuple[int, Row]]]
NOBODY: Final = 9
PLACES: Final = st.integers(0, NOBODY)
WORDS: Final = st.sampled_from([*"abcdefgh", ""])
VALUES: Final[dict[str, st.SearchStrategy[Any]]] = {
    "u_height": st.sampled_from([3, 4, 0, 101]),
    "position": st.sampled_from([1, 2, 3, 1.5, 2.5, 1.2, None]),
    "face": st.sampled_from(["front", "rear", ""]),
    "vid": st.sampled_from([1, 2, 3, 5, 6, 0, 4095]),
    "prefix": st.sampled_from(["10.0.0.0/8", "10.0.0.0/24", "10.0.1.0/24", "2001:db8::/48", ""]),
    "address": st.sampled_from(["10.0.0.1/8", "10.0.0.1/24", "10.0.0.2/24", "2001:db8::1/64", ""]),
}
VERBS: Final = st.sampled_from(["post", "post", "post", "patch", "patch", "put", "delete"])


@st.composite
def rows(draw: st.DrawFn, name: str) -> Row:
    """Values of some fields; places in a kind's list stand for ids, None for none."""
    kind = KINDS[name]
    chosen = draw(st.sets(st.sampled_from(kind.fields), min_size=1))
    if draw(st.integers(0, 5)):
        chosen |= set(kind.required)
    return {one: draw(_value(name, one)) for one in sorted(chosen)}


def _value(name: str, field: str) -> st.SearchStrategy[Any]:
    refers = KINDS[name].refers.get(field)
    if refers is None:
        return VALUES.get(field, WORDS)
    return st.none() | PLACES if refers.optional else PLACES


@st.composite
def deeds(draw: st.DrawFn, names: tuple[str, ...]) -> Deed:
    name, verb, many = draw(st.sampled_from(names)), draw(VERBS), draw(st.booleans())
    size = st.lists(st.tuples(PLACES, rows(name)), min_size=1, max_size=3 if many else 1)
    return name, verb, many, draw(size)


class Twin:
    """The API and the model beside each other."""

    def __init__(self, api: APIClient) -> None:
        self.api, self.model = api, Model()
        self.role = make(DeviceRole).pk
        for name, made in self._standing():
            self.model.rows[name] = made

    def _standing(self) -> Iterator[tuple[str, dict[int, Row]]]:
        """What is referred to and not written here."""
        shapes: list[Row] = [
            {"u_height": Decimal(1), "is_full_depth": False},
            {"u_height": Decimal(2), "is_full_depth": True},
        ]
        yield "type", {make(DeviceType, **one).pk: one for one in shapes}
        yield "tenant", {make(Tenant).pk: {} for _ in range(2)}
        yield "cluster", {make(Cluster).pk: {} for _ in range(2)}
        yield "group", {make(VLANGroup, vid_ranges=[[1, 5]]).pk: {"last": 5} for _ in range(2)}
        wants = ({"enforce_unique": one} for one in (True, False))
        yield "vrf", {make(VRF, **one).pk: one for one in wants}

    def id_at(self, name: str, place: int | None) -> int | None:
        """The id of the object at a place in the order of ids, counted round; one of no object."""
        ids = sorted(self.model.rows[name])
        if place is None:
            return None
        return ids[place % len(ids)] if ids and place != NOBODY else 10**9

    def resolved(self, name: str, row: Row) -> Row:
        """A row with ids in place of places."""
        refers = KINDS[name].refers
        return {
            one: self.id_at(refers[one].kind, value) if one in refers else value
            for one, value in row.items()
        }

    def body_of(self, name: str, row: Row, *, new: bool) -> Row:
        """A row as it is sent."""
        if name == "cable":
            row = {SIDES.get(one, one): _side(one, value) for one, value in row.items()}
        role = {"role": self.role} if name == "device" else {}
        return row | role | (KINDS[name].fixed if new else {})

    def do(self, name: str, verb: str, many: bool, parts: list[tuple[int, Row]]) -> None:
        """Write by both, and compare."""
        path, new = f"/api/{KINDS[name].path}/", verb == "post"
        named = [(self.id_at(name, at) or 0, self.resolved(name, row)) for at, row in parts]
        sent = [(pk, self.body_of(name, row, new=new)) for pk, row in named]
        bodies = [row if new else {"id": pk, **row} for pk, row in sent]
        named = [(pk, KINDS[name].stored(row)) for pk, row in named]
        known = named[0][0] in self.model.rows[name]
        expected = self.expected(name, verb, named)
        if not many and not new:
            path, expected = f"{path}{named[0][0]}/", expected if known else frozenset({404})
        answer = getattr(self.api, verb)(path, bodies if many else bodies[0], format="json")
        assert answer.status_code in expected, (name, verb, many, bodies, answer.content)
        if answer.status_code == 201:
            made = answer.json() if many else [answer.json()]
            ids = [body["id"] for body in made]
            self.model.keep(name, dict(zip(ids, (row for _, row in named), strict=True)))

    def expected(self, name: str, verb: str, named: list[tuple[int, Row]]) -> frozenset[int]:
        """The statuses by the model, which holds what was written once this is answered."""
        if verb == "post":
            return self.model.create(name, [row for _, row in named])
        if verb == "delete":
            return self.model.delete(name, [key for key, _ in named])
        return self.model.update(name, named)

    def compare(self, names: Collection[str]) -> None:
        """Hold what the record holds of kinds against the model."""
        for name in names:
            assert recorded(name) == self.model.rows[name]
        if "device" in names:
            units = set(RackUnit.objects.values_list("rack", "face", "half_unit"))
            devices = self.model.rows["device"].values()
            assert units == {unit for one in devices for unit in units_of(self.model.rows, one)}


SIDES: Final = {"a": "a_terminations", "b": "b_terminations"}


def _side(field: str, value: Any) -> Any:
    if field not in SIDES:
        return value
    return [{"object_type": "dcim.interface", "object_id": value}]


def recorded(name: str) -> dict[int, Row]:
    """What the record holds of a kind."""
    kind = KINDS[name]
    if name == "cable":
        cables = Cable.objects.values_list("pk", "label")
        found: dict[int, Row] = {pk: {"label": label} for pk, label in cables}
        for one in CableTermination.objects.all():
            found[one.cable_id][one.end.lower()] = one.interface_id
        return found
    fields = {one: f"{one}_id" if one in kind.refers else one for one in kind.fields}
    return {
        obj.pk: {one: getattr(obj, column) for one, column in fields.items()}
        for obj in kind.table._default_manager.all()
    }


@pytest.fixture
def api() -> APIClient:
    return client_of(make_user("sri", is_superuser=True))


def run(api: APIClient, begin: tuple[Deed, ...], sequence: list[Deed]) -> None:
    with transaction.atomic():
        twin, names = Twin(api), {name for name, *_rest in (*begin, *sequence)}
        for deed in (*begin, *sequence):
            twin.do(*deed)
            twin.compare(names)
        twin.compare(WRITTEN)
        assert list(check_record({KINDS[name].table for name in names})) == []
        transaction.set_rollback(True)


def made(name: str, *rows: Row) -> Deed:
    """The deed of making `rows`."""
    return name, "post", True, [(0, row) for row in rows]


def sequences(*names: str) -> st.SearchStrategy[list[Deed]]:
    return st.lists(deeds(names), min_size=3, max_size=12)


SITES: Final = made("site", *({"name": one, "slug": one} for one in "xyz"))
RACKS: Final = made(
    "rack", *({"name": one, "site": at, "u_height": 4} for at, one in enumerate("xyz"))
)
DEVICES: Final = made("device", *({"name": one, "site": 0, "device_type": 0} for one in "xyz"))
PORTS: Final = made("interface", *({"name": one, "device": 0} for one in "wxyz"))
quickly = settings(
    max_examples=max(1, settings().max_examples // 5),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@quickly
@given(sequence=sequences("tag", "site", "rack"))
def test_places_are_as_a_plain_model_says(api: APIClient, sequence: list[Deed]) -> None:
    run(api, (SITES, made("tag", {"name": "x", "slug": "x"})), sequence)


@quickly
@given(sequence=sequences("device", "device", "rack", "site"))
def test_devices_in_racks_are_as_a_plain_model_says(api: APIClient, sequence: list[Deed]) -> None:
    run(api, (SITES, RACKS, DEVICES), sequence)


@quickly
@given(sequence=sequences("cable", "cable", "interface", "device", "vlan"))
def test_cabled_ports_are_as_a_plain_model_says(api: APIClient, sequence: list[Deed]) -> None:
    run(api, (SITES, DEVICES, PORTS), sequence)


@quickly
@given(sequence=sequences("prefix", "address", "vlan", "machine", "site"))
def test_networks_and_machines_are_as_a_plain_model_says(
    api: APIClient, sequence: list[Deed]
) -> None:
    run(api, (SITES,), sequence)
