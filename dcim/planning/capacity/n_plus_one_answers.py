"""Survival as JSON: the same keys from the command line and from the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from dcim.planning.capacity.evacuation import Loss, Shortage, Stuck
from dcim.planning.capacity.n_plus_one import Survival
from dcim.planning.capacity.repack import Move, Repack


class ShortageAnswer(TypedDict):
    """A class of which more is asked than is free."""

    resource_class: str
    asked: int
    free: int


class MoveAnswer(TypedDict):
    """A machine, where it stands (empty: on no host that gives room), and where it goes."""

    machine: str
    id: str
    host: str
    to: str


class StuckAnswer(TypedDict):
    """A machine without a place; `to` is the host that comes nearest, empty where none is open."""

    machine: str
    id: str
    host: str
    to: str
    amounts: dict[str, int]
    lacking: list[ShortageAnswer]


class RepackAnswer(TypedDict):
    """Whether moving others as well would help, and all moves then."""

    fit: str
    moves: list[MoveAnswer]


class LossAnswer(TypedDict):
    """What comes of losing hosts at once; `moves` is the plan that proves that it is survived."""

    hosts: list[str]
    fit: str
    moves: list[MoveAnswer]
    stuck: list[StuckAnswer]
    short: list[ShortageAnswer]
    repack: RepackAnswer | None


class SurvivalAnswer(TypedDict):
    """What a cluster survives of what it is to survive, in the state `serial` of the record."""

    serial: int
    cluster: str
    verdict: str
    host_failures_to_survive: int
    hosts: int
    sets: int
    examined: int
    largest: int
    losses: list[LossAnswer]
    refused: list[str]


def answer_of_survival(found: Survival, serial: int) -> SurvivalAnswer:
    """What was found of a cluster as JSON."""
    return {
        "serial": serial,
        "cluster": found.cluster,
        "verdict": found.verdict.value,
        "host_failures_to_survive": found.failures,
        "hosts": found.hosts,
        "sets": found.sets,
        "examined": found.examined,
        "largest": found.largest,
        "losses": [_loss(one) for one in found.losses],
        "refused": [one.name for one in found.refused],
    }


def _loss(one: Loss) -> LossAnswer:
    return {
        "hosts": list(one.hosts),
        "fit": one.fit.name.lower(),
        "moves": [_move(move) for move in one.moves],
        "stuck": [_stuck(stuck) for stuck in one.stuck],
        "short": _shortages(one.short),
        "repack": None if one.repack is None else _repack(one.repack),
    }


def _repack(again: Repack) -> RepackAnswer:
    return {"fit": again.fit.name.lower(), "moves": [_move(move) for move in again.moves]}


def _move(move: Move) -> MoveAnswer:
    machine = move.machine
    return {"machine": machine.name, "id": machine.id, "host": machine.host, "to": move.host}


def _stuck(stuck: Stuck) -> StuckAnswer:
    asked = {str(kind): amount for kind, amount in stuck.machine.amounts.as_mapping().items()}
    lacking = _shortages(stuck.lacking)
    return {**_move(Move(stuck.machine, stuck.host)), "amounts": asked, "lacking": lacking}


def _shortages(short: Sequence[Shortage]) -> list[ShortageAnswer]:
    return [
        {"resource_class": str(one.resource_class), "asked": one.asked, "free": one.free}
        for one in short
    ]
