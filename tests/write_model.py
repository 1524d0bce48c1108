"""A plain model of the record, held in memory: which writes it takes, and what it is after them.

It knows which fields a kind requires, what is unique, what refers to what, what goes along with
what, the rules between rows, and that a set is written whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from django.db.models import Model as Table

from dcim.record.equipment.cables import Cable
from dcim.record.equipment.devices import Device, Interface
from dcim.record.networks.ipam import VRF, IPAddress, Prefix
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.networks.vlans import VLAN, VLANGroup
from dcim.record.people.organisation import Tag, Tenant
from dcim.record.places.hardware import DeviceType
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site

Row = dict[str, Any]
Named = tuple[int, Row]
Rows = Mapping[str, dict[int, Row]]
BAD: Final = frozenset({400})
REFUSED: Final = frozenset({400, 409})
IN_USE: Final = frozenset({409})


@dataclass(frozen=True, slots=True)
class Refers:
    """A reference: to what, whether it may be empty, goes along with that, and is for good."""

    kind: str
    optional: bool = False
    goes_along: bool = False
    stays: bool = False


@dataclass(frozen=True)
class Kind:
    """What the model knows of one kind of object.

    Attributes:
        path: Where it is written.
        table: Where it is stored; no path means that it is only referred to.
        texts: Its texts, empty where they are not named.
        values: Its other values, and what each is where it is not named.
        required: What a new one has to name.
        unique: Fields whose values together one object has; none of them is null.
        refers: Its references.
        valid: Whether a row can be taken, by itself.
        fixed: What is sent of each new one beside.
    """

    path: str
    table: type[Table]
    texts: tuple[str, ...] = ()
    values: Row = field(default_factory=dict)
    required: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    refers: dict[str, Refers] = field(default_factory=dict)
    valid: Callable[[Row], bool] = lambda _row: True
    fixed: Row = field(default_factory=dict)

    @property
    def blank(self) -> Row:
        """A row that names nothing."""
        unset = {name: None for name, one in self.refers.items() if one.optional}
        return dict.fromkeys(self.texts, "") | self.values | unset

    def stored(self, row: Row) -> Row:
        """A row as it is kept: what tells none from empty is none where it is left empty."""
        nulls = {name for name, value in self.values.items() if value is None}
        return {one: None if one in nulls and value == "" else value for one, value in row.items()}

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that is drawn."""
        return (*self.texts, *self.values, *self.refers)


def is_mounted_well(row: Row) -> bool:
    """A position needs a rack and a face, and lies on a half unit."""
    position = row["position"]
    return position is None or (row["rack"] is not None and row["face"] and position * 2 % 1 == 0)


NAMED: Final = (("name",), ("slug",))
KINDS: Final = {
    "tag": Kind("extras/tags", Tag, ("name", "slug"), {}, ("name", "slug"), NAMED),
    "site": Kind("dcim/sites", Site, ("name", "slug", "facility"), {}, ("name", "slug"), NAMED),
    "rack": Kind(
        "dcim/racks", Rack, ("name", "serial"), {"u_height": 42}, ("name", "site"),
        (("site", "name"),), {"site": Refers("site")},
        valid=lambda row: 1 <= row["u_height"] <= 100,
    ),
    "device": Kind(
        "dcim/devices", Device, (), {"name": None, "position": None, "face": ""},
        ("site", "device_type"),
        (("site", "tenant", "name"), ("site", "name")),
        {
            "site": Refers("site"), "device_type": Refers("type"),
            "tenant": Refers("tenant", optional=True), "rack": Refers("rack", optional=True),
        },
        valid=is_mounted_well,
    ),
    "interface": Kind(
        "dcim/interfaces", Interface, ("name", "label"), {}, ("name", "device"),
        (("device", "name"),),
        {
            "device": Refers("device", goes_along=True, stays=True),
            "untagged_vlan": Refers("vlan", True),
        },
        fixed={"type": "1000base-t", "mode": "access"},
    ),
    "cable": Kind(
        "dcim/cables", Cable, ("label",), {}, ("a", "b"), (),
        {"a": Refers("interface", goes_along=True), "b": Refers("interface", goes_along=True)},
    ),
    "machine": Kind(
        "virtualization/virtual-machines", VirtualMachine, ("name", "serial"), {}, ("name",),
        (("cluster", "tenant", "name"), ("cluster", "name")),
        {
            "cluster": Refers("cluster", True), "site": Refers("site", True),
            "tenant": Refers("tenant", True),
        },
        valid=lambda row: row["cluster"] is not None or row["site"] is not None,
    ),
    "vlan": Kind(
        "ipam/vlans", VLAN, ("name",), {"vid": 0}, ("name", "vid"),
        (("group", "vid"), ("group", "name")),
        {"group": Refers("group", True), "site": Refers("site", True)},
        valid=lambda row: 1 <= row["vid"] <= 4094,
    ),
    "prefix": Kind(
        "ipam/prefixes", Prefix, ("prefix", "description"), {}, ("prefix",), (),
        {"vrf": Refers("vrf", True)},
    ),
    "address": Kind(
        "ipam/ip-addresses", IPAddress, ("address", "dns_name"), {}, ("address",), (),
        {"vrf": Refers("vrf", True)},
    ),
    "tenant": Kind("", Tenant), "type": Kind("", DeviceType), "cluster": Kind("", Cluster),
    "group": Kind("", VLANGroup), "vrf": Kind("", VRF),
}  # fmt: skip
WRITTEN: Final = {name: one for name, one in KINDS.items() if one.path}
NOT_EMPTY: Final = frozenset({"name", "slug", "prefix", "address"})
# Whose names are unique by a condition: only those that belong to no office.
WITHOUT_OFFICE: Final = frozenset({("site", "name"), ("cluster", "name")})


class Model:
    """The record as it should be: per kind, values by id."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[int, Row]] = {name: {} for name in KINDS}

    def create(self, name: str, rows: list[Row]) -> frozenset[int]:
        """The statuses that fit creating `rows`; they are kept by `keep`, once they have ids."""
        if any(one not in row for row in rows for one in KINDS[name].required):
            return BAD
        new = {-1 - at: KINDS[name].blank | row for at, row in enumerate(rows)}
        return self._judge(name, new) or frozenset({201})

    def keep(self, name: str, made: Mapping[int, Row]) -> None:
        """Keep new rows."""
        self.rows[name] |= {pk: KINDS[name].blank | row for pk, row in made.items()}

    def update(self, name: str, changes: list[Named]) -> frozenset[int]:
        """The statuses that fit changing objects, which is done where it is taken."""
        stored = self.rows[name]
        keys = [key for key, _ in changes]
        if len(set(keys)) < len(keys) or not set(keys) <= stored.keys():
            return BAD
        now = {key: stored[key] | row for key, row in changes}
        for_good = {field for field, one in KINDS[name].refers.items() if one.stays}
        moved = any(row[one] != stored[key][one] for key, row in now.items() for one in for_good)
        refused = BAD if moved else self._judge(name, now)
        if not refused:
            stored |= now
        return refused or frozenset({200})

    def delete(self, name: str, keys: list[int]) -> frozenset[int]:
        """The statuses that fit deleting objects, which is done where it is taken."""
        if len(set(keys)) < len(keys) or not set(keys) <= self.rows[name].keys():
            return BAD
        going = {name: set(keys)}
        for kind, pk in self._that_refer(going, goes_along=True):
            going.setdefault(kind, set()).add(pk)
        for kind, pk in self._that_refer(going, goes_along=True):  # what goes along with those
            going.setdefault(kind, set()).add(pk)
        left = self._that_refer(going, goes_along=False)
        if any(pk not in going.get(kind, ()) for kind, pk in left):
            return IN_USE
        for kind, gone in going.items():
            for pk in gone:
                del self.rows[kind][pk]
        return frozenset({204})

    def _that_refer(
        self, going: Mapping[str, set[int]], *, goes_along: bool
    ) -> list[tuple[str, int]]:
        return [
            (kind, pk)
            for kind, known in KINDS.items()
            for name, one in known.refers.items()
            if one.goes_along is goes_along and one.kind in going
            for pk, row in self.rows[kind].items()
            if row[name] in going[one.kind]
        ]

    def _judge(self, name: str, written: Mapping[int, Row]) -> frozenset[int]:
        """The statuses of a refusal; none where rows can be taken as they are to be."""
        if any(self._is_bad(name, row) for row in written.values()):
            return BAD
        if any(self._clashes(name, claim_of, written) for claim_of in self._claims(name)):
            return BAD
        after = self.rows | {name: self.rows[name] | dict(written)}
        if not all(RULES[name](after, pk) for pk in written if name in RULES):
            return REFUSED
        return frozenset()

    def _is_bad(self, name: str, row: Row) -> bool:
        kind = KINDS[name]
        empty = any(row[one] == "" for one in NOT_EMPTY & set(kind.texts))
        dangling = any(
            row[field] not in self.rows[one.kind] and not (one.optional and row[field] is None)
            for field, one in kind.refers.items()
        )
        return empty or dangling or not kind.valid(row)

    def _claims(self, name: str) -> Iterator[Callable[[Row], Any]]:
        """What rows of a kind claim, each by a function; None is no claim."""
        for fields in KINDS[name].unique:
            yield partial(_values, fields)
        if name in {"prefix", "address"}:
            yield partial(self._in_table, name)

    def _in_table(self, name: str, row: Row) -> Any:
        """A network or host in its table, where that wants each once."""
        table = row["vrf"]
        if table is not None and not self.rows["vrf"][table]["enforce_unique"]:
            return None
        return table, row[name] if name == "prefix" else row[name].partition("/")[0]

    def _clashes(
        self, name: str, claim_of: Callable[[Row], Any], written: Mapping[int, Row]
    ) -> bool:
        """Whether written rows claim what one of them or, before the write, another one has."""
        held = {claim_of(row): pk for pk, row in self.rows[name].items()}
        seen = set[Any]()
        for pk, row in written.items():
            claim = claim_of(row)
            if claim is None:
                continue
            if claim in seen or held.get(claim, pk) != pk:
                return True
            seen.add(claim)
        return False


def _values(fields: tuple[str, ...], row: Row) -> Any:
    if fields in WITHOUT_OFFICE and row.get("tenant") is not None:
        return None
    values = tuple(row[one] for one in fields)
    return None if None in values else values


def units_of(rows: Rows, device: Row) -> set[tuple[int, str, int]]:
    """The half units of each face that a device takes."""
    if device["rack"] is None or device["position"] is None:
        return set()
    kind, first = rows["type"][device["device_type"]], int(device["position"] * 2)
    faces = ("front", "rear") if kind["is_full_depth"] else (device["face"],)
    return {
        (device["rack"], face, half)
        for face in faces
        for half in range(first, first + int(kind["u_height"] * 2))
    }


def stands(rows: Rows, pk: int) -> bool:
    """Whether a device stands in a rack of its site, inside it, and in no other's way."""
    device = rows["device"][pk]
    if device["rack"] is None:
        return True
    rack = rows["rack"][device["rack"]]
    units = units_of(rows, device)
    inside = all(2 <= half < 2 + rack["u_height"] * 2 for _rack, _face, half in units)
    others = [one for other, one in rows["device"].items() if other != pk]
    free = not any(units & units_of(rows, one) for one in others)
    return rack["site"] == device["site"] and inside and free


def all_stand(rows: Rows, rack: int) -> bool:
    """Whether all devices of a rack stand in it."""
    return all(stands(rows, pk) for pk, one in rows["device"].items() if one["rack"] == rack)


def is_free(rows: Rows, pk: int) -> bool:
    """Whether a cable's two ends differ and are in no other cable."""
    ends = {rows["cable"][pk]["a"], rows["cable"][pk]["b"]}
    others = [one for other, one in rows["cable"].items() if other != pk]
    return len(ends) == 2 and not any(ends & {one["a"], one["b"]} for one in others)


def in_range(rows: Rows, pk: int) -> bool:
    """Whether a VLAN's number is one of its group's."""
    vlan = rows["vlan"][pk]
    return vlan["group"] is None or vlan["vid"] <= rows["group"][vlan["group"]]["last"]


RULES: Final[dict[str, Callable[[Rows, int], bool]]] = {
    "device": stands, "rack": all_stand, "cable": is_free, "vlan": in_range,
}  # fmt: skip
