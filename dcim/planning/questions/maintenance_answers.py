"""The maintenance check as JSON: the same keys from the command line and from the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from dcim.graph.answers.impact import names
from dcim.graph.answers.order import StepAnswer, answer_of_waves
from dcim.graph.facts import Thing
from dcim.graph.failures.impact import Hit
from dcim.planning.people import Person
from dcim.planning.questions.maintenance import Maintenance, Told
from dcim.planning.questions.moves import Move


class HitAnswer(TypedDict):
    """A running app that is hit; `after_moves` says how it fares once machines are moved."""

    code: str
    name: str
    owner: str
    category: str
    users_per_month: int
    after_moves: str
    chain: list[str]


class MoveAnswer(TypedDict):
    """A machine and what is done with it; pool and host are empty unless it goes somewhere."""

    machine: str
    apps: list[str]
    deed: str
    pool: str
    host: str


class WeakenedAnswer(TypedDict):
    """What has less to spare: of `size` members `left`, of which `needed` must stay."""

    thing: str
    members: str
    left: int
    size: int
    needed: int


class PersonAnswer(TypedDict):
    """Whom to tell."""

    name: str
    role: str
    priority: str
    phone: str
    email: str


class NoticeAnswer(TypedDict):
    """A message ready to be sent."""

    to: list[str]
    subject: str
    body: str
    mailto: str


class ToldAnswer(TypedDict):
    """An office, its apps that are hit, whom to tell and what."""

    owner: str
    name: str
    apps_down: list[str]
    apps_moved: list[str]
    apps_degraded: list[str]
    people: list[PersonAnswer]
    notice: NoticeAnswer


class SiteAnswer(TypedDict):
    """A site that the things are at, and whom to tell there."""

    site: str
    people: list[PersonAnswer]


class MaintenanceAnswer(TypedDict):
    """All that is to be known before work begins."""

    serial: int
    things: list[str]
    start: str
    until: str
    apps_down: list[HitAnswer]
    apps_degraded: list[HitAnswer]
    moves: list[MoveAnswer]
    less_to_spare: list[WeakenedAnswer]
    tell: list[ToldAnswer]
    sites: list[SiteAnswer]
    apps_without_contact: list[str]
    stop: list[list[StepAnswer]]
    start_again: list[list[StepAnswer]]


def answer_of_maintenance(
    found: Maintenance, notices: Mapping[str, NoticeAnswer]
) -> MaintenanceAnswer:
    """`found` as JSON, with the notice to each office by its slug."""
    return {
        "serial": found.found.serial,
        "things": names(found.found.failed),
        "start": found.window.start.isoformat(),
        "until": found.window.until.isoformat(),
        "apps_down": [
            *(_hit(hit, "down") for hit in found.stopped),
            *(_hit(hit, "moved") for hit in found.saved),
        ],
        "apps_degraded": [_hit(hit, "degraded") for hit in found.found.apps_degraded],
        "moves": [_move(move) for move in found.moves],
        "less_to_spare": [
            {
                "thing": str(one.owner.id),
                "members": one.group.label,
                "left": one.left,
                "size": one.group.size,
                "needed": one.group.needed,
            }
            for one in found.weakened
        ],
        "tell": [_told(one, notices[one.slug]) for one in found.told],
        "sites": [
            {"site": site.name, "people": _people(found.beside.people.get(("site", site.name), ()))}
            for site in found.sites
        ],
        "apps_without_contact": _codes(found.gaps),
        "stop": answer_of_waves(found.stop),
        "start_again": answer_of_waves(found.start),
    }


def _hit(hit: Hit, after_moves: str) -> HitAnswer:
    return {
        "code": hit.thing.name,
        "name": hit.thing.label,
        "owner": hit.thing.owner,
        "category": hit.thing.category,
        "users_per_month": hit.thing.users_per_month,
        "after_moves": after_moves,
        "chain": names(hit.chain),
    }


def _move(move: Move) -> MoveAnswer:
    return {
        "machine": move.machine.name,
        "apps": list(move.machine.apps),
        "deed": move.deed.value,
        "pool": move.pool,
        "host": move.host,
    }


def _told(one: Told, notice: NoticeAnswer) -> ToldAnswer:
    return {
        "owner": one.slug,
        "name": one.name,
        "apps_down": _codes(one.stopped),
        "apps_moved": _codes(one.moved),
        "apps_degraded": _codes(one.weakened),
        "people": _people(one.people),
        "notice": notice,
    }


def _people(people: Iterable[Person]) -> list[PersonAnswer]:
    return [
        {
            "name": one.name,
            "role": one.role,
            "priority": one.priority,
            "phone": one.phone,
            "email": one.email,
        }
        for one in people
    ]


def _codes(apps: Iterable[Thing]) -> list[str]:
    return [app.name for app in apps]
