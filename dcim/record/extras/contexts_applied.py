"""The data that objects have by the config contexts that apply to them, and by their own.

All objects of a page are looked at together: the number of statements is the same for one object
and for a thousand, and objects with the same scopes share the merged data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, Model, QuerySet, Value

from dcim.record.equipment.devices import Device
from dcim.record.extras.config_contexts import ConfigContext
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.tree import Tree, TreeRecord

Data = Mapping[str, Any]
# Where an object's references lead to what a context may be limited to.
PATHS: Final[Mapping[str, str]] = {
    "regions": "site__region",
    "site_groups": "site__group",
    "sites": "site",
    "locations": "location",
    "device_types": "device_type",
    "roles": "role",
    "platforms": "platform",
    "cluster_types": "cluster__type",
    "cluster_groups": "cluster__group",
    "clusters": "cluster",
    "tenant_groups": "tenant__group",
    "tenants": "tenant",
}
OF_DEVICES_ONLY: Final = frozenset({"locations", "device_types"})
LOCAL: Final = "local_context_data"


@dataclass(frozen=True, slots=True)
class Supplied:
    """A value of an object's data: the names that lead to it, and the context that it is from."""

    path: tuple[str, ...]
    value: Any
    source: int | None  # a context's key; None: the object's own data


@dataclass(frozen=True, slots=True)
class Applied:
    """An active context and the objects that it is limited to, with those below them."""

    pk: int
    data: Data
    scopes: Mapping[str, Collection[int]]

    def applies_to(self, lies_in: Mapping[str, Collection[int]]) -> bool:
        return all(
            any(key in wanted for key in lies_in.get(scope, ()))
            for scope, wanted in self.scopes.items()
        )


def contexts_of(
    model: type[Model], keys: Sequence[int], contexts: Sequence[Applied] | None = None
) -> dict[int, Data]:
    """What holds for devices or machines: active contexts by weight and name, its own data last.

    Args:
        model: `Device` or `VirtualMachine`.
        keys: The objects; those for which nothing holds are left out of the answer.
        contexts: The active contexts, where they are known.
    """
    rows = model._default_manager.order_by().filter(pk__in=keys)
    contexts = active_contexts() if contexts is None else contexts
    if not contexts:
        return dict(rows.filter(**{f"{LOCAL}__isnull": False}).values_list("pk", LOCAL))
    used = {scope for one in contexts for scope in one.scopes}
    scopes = [one for one in PATHS if one in used and _has(model, one)]
    tags = _tags(model, keys) if "tags" in used else {}
    merged: dict[Any, Data] = {}
    found: dict[int, Data] = {}
    for pk, own, *references in rows.values_list("pk", LOCAL, *(PATHS[one] for one in scopes)):
        marks = frozenset(tags.get(pk, ()))
        place = (*references, marks)
        if place not in merged:
            lies_in = _lies_in(scopes, references, marks)
            merged[place] = _laid_over([one.data for one in contexts if one.applies_to(lies_in)])
        found[pk] = merge(merged[place], own) if own else merged[place]
    return found


def supplied_to(obj: Device | VirtualMachine) -> list[Supplied]:
    """Each value that holds for `obj`, in the order of names, with the context that supplies it."""
    model = type(obj)
    contexts = active_contexts()
    scopes = [one for one in PATHS if _has(model, one)]
    rows = model._default_manager.order_by().filter(pk=obj.pk)
    references = rows.values_list(*(PATHS[one] for one in scopes)).get() if contexts else ()
    marks = _tags(model, [obj.pk]).get(obj.pk, ()) if contexts else ()
    lies_in = _lies_in(scopes if contexts else (), references, marks)
    layers: list[tuple[int | None, Data]]
    layers = [(one.pk, one.data) for one in contexts if one.applies_to(lies_in)]
    return told_apart([*layers, (None, obj.local_context_data or {})])


def told_apart(layers: Iterable[tuple[int | None, Data]]) -> list[Supplied]:
    """What `merge` makes of the layers, lowest first, value by value.

    >>> [(one.path, one.source) for one in told_apart([(1, {"a": {"b": 1, "c": 2}}),
    ...                                                (2, {"a": {"c": 3}})])]
    [(('a', 'b'), 1), (('a', 'c'), 2)]
    """
    told: _Told = {}
    for source, data in layers:
        _lay(told, data, source)
    return list(_leaves(told, ()))


_Told = dict[str, Any]  # names to further names, or to (value, source)


def _lay(told: _Told, data: Data, source: int | None) -> None:
    for name, value in data.items():
        if not isinstance(value, dict):
            told[name] = (value, source)
            continue
        if not isinstance(told.get(name), dict):
            told[name] = {}
        _lay(told[name], value, source)


def _leaves(told: _Told, above: tuple[str, ...]) -> Iterator[Supplied]:
    for name, held in sorted(told.items()):
        if isinstance(held, dict):
            yield from _leaves(held, (*above, name))
        else:
            yield Supplied((*above, name), *held)


def _lies_in(
    scopes: Sequence[str], references: Sequence[int], marks: Collection[int]
) -> dict[str, Collection[int]]:
    found: dict[str, Collection[int]] = {"tags": marks}
    return found | {scope: (key,) for scope, key in zip(scopes, references, strict=True)}


def merge(below: Data, above: Data) -> Data:
    """Objects merged name by name; of any other two values the upper one holds.

    >>> merge({"a": {"b": 1, "c": [1]}}, {"a": {"c": [2]}})
    {'a': {'b': 1, 'c': [2]}}
    """
    merged = dict(below)
    for name, value in above.items():
        held = merged.get(name)
        both = isinstance(value, dict) and isinstance(held, dict)
        merged[name] = merge(held, value) if both and held is not None else value
    return merged


def _laid_over(layers: Sequence[Data]) -> Data:
    data: Data = {}
    for one in layers:
        data = merge(data, one)
    return data


def _has(model: type[Model], scope: str) -> bool:
    return issubclass(model, Device) or scope not in OF_DEVICES_ONLY


def active_contexts() -> list[Applied]:
    """The active contexts in their order, with one statement, or two and one per kind of tree."""
    rows = ConfigContext.objects.filter(is_active=True).order_by("weight", "name")
    data = dict(rows.values_list("pk", "data"))
    if not data:
        return []
    limits: defaultdict[int, defaultdict[str, set[int]]]
    limits = defaultdict(lambda: defaultdict(set))
    each = [_links(scope, data) for scope in (*PATHS, "tags")]
    for scope, context, key in each[0].union(*each[1:], all=True):
        limits[context][scope].add(key)
    trees: dict[str, Tree] = {}
    return [
        Applied(pk, one, {scope: _below(scope, keys, trees) for scope, keys in limits[pk].items()})
        for pk, one in data.items()
    ]


def _links(scope: str, contexts: Collection[int]) -> QuerySet[Any, Any]:
    field: Any = ConfigContext._meta.get_field(scope)
    rows = field.remote_field.through._default_manager.order_by().filter(
        configcontext__in=list(contexts)
    )
    links: QuerySet[Any, Any] = rows.values_list(
        Value(scope), F("configcontext_id"), F(f"{field.m2m_reverse_field_name()}_id")
    )
    return links


def _below(scope: str, keys: Collection[int], trees: dict[str, Tree]) -> Collection[int]:
    """The objects of a scope, with those that stand under them."""
    model = ConfigContext._meta.get_field(scope).related_model
    if not isinstance(model, type) or not issubclass(model, TreeRecord):
        return keys
    if scope not in trees:
        trees[scope] = Tree.of(model)
    return trees[scope].under(keys)


def _tags(model: type[Model], keys: Sequence[int]) -> Mapping[int, Collection[int]]:
    field: Any = model._meta.get_field("tags")
    owner, other = (f"{one}_id" for one in (field.m2m_field_name(), field.m2m_reverse_field_name()))
    tags: defaultdict[int, set[int]] = defaultdict(set)
    rows = field.remote_field.through._default_manager.filter(**{f"{owner}__in": keys})
    for pk, tag in rows.values_list(owner, other):
        tags[pk].add(tag)
    return tags
