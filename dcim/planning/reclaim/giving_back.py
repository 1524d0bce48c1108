"""What a grant is to have once what was freed on it is given back."""

from __future__ import annotations

from dataclasses import dataclass

from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.choices_requests import RequestKind


@dataclass(frozen=True, slots=True)
class Returned:
    """A request that gives room back: its kind, and what the grant is to have then."""

    kind: RequestKind
    remains: Amounts


def returned(
    granted: Amounts, freed: Amounts, drawn: Amounts, *, is_empty: bool
) -> Returned | None:
    """What to ask for; None where nothing can be given back.

    Args:
        granted: What the grant has.
        freed: What has been freed on it: vCPUs, MiB, GiB.
        drawn: What is drawn on it, held, or will be drawn by the plan that freed it.
        is_empty: Whether nothing draws on it, or will.

    Notes: what was free before is not touched, and what is freed and drawn again is not given back.

    >>> returned(Amounts(8, 8, 8), Amounts(4, 4, 4), Amounts(2, 6, 2), is_empty=False).remains
    Amounts(vcpus=4, memory_mib=6, storage_gib=4)
    """
    if is_empty:
        return Returned(RequestKind.TERMINATION, Amounts())
    remains = Amounts(*(max(granted[one] - freed[one], drawn[one]) for one in ResourceClass))
    if not any(remains[one] < granted[one] for one in ResourceClass):
        return None
    return Returned(RequestKind.CHANGE, remains)
