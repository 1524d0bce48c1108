"""Machines that nobody knows: each is one finding of its hypervisor, whatever targets share it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from dcim.planning.drift.sides import Drift, Seen, Sides
from dcim.vocabulary.drift import DriftKind, DriftSubject


def is_stray(one: Drift) -> bool:
    """Whether it is a machine that only the hypervisor has."""
    return one.kind is DriftKind.UNKNOWN and one.subject is DriftSubject.MACHINE


def has_unknown(sides: Sides, theirs: Collection[str]) -> bool:
    """Whether the hypervisor has a machine that neither the target's record nor its state knows.

    Args: `theirs` are known of others on the same hypervisor.
    """
    return not _machines(sides.hypervisor) <= {*theirs, *_known(sides)}


def without_theirs(sides: Sides, theirs: Collection[str], there: Collection[str]) -> Sides:
    """The sides without machines of other targets on the same hypervisor, unless known here too.

    Args:
        sides: Of one target.
        theirs: What others of its hypervisor have by record or state.
        there: All machines of the hypervisor.

    Notes: a machine that another lacks by its very name, and that is there in other letters, is
        that one's, as `spelled_alike` takes it.
    """
    known = _known(sides)
    lacking = {name.casefold() for name in {*theirs} - {*there}}
    lacking -= {name.casefold() for name in known - {*there}}

    def is_theirs(one: Seen) -> bool:
        if one.subject is not DriftSubject.MACHINE or one.name in known:
            return False
        return one.name in theirs or one.name.casefold() in lacking

    return replace(sides, hypervisor=tuple(one for one in sides.hypervisor if not is_theirs(one)))


def agreed_strays(
    found: Mapping[str, Sequence[Drift]], beside: Mapping[str, Collection[str]]
) -> dict[str, tuple[Drift, ...]]:
    """What was found on each target, with such strays alone as all see that share the hypervisor.

    Args:
        found: By target, of those that were compared.
        beside: By target the others on its hypervisor.

    Notes: what one of them does not see as a stray came, went or was made by a run meanwhile.
    """
    strays = {name: {one.name for one in some if is_stray(one)} for name, some in found.items()}
    return {
        name: tuple(
            one
            for one in some
            if not is_stray(one)
            or all(one.name in strays[other] for other in beside[name] if other in strays)
        )
        for name, some in found.items()
    }


def told_once(
    found: Iterable[Drift], known: Iterable[Drift], shared: Mapping[str, Collection[str]]
) -> Iterator[Drift]:
    """What was found, with each stray on one target of its hypervisor alone.

    Args:
        found: On targets that were compared.
        known: Strays so far, the oldest first: each stays where it is told.
        shared: By compared target the others on its hypervisor.

    Notes: a new one is told on the first, by name, of the targets that were compared.
    """
    told_on: dict[str, list[str]] = {}
    for one in known:
        told_on.setdefault(one.name, []).append(one.target)
    done: set[tuple[frozenset[str], str]] = set()
    for one in sorted(found, key=lambda one: one.target):
        if not is_stray(one):
            yield one
            continue
        sharing = frozenset((one.target, *shared[one.target]))
        if (sharing, one.name) not in done:
            done.add((sharing, one.name))
            before = (name for name in told_on.get(one.name, ()) if name in sharing)
            target = next(before, one.target)
            yield replace(one, target=target, beside=tuple(sorted(sharing - {target})))


def _known(sides: Sides) -> set[str]:
    return _machines((*sides.record, *(sides.state or ())))


def _machines(seen: Iterable[Seen]) -> set[str]:
    return {one.name for one in seen if one.subject is DriftSubject.MACHINE}
