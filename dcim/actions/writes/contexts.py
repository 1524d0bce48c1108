"""Config contexts that lose what they are limited to: they end rather than hold everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from dcim.actions.changes import Change
from dcim.record.extras.config_contexts import ConfigContext

SCOPES: Final = tuple(one.name for one in ConfigContext._meta.many_to_many)


def end_unlimited(changes: Sequence[Change]) -> Iterator[Change]:
    """`changes` of a deletion, with each context made inactive whose limit is gone with it.

    A context without sites holds for all sites: so one that was for a site must not go on.
    """
    ended = {one.pk for one in changes if _loses_a_limit(one)}
    rows = ConfigContext.objects.filter(pk__in=ended, is_active=True)
    rows.update(is_active=False)
    for one in changes:
        is_ended = isinstance(one.obj, ConfigContext) and one.pk in ended and one.after is not None
        yield replace(one, after={**(one.after or {}), "is_active": False}) if is_ended else one


def _loses_a_limit(change: Change) -> bool:
    if not isinstance(change.obj, ConfigContext) or not change.before or change.after is None:
        return False
    before, after = change.before, change.after
    return any(before[name] and not after[name] for name in SCOPES)
