"""Where cables lead, also through patch panels: a few queries per hop, however many start.

Nothing is kept: a path is followed when it is asked for, so it is never out of date. Strands of a
trunk are told apart by their positions: what enters a rear port at position 3 leaves the panel at
the other end of the trunk where position 3 leads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from django.db.models import Q

from dcim.record.equipment.cables import MODEL_OF_FIELD, CableTermination
from dcim.record.equipment.ports import PortMapping
from dcim.vocabulary.choices import CableEnd, CableStatus

Key: TypeAlias = tuple[str, int]  # an endpoint: the field that terminations refer to it by, its id
FRONT: Final = "front_port"
REAR: Final = "rear_port"
MOST_HOPS: Final = 64


@dataclass(frozen=True, slots=True)
class Hop:
    """One cable of a path: where it is entered, from which of its ends, and where it leads."""

    near: tuple[Key, ...]
    cable: int
    end: CableEnd
    far: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """What is reached from an endpoint.

    Attributes:
        ends: The endpoints at the far end; empty when the path ends in a panel or nowhere.
        is_active: Whether every cable of the path is connected.
        is_split: Whether it reached a trunk without saying which strand it is on.
    """

    hops: tuple[Hop, ...]
    ends: tuple[Key, ...]
    is_active: bool
    is_split: bool


@dataclass(slots=True)
class _Walk:
    """A path on the way: the ports it stands at, each with the strands it is on."""

    at: list[tuple[Key, tuple[int, ...]]]
    hops: list[Hop] = field(default_factory=list)
    ends: list[Key] = field(default_factory=list)
    is_active: bool = True
    is_split: bool = False


@dataclass(frozen=True, slots=True)
class _Cable:
    pk: int
    status: str
    ends: Mapping[str, list[Key]]


@dataclass(frozen=True, slots=True)
class _Strand:
    """A strand as it is seen from one of its ports."""

    position: int
    positions: int  # how many that port has
    other: Key
    other_position: int
    other_positions: int


def trace(origins: Iterable[Key], *, every_strand: bool = False) -> dict[Key, Path]:
    """The path from each of `origins`.

    Args:
        origins: Endpoints, or ports of panels, which are left by their cable.
        every_strand: Follow all strands of a trunk where a path does not say which one.

    Notes: up to three queries per hop of the longest path; unrelated cables cost nothing.
    """
    walks = {key: _Walk([(key, ())]) for key in origins}
    going = list(walks.values())
    for _hop in range(MOST_HOPS):
        if not going:
            break
        _follow_cables(going)
        _cross_panels([walk for walk in going if walk.at], every_strand)
        going = [walk for walk in going if walk.at]
    return {key: _path_of(walk) for key, walk in walks.items()}


def through(port: Key) -> list[Path]:
    """The paths of all endpoints whose path leads through the panel's `port`."""
    inside = [one.other for one in _strands([port]).get(port, ())]
    reached = trace([port, *inside], every_strand=True)
    starts = dict.fromkeys(end for path in reached.values() for end in path.ends)
    passed = (path for path in trace(starts).values() if _leads_through(path, port))
    return list(passed)


def _leads_through(path: Path, port: Key) -> bool:
    return any(port in (*hop.near, *hop.far) for hop in path.hops)


def _path_of(walk: _Walk) -> Path:
    ends = tuple(dict.fromkeys(walk.ends))
    return Path(tuple(walk.hops), ends, walk.is_active and bool(walk.hops), walk.is_split)


def _follow_cables(walks: Sequence[_Walk]) -> None:
    """Let each walk leave its ports by their cables; what it reaches that is no panel is an end."""
    cables = _cables_in({key for walk in walks for key, _ in walk.at})
    for walk in walks:
        seen = {hop.cable for hop in walk.hops}
        by_cable: dict[tuple[int, CableEnd], list[tuple[Key, tuple[int, ...]]]] = defaultdict(list)
        for key, strands in walk.at:
            found = cables.get(key)
            if found is not None and found[0].pk not in seen:
                by_cable[found[0].pk, found[1]].append((key, strands))
        walk.at = []
        for (_pk, end), near in by_cable.items():
            _follow(walk, cables[near[0][0]][0], end, near)


def _follow(
    walk: _Walk, cable: _Cable, end: CableEnd, near: Sequence[tuple[Key, tuple[int, ...]]]
) -> None:
    far = cable.ends.get(_OTHER[end], [])
    walk.hops.append(Hop(tuple(key for key, _ in near), cable.pk, end, tuple(far)))
    walk.is_active &= cable.status == CableStatus.CONNECTED
    for number, key in enumerate(far):
        if key[0] in (FRONT, REAR):
            walk.at.append((key, near[min(number, len(near) - 1)][1]))
        else:
            walk.ends.append(key)


_END: Final = {end.value: end for end in CableEnd}
_OTHER: Final = {CableEnd.A: CableEnd.B.value, CableEnd.B: CableEnd.A.value}


def _cables_in(keys: Iterable[Key]) -> dict[Key, tuple[_Cable, CableEnd]]:
    """The cable in each endpoint that has one, and the end of it that is in there."""
    plugged = CableTermination.objects.filter(_any_of(keys)).values("cable")
    rows = CableTermination.objects.filter(cable__in=plugged).order_by("cable_id", "end", "pk")
    ends: dict[int, dict[str, list[Key]]] = defaultdict(lambda: defaultdict(list))
    states: dict[int, str] = {}
    for pk, status, end, *ids in rows.values_list(
        "cable_id", "cable__status", "end", *(f"{name}_id" for name in MODEL_OF_FIELD)
    ):
        at = next((name, key) for name, key in zip(MODEL_OF_FIELD, ids, strict=True) if key)
        ends[pk][end].append(at)
        states[pk] = status
    cables = {pk: _Cable(pk, states[pk], ends[pk]) for pk in ends}
    return {
        key: (cable, _END[end])
        for cable in cables.values()
        for end, ports in cable.ends.items()
        for key in ports
    }


def _any_of(keys: Iterable[Key]) -> Q:
    by_field: dict[str, list[int]] = defaultdict(list)
    for name, pk in keys:
        by_field[name].append(pk)
    conditions = (Q(**{f"{name}__in": pks}) for name, pks in by_field.items())
    return Q(*conditions, _connector=Q.OR) if by_field else Q(pk__in=[])


def _cross_panels(walks: Sequence[_Walk], every_strand: bool) -> None:
    """Let each walk pass from one side of the panels that it has reached to the other."""
    strands = _strands({key for walk in walks for key, _ in walk.at})
    for walk in walks:
        reached, walk.at = walk.at, []
        for key, positions in reached:
            _cross(walk, strands.get(key, ()), positions, every_strand)


def _cross(
    walk: _Walk, strands: Sequence[_Strand], positions: tuple[int, ...], every_strand: bool
) -> None:
    chosen = list(strands)
    if chosen and chosen[0].positions > 1 and positions:
        chosen = [one for one in strands if one.position == positions[-1]]
        positions = positions[:-1]
    if len(chosen) > 1 and not every_strand:
        walk.is_split = True
        return
    for one in chosen:
        onward = (one.other_position,) if one.other_positions > 1 else ()
        walk.at.append((one.other, (*positions, *onward)))


def _strands(ports: Iterable[Key]) -> dict[Key, list[_Strand]]:
    """The strands of each port, with at most one query per side."""
    found: dict[Key, list[_Strand]] = defaultdict(list)
    wanted = list(ports)
    for mine, other in ((FRONT, REAR), (REAR, FRONT)):
        pks = [pk for name, pk in wanted if name == mine]
        rows = PortMapping.objects.filter(**{f"{mine}__in": pks}).order_by(f"{mine}_position")
        columns = ("", "_position", "__positions")
        names = [f"{side}{column}" for side in (mine, other) for column in columns]
        for pk, at, count, other_pk, other_at, others in rows.values_list(*names) if pks else ():
            found[mine, pk].append(_Strand(at, count, (other, other_pk), other_at, others))
    return found
