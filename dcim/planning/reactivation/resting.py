"""Which active apps rest on which apps, through others too: who is hit where machines go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from dcim.planning.estate import App
from dcim.vocabulary.choices import AppStatus


def needed_by(apps: Iterable[App]) -> Mapping[str, tuple[str, ...]]:
    """Per app that any rests on, hard or soft, the codes of the active ones that do, in order.

    Notes: O(needs) per app that something rests on; cycles are walked once.
    """
    above: dict[str, list[App]] = defaultdict(list)
    for app in apps:
        for code in {*app.hard, *app.soft}:
            above[code].append(app)
    return {code: _resting(code, above) for code in list(above)}


def _resting(code: str, above: Mapping[str, list[App]]) -> tuple[str, ...]:
    found: dict[str, App] = {}
    waiting = list(above[code])
    while waiting:
        app = waiting.pop()
        if app.code not in found and app.code != code:
            found[app.code] = app
            waiting.extend(above.get(app.code, ()))
    return tuple(sorted(one for one, app in found.items() if app.status is AppStatus.ACTIVE))
