"""What lets apps in as JSON: the same keys from API and jobs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from dcim.planning.document import Outcome
from dcim.planning.reactivation.lifting.bindings import Binding, Bound
from dcim.planning.reactivation.lifting.changes import AppChange
from dcim.planning.reactivation.lifting.lifts import Lifted
from dcim.vocabulary.amounts import Amounts, ResourceClass


class BindingAnswer(TypedDict):
    """One thing in the way; amounts are null where none bind."""

    kind: str
    subject: str
    resource_class: str | None
    asked: int | None
    free: int | None


class LiftedAnswer(TypedDict):
    """A change: a cluster's amounts are what each of its active hosts gets more."""

    kinds: list[str]
    pool: str
    amounts: dict[str, int]
    hosts: int
    cures: list[str]
    dropped_dependencies: list[list[str]]


class AppChangeAnswer(TypedDict):
    """What binds an app, and the smallest changes that let it in."""

    app: str
    outcome: str
    bindings: list[BindingAnswer]
    changes: list[LiftedAnswer]
    solved: int
    proved: bool


def answer_of_change(one: AppChange) -> AppChangeAnswer:
    """What lets one app in, with stable keys."""
    return {
        "app": one.code,
        "outcome": one.outcome.value,
        "bindings": [_binding(each) for each in one.bindings],
        "changes": [answer_of_lifted(each) for each in one.changes],
        "solved": one.solved,
        "proved": one.is_proved,
    }


def changes_of_answers(answers: Iterable[AppChangeAnswer]) -> tuple[AppChange, ...]:
    """What `answer_of_change` wrote down."""
    return tuple(
        AppChange(
            code=one["app"],
            outcome=Outcome(one["outcome"]),
            bindings=tuple(map(_binding_in, one["bindings"])),
            changes=tuple(map(_lifted_in, one["changes"])),
            solved=one["solved"],
            is_proved=one["proved"],
        )
        for one in answers
    )


def answer_of_lifted(one: Lifted) -> LiftedAnswer:
    """A change with stable keys."""
    return {
        "kinds": [kind.value for kind in one.kinds],
        "pool": one.pool,
        "amounts": {str(name): amount for name, amount in one.amounts.as_mapping().items()},
        "hosts": one.hosts,
        "cures": sorted(one.cures),
        "dropped_dependencies": [list(pair) for pair in sorted(one.dropped)],
    }


def _binding(one: Binding) -> BindingAnswer:
    amounts = one.resource_class is not None
    return {
        "kind": one.kind.value,
        "subject": str(one.subject),
        "resource_class": one.resource_class.value if one.resource_class else None,
        "asked": one.asked if amounts else None,
        "free": one.free if amounts else None,
    }


def _binding_in(one: BindingAnswer) -> Binding:
    name = one["resource_class"]
    return Binding(
        kind=Bound(one["kind"]),
        subject=one["subject"],
        resource_class=ResourceClass(name) if name else None,
        asked=one["asked"] or 0,
        free=one["free"] or 0,
    )


def _lifted_in(one: LiftedAnswer) -> Lifted:
    return Lifted(
        pool=one["pool"],
        amounts=Amounts.from_mapping(one["amounts"]),
        hosts=one["hosts"],
        cures=frozenset(one["cures"]),
        dropped=frozenset((app, needed) for app, needed in one["dropped_dependencies"]),
    )
