"""What config contexts say of a device or machine, value by value, and which of them says it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from dcim.record.equipment.devices import Device
from dcim.record.extras.config_contexts import ConfigContext
from dcim.record.extras.contexts_applied import Data, Supplied, supplied_to
from dcim.record.networks.virtualization import VirtualMachine
from dcim.web.values.addresses import page_of
from dcim.web.values.formats import Shown


@dataclass(frozen=True, slots=True)
class ContextValue:
    """A value of the data as the panel shows it, and where it is from."""

    name: str
    value: str
    source: Shown


@dataclass(frozen=True, slots=True)
class ContextPanel:
    """All that holds for one object: value by value, and whole as programs get it."""

    values: list[ContextValue]
    whole: str


def context_of(obj: Model, seen: Callable[[QuerySet[Any]], QuerySet[Any]]) -> ContextPanel | None:
    """The panel of a device or machine; None for other objects and where nothing holds."""
    if not isinstance(obj, Device | VirtualMachine):
        return None
    found = supplied_to(obj)
    keys = {one.source for one in found if one.source is not None}
    rows = seen(ConfigContext.objects.filter(pk__in=keys)) if keys else ()
    sources = {one.pk: Shown(str(one), url=page_of(one)) for one in rows}
    values = [
        ContextValue(" › ".join(one.path), _text(one.value), _source(one, sources)) for one in found
    ]
    return ContextPanel(values, _text(_whole(found), indent=2)) if values else None


def _source(one: Supplied, sources: dict[int, Shown]) -> Shown:
    if one.source is None:
        return Shown(_("this object itself"))
    return sources.get(one.source, Shown(_("a config context")))


def _whole(found: list[Supplied]) -> Data:
    data: dict[str, Any] = {}
    for one in found:
        place = data
        for name in one.path[:-1]:
            place = place.setdefault(name, {})
        place[one.path[-1]] = one.value
    return data


def _text(value: Any, indent: int | None = None) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=indent)
