"""Overlays of a scenario as rows of a form: read from it and shown in it, without a script.

Each kind of overlay is a row with the inputs that its dataclass asks for. What is wrong with a row
is judged by the planner's rules, which name the entry.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin, get_type_hints

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from dcim.planning.estate import Workload
from dcim.planning.scenarios.overlays import KINDS, MOST_OVERLAYS
from dcim.vocabulary.amounts import Amounts, ResourceClass

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KIND_LABELS: Final[dict[str, StrOrPromise]] = {
    "add_hosts": _("Add hosts"),
    "retire_hosts": _("Retire hosts"),
    "lose": _("Lose hosts, racks or sites"),
    "new_grant": _("New grant"),
    "change_grant": _("Change a grant"),
    "lapse_grant": _("A grant lapses"),
    "grow": _("Growth"),
    "change_cluster": _("Change a cluster"),
    "cure": _("Cure apps"),
    "add_app": _("Add an app"),
}
LABELS: Final[dict[str, StrOrPromise]] = {
    "on": _("from"),
    "until": _("until"),
    "cluster": _("cluster"),
    "count": _("how many"),
    "like": _("like the host"),
    "amounts": _("amounts"),
    "hosts": _("hosts, with commas"),
    "things": _("host:, rack: or site: and name, with commas"),
    "reference": _("reference"),
    "provider": _("provider (slug)"),
    "allocation": _("grant"),
    "percent_per_year": _("per cent a year"),
    "pool": _("pool (cluster:NAME)"),
    "resource_class": _("class"),
    "app_kind": _("kind of app"),
    "vcpu_allocation_ratio": _("ratio of vCPUs"),
    "memory_allocation_ratio": _("ratio of memory"),
    "storage_allocation_ratio": _("ratio of storage"),
    "reserved": _("reserved"),
    "host_failures_to_survive": _("host failures to survive"),
    "apps": _("apps, with commas"),
    "code": _("code"),
    "tiers": _("tiers, one a line: name vCPUs MiB GiB instances"),
    "name": _("name"),
    "category": _("category"),
    "data_class": _("data class"),
    "users_per_month": _("users a month"),
    "needs": _("rests on, with commas"),
}
IN_UNITS: Final[dict[ResourceClass, StrOrPromise]] = {
    ResourceClass.VCPU: _("vCPUs"),
    ResourceClass.MEMORY_MIB: _("Memory (MiB)"),
    ResourceClass.STORAGE_GIB: _("Storage (GiB)"),
}
TIER_FIELDS: Final = ("name", "vcpus", "memory_mib", "storage_gib", "instances_wanted")


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a row; `form` is date, number, text, lines or choice."""

    name: str
    label: StrOrPromise
    form: str
    value: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One overlay as it is shown."""

    kind: str
    label: StrOrPromise
    inputs: list[Input]


class OverlaysWidget(forms.Widget):
    """The rows, and buttons to add and remove one; a value that is no list of rows stays JSON."""

    use_fieldset = True  # many inputs: across the whole form, under a heading of their own

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """The overlays that the rows state, or the JSON that was sent in their place."""
        if f"{name}-rows" not in data:
            return data.get(name)
        return json.dumps(rows_in(data, name), ensure_ascii=False)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether neither rows nor JSON was sent."""
        return name not in data and f"{name}-rows" not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The rows, and what can be added."""
        entries = _listed(value)
        context = {
            "name": name,
            "id": (attrs or {}).get("id", name),
            "rows": [shown_row(one) for one in entries or []],
            "raw": None if entries is not None else value,
            "kinds": KIND_LABELS.items(),
        }
        return render_to_string("planner/scenarios/overlay_rows.html", context)


def changed_rows(data: Mapping[str, Any], name: str) -> str | None:
    """The overlays with the row that is to be added, or without the one to be removed, as JSON.

    None where neither button was pressed.
    """
    if f"{name}-add" not in data and f"{name}-remove" not in data:
        return None
    rows = rows_in(data, name)
    if f"{name}-add" in data:
        kind = str(data.get(f"{name}-new", ""))
        rows += [{"kind": kind}] if kind in KINDS else []
    else:
        gone = str(data.get(f"{name}-remove", ""))
        rows = [one for at, one in enumerate(rows) if str(at) != gone]
    return json.dumps(rows, ensure_ascii=False)


def rows_in(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The overlays as JSON has them; what can't be read stays as it was typed, to be refused."""
    rows: list[dict[str, Any]] = []
    for at in range(MOST_OVERLAYS + 1):
        place = f"{name}-{at}"
        if (kind := data.get(f"{place}-entry")) is None:
            break
        stated = dict(_read(data, str(kind), place)) if kind in KINDS else {}
        rows.append({"kind": str(kind), **stated})
    return rows


def _read(data: Mapping[str, Any], kind: str, place: str) -> Iterator[tuple[str, Any]]:
    for name, meant in _meant(kind):
        if meant is Amounts:
            texts = [str(data.get(f"{place}-{name}-{one}", "")).strip() for one in ResourceClass]
            if any(texts):
                values = [_number(text or "0") for text in texts]
                yield name, dict(zip((str(one) for one in ResourceClass), values, strict=True))
            continue
        text = str(data.get(f"{place}-{name}", "")).strip()
        if not text:
            continue
        if meant in (int, float):
            yield name, _number(text)
        elif get_origin(meant) is tuple and get_args(meant)[0] is Workload:
            yield name, [_tier(line) for line in text.splitlines() if line.strip()]
        elif get_origin(meant) is tuple:
            yield name, [part.strip() for part in text.split(",") if part.strip()]
        else:
            yield name, text


def _tier(line: str) -> dict[str, Any]:
    said = dict(zip(TIER_FIELDS, line.split(), strict=False))
    return {
        name: text if name in {"name", "vcpus"} else _number(text) for name, text in said.items()
    }


def _number(text: str) -> float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _meant(kind: str) -> Iterator[tuple[str, Any]]:
    """The fields of a kind with what stands in them, None left out."""
    hints = get_type_hints(KINDS[kind])
    for field in fields(KINDS[kind]):
        hint = hints[field.name]
        options = [one for one in get_args(hint) if one is not NoneType]
        is_plain = get_origin(hint) is tuple or not options
        yield field.name, hint if is_plain else options[0]


def _listed(value: Any) -> list[dict[str, Any]] | None:
    """The overlays, where they are rows of known kinds."""
    if isinstance(value, str) and not value.strip():
        return []
    try:
        read = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return None
    if read in (None, ""):
        return []
    if not isinstance(read, list):
        return None
    known = all(isinstance(one, dict) and one.get("kind") in KINDS for one in read)
    return read if known else None


def shown_row(entry: Mapping[str, Any]) -> Row:
    """One overlay with its inputs."""
    kind = str(entry["kind"])
    inputs = [one for name, meant in _meant(kind) for one in _inputs(name, meant, entry.get(name))]
    return Row(kind, KIND_LABELS[kind], inputs)


def _inputs(name: str, meant: Any, value: Any) -> Iterator[Input]:
    label = LABELS[name]
    if meant is Amounts:
        stated = value if isinstance(value, dict) else {}
        for one in ResourceClass:
            yield Input(f"{name}-{one}", IN_UNITS[one], "number", _text(stated.get(one.value)))
    elif isinstance(meant, type) and issubclass(meant, StrEnum):
        options = tuple(one.value for one in meant)
        yield Input(name, label, "choice", _text(value), options)
    elif meant is date:
        yield Input(name, label, "date", _text(value))
    elif meant in (int, float):
        yield Input(name, label, "number", _text(value))
    elif name == "tiers":
        tiers = value if isinstance(value, list) else []
        lines = (" ".join(_text(one.get(part)) for part in TIER_FIELDS) for one in tiers)
        yield Input(name, label, "lines", "\n".join(line.strip() for line in lines))
    else:
        yield Input(
            name, label, "text", ", ".join(value) if isinstance(value, list) else _text(value)
        )


def _text(value: Any) -> str:
    return "" if value is None else str(value)
