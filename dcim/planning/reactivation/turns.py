"""A choice without search: the heaviest app first, each where it still fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dcim.planning.reactivation.candidate import ASK, Candidate, Choice, Cut
from dcim.vocabulary.amounts import Amounts


def in_turn(
    candidates: Sequence[Candidate], rooms: Mapping[str, Amounts], cuts: Sequence[Cut]
) -> Choice:
    """What the heaviest take in turn, once all that each needs is placed.

    Notes: right, but rarely the best; apps that need each other in a circle are left out.
    """
    left = dict(rooms)
    placed: dict[str, str] = {}
    waiting = sorted(candidates, key=lambda app: (-app.weight, app.code))
    while ready := [app for app in waiting if all(need in placed for need in app.needs)]:
        for app in ready:
            option = next((one for one in app.options if _takes(app, one, left, placed, cuts)), "")
            if option:
                placed[app.code] = option
                if option in left:
                    left[option] -= app.demand_in(option)
        waiting = [app for app in waiting if app not in ready]
    at_hand: set[str] = set()
    for code in placed:  # needs were placed before
        needs = next(app.needs for app in candidates if app.code == code)
        if placed[code] != ASK and all(need in at_hand for need in needs):
            at_hand.add(code)
    weight = sum(app.weight for app in candidates if app.code in at_hand)
    return Choice(placed=placed, at_hand=frozenset(at_hand), weight=weight, proved=False)


def _takes(
    app: Candidate,
    option: str,
    left: Mapping[str, Amounts],
    placed: Mapping[str, str],
    cuts: Sequence[Cut],
) -> bool:
    if option in left and not app.demand_in(option).fits_in(left[option]):
        return False
    return not any(
        app.code in cut.apps
        and (cut.pool == option or cut.pool in app.starts)
        and all(one in placed for one in cut.apps - {app.code})
        for cut in cuts
    )
