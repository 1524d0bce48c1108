"""What differs between record, hypervisor and Pulumi's state: one finding per difference.

Of three sides one is always the odd one out, unless all differ; that side is named, since putting
it right ends the drift. Pure: sides in, findings out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from dcim.planning.drift.sides import (
    MACHINE_FIELDS,
    NAME,
    NETWORK_FIELDS,
    Drift,
    Seen,
    Sides,
    Value,
)
from dcim.planning.drift.spelling import spelled_alike
from dcim.vocabulary.drift import DriftKind, DriftSide, DriftSubject

Key: TypeAlias = tuple[DriftSubject, str]
_Trio: TypeAlias = tuple[Seen | None, Seen | None, Seen | None]

# (record, hypervisor, state) have it: what that is called, and who is the odd one out.
PRESENCE: Final[Mapping[tuple[bool, bool, bool], tuple[DriftKind, DriftSide]]] = {
    (True, False, True): (DriftKind.MISSING, DriftSide.HYPERVISOR),
    (True, False, False): (DriftKind.MISSING, DriftSide.RECORD),
    (True, True, False): (DriftKind.UNMANAGED, DriftSide.STATE),
    (False, True, True): (DriftKind.UNRECORDED, DriftSide.RECORD),
    (False, True, False): (DriftKind.UNKNOWN, DriftSide.HYPERVISOR),
    (False, False, True): (DriftKind.LEFTOVER, DriftSide.STATE),
}
WITHOUT_STATE: Final[Mapping[tuple[bool, bool], tuple[DriftKind, DriftSide]]] = {
    (True, False): (DriftKind.MISSING, DriftSide.HYPERVISOR),
    (False, True): (DriftKind.UNKNOWN, DriftSide.HYPERVISOR),
}
FIELDS: Final = {
    DriftSubject.MACHINE: (NAME, *MACHINE_FIELDS),
    DriftSubject.NETWORK: NETWORK_FIELDS,
}


def compare(sides: Sides) -> tuple[Drift, ...]:
    """Every difference of one target, machines first, in the order of names and fields.

    Notes: a thing that is missing on a side is one finding, whatever else differs of it; where all
        have it, each field that differs is one. A side that says nothing of a field is not heard
        on it. Without a state the record is what should be. A machine that the hypervisor spells
        otherwise than the record is one whose name has changed.
    """
    sides = spelled_alike(sides)
    record, hypervisor = _by_key(sides.record), _by_key(sides.hypervisor)
    state = _by_key(sides.state or ())
    keys = {*record, *hypervisor, *state}
    found: list[Drift] = []
    for key in sorted(keys, key=lambda one: (list(DriftSubject).index(one[0]), one[1])):
        trio = record.get(key), hypervisor.get(key), state.get(key)
        found.extend(_differences(sides, key, trio))
    return tuple(found)


def odd_one(record: Value, hypervisor: Value, state: Value) -> DriftSide | None:
    """Which of three values differs from the other two; None where none does.

    >>> odd_one(2048, 4096, 2048).value, odd_one(1, 2, 3).value, odd_one(1, 1, 1)
    ('hypervisor', 'all', None)
    """
    if record == hypervisor == state:
        return None
    if record == state:
        return DriftSide.HYPERVISOR
    if hypervisor == state:
        return DriftSide.RECORD
    return DriftSide.STATE if record == hypervisor else DriftSide.ALL


def _by_key(seen: Iterable[Seen]) -> dict[Key, Seen]:
    return {(one.subject, one.name): one for one in seen}


def _differences(sides: Sides, key: Key, trio: _Trio) -> Iterator[Drift]:
    verdict = _presence(sides, trio)
    if verdict is None:
        yield from _changes(sides.target, key, trio)
        return
    kind, odd = verdict
    if kind is DriftKind.UNMANAGED and trio[0] and NAME in trio[0].fields:
        yield from _changes(sides.target, key, trio, only=(NAME,))  # no run finds it to adopt it
        return
    record, hypervisor, state = (None if one is None else one.fields for one in trio)
    yield Drift(
        target=sides.target,
        subject=key[0],
        name=key[1],
        kind=kind,
        odd=odd,
        record=record,
        hypervisor=hypervisor,
        state=state,
    )


def _presence(sides: Sides, trio: _Trio) -> tuple[DriftKind, DriftSide] | None:
    record, hypervisor, state = (one is not None for one in trio)
    if sides.state is None:
        return WITHOUT_STATE.get((record, hypervisor))
    return PRESENCE.get((record, hypervisor, state))


def _changes(target: str, key: Key, trio: _Trio, only: Sequence[str] = ()) -> Iterator[Drift]:
    said = [one.fields for one in trio if one is not None]
    for field in only or FIELDS[key[0]]:
        if sum(field in one for one in said) < 2:
            continue
        odd = _odd_in(field, trio)
        if odd is not None:
            record, hypervisor, state = (_value(one, field) for one in trio)
            yield Drift(
                target=target,
                subject=key[0],
                name=key[1],
                field=field,
                kind=DriftKind.CHANGED,
                odd=odd,
                record=record,
                hypervisor=hypervisor,
                state=state,
            )


def _odd_in(field: str, trio: _Trio) -> DriftSide | None:
    """The odd one out where one side may be silent: then it is the hypervisor, if that speaks."""
    speaks = [one is not None and field in one.fields for one in trio]
    values = [_value(one, field) for one in trio]
    if all(speaks):
        return odd_one(*values)
    heard = [value for value, said in zip(values, speaks, strict=True) if said]
    if heard[0] == heard[1]:
        return None
    return DriftSide.HYPERVISOR if speaks[1] else DriftSide.RECORD


def _value(one: Seen | None, field: str) -> Value:
    return None if one is None else one.fields.get(field)


# Machines that stand on another target than the record says.


def pair_moved(
    found: Sequence[Drift],
    may_be_one: Callable[[Drift, Drift], bool] = lambda _missing, _stray: True,
) -> tuple[Drift, ...]:
    """The findings of all targets, where a machine missing here and unknown there is one: moved.

    Args:
        found: Of all targets.
        may_be_one: Whether the missing and the stray can be the same, as when both were seen.

    Notes: only by a name that is missing on one target and unknown on one; where several could be
        meant, nothing is guessed. `unpaired` undoes it.
    """
    missing = _alone(one for one in found if _is_whole(one, DriftKind.MISSING))
    strays = _alone(one for one in found if _is_whole(one, DriftKind.UNKNOWN))
    moved = {name: (missing[name], strays[name]) for name in missing.keys() & strays.keys()}
    moved = {
        name: pair
        for name, pair in moved.items()
        if pair[0].target != pair[1].target and may_be_one(*pair)
    }
    parts = {one.key for pair in moved.values() for one in pair}
    kept = [one for one in found if one.key not in parts]
    return tuple(sorted((*kept, *(_moved(*pair) for pair in moved.values())), key=_place))


def unpaired(found: Iterable[Drift]) -> tuple[Drift, ...]:
    """The findings with each moved machine as missing here and unknown there."""
    apart = [part for one in found for part in _parts(one)]
    return tuple(sorted(apart, key=_place))


def _is_whole(one: Drift, kind: DriftKind) -> bool:
    return one.kind is kind and one.subject is DriftSubject.MACHINE


def _alone(found: Iterable[Drift]) -> dict[str, Drift]:
    """Those whose name stands once among them."""
    by_name: dict[str, list[Drift]] = {}
    for one in found:
        by_name.setdefault(one.name, []).append(one)
    return {name: ones[0] for name, ones in by_name.items() if len(ones) == 1}


def _moved(here: Drift, there: Drift) -> Drift:
    return replace(
        here,
        kind=DriftKind.MOVED,
        hypervisor=there.hypervisor,
        found_on=there.target,
        beside=there.beside,
    )


def _parts(one: Drift) -> tuple[Drift, ...]:
    if one.kind is not DriftKind.MOVED:
        return (one,)
    here = replace(one, kind=DriftKind.MISSING, hypervisor=None, found_on="", beside=())
    there = Drift(
        target=one.found_on,
        subject=one.subject,
        name=one.name,
        kind=DriftKind.UNKNOWN,
        odd=DriftSide.HYPERVISOR,
        hypervisor=one.hypervisor,
        beside=one.beside,
    )
    return here, there


def _place(one: Drift) -> tuple[str, int, str, int]:
    fields = ("", NAME, *MACHINE_FIELDS, *NETWORK_FIELDS)
    return (
        one.target,
        list(DriftSubject).index(one.subject),
        one.name,
        fields.index(one.field),
    )
