"""What a plan changes as JSON: the same keys from the command line and from the API."""

from __future__ import annotations

from typing import TypedDict

from dcim.graph.answers.impact import names
from dcim.planning.questions.comparison import AppChange, Comparison, LossChange

NOT_RUNNING = "not_running"


class AppChangeAnswer(TypedDict):
    """How an app fares before and after."""

    code: str
    name: str
    before: str
    after: str
    verdict: str
    chain: list[str]


class PointsChangeAnswer(TypedDict):
    """Single points of failure of an app that come and go."""

    app: str
    new: list[str]
    gone: list[str]


class LossAnswer(TypedDict):
    """Running apps that a thing's loss alone stops and degrades."""

    apps_down: int
    apps_degraded: int


class LossChangeAnswer(TypedDict):
    """A thing lost alone: the apps that run before the plan, and those that it brings back."""

    thing: str
    before: LossAnswer
    after: LossAnswer
    revived: LossAnswer
    verdict: str


class ComparisonAnswer(TypedDict):
    """What a plan changes."""

    serial: int
    plan: int
    failed: list[str]
    running_before: int
    running_after: int
    apps: list[AppChangeAnswer]
    single_points: list[PointsChangeAnswer]
    n_minus_one: list[LossChangeAnswer]


def answer_of_comparison(found: Comparison, plan: int) -> ComparisonAnswer:
    """`found` as JSON, for the plan with that id."""
    return {
        "serial": found.serial,
        "plan": plan,
        "failed": [str(ref) for ref in found.failed],
        "running_before": found.running[0],
        "running_after": found.running[1],
        "apps": [_app(one) for one in found.apps],
        "single_points": [
            {"app": one.app.name, "new": [*map(str, one.new)], "gone": [*map(str, one.gone)]}
            for one in found.points
        ],
        "n_minus_one": [_loss(one) for one in found.losses],
    }


def _app(one: AppChange) -> AppChangeAnswer:
    return {
        "code": one.app.name,
        "name": one.app.label,
        "before": one.before.value if one.before else NOT_RUNNING,
        "after": one.after.value if one.after else NOT_RUNNING,
        "verdict": one.verdict.value,
        "chain": names(one.chain),
    }


def _loss(one: LossChange) -> LossChangeAnswer:
    return {
        "thing": str(one.thing.id),
        "before": _counts(one.before),
        "after": _counts(one.after),
        "revived": _counts(one.revived),
        "verdict": one.verdict.value,
    }


def _counts(apps: tuple[int, int]) -> LossAnswer:
    return {"apps_down": apps[0], "apps_degraded": apps[1]}
