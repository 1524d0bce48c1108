"""Machines that sides spell in two ways: libvirt tells WEB-1 from web-1, and people often do not.

Taken for two, one would be missing and the other a stray, and a run that brings the missing one
back would make a second, empty machine. No side keeps what else could tell: of a machine that was
taken over, the record and the state know nothing but its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from dcim.planning.drift.sides import NAME, Seen, Sides
from dcim.vocabulary.drift import DriftSubject


def spelled_alike(sides: Sides) -> Sides:
    """The sides with each machine by the name that the record has; `NAME` says how each spells it.

    Notes: only a machine that is recorded, and not there by its very name, where the hypervisor has
        one that differs in case alone and is no other's. Where several could be meant on any side,
        nothing is guessed.
    """
    record, there = _machines(sides.record), _machines(sides.hypervisor)
    lacking = _by_letters(name for name in record if name not in there)
    spare = _by_letters(name for name in there if name not in record)
    kept = _by_letters(
        name
        for name in _machines(sides.state or ())
        if name.casefold() in lacking and (name not in record or name not in there)
    )
    called = {
        spelling: names[0]
        for letters, names in lacking.items()
        if len(names) == len(spare.get(letters, ())) == 1 and len(kept.get(letters, ())) <= 1
        for spelling in (*names, *spare[letters], *kept.get(letters, ()))
    }
    if not called:
        return sides
    return replace(
        sides,
        record=_renamed(sides.record, called),
        hypervisor=_renamed(sides.hypervisor, called),
        state=None if sides.state is None else _renamed(sides.state, called),
    )


def _machines(seen: Iterable[Seen]) -> set[str]:
    return {one.name for one in seen if one.subject is DriftSubject.MACHINE}


def _by_letters(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(name.casefold(), []).append(name)
    return found


def _renamed(seen: Iterable[Seen], called: Mapping[str, str]) -> tuple[Seen, ...]:
    return tuple(
        replace(one, name=called[one.name], fields={**one.fields, NAME: one.name})
        if one.subject is DriftSubject.MACHINE and one.name in called
        else one
        for one in seen
    )
