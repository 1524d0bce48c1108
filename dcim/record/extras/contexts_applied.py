"""The data that objects have by the config contexts that apply to them, and by their own.

All objects of a page are looked at together: the number of statements is the same for one object
and for a thousand, and objects with the same scopes share the merged data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.db import connection
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
    merged = _Merged(contexts, scopes)
    found: dict[int, Data] = {}
    for pk, own, *references in rows.values_list("pk", LOCAL, *(PATHS[one] for one in scopes)):
        data = merged.of(references, tags.get(pk, ()))
        found[pk] = merge(data, own) if own else data
    return found


class _Merged:
    """The data that contexts make together, made once for each set of contexts that apply.

    A set is a number with a bit per context, so that a row costs a look-up per scope however many
    contexts there are.
    """

    def __init__(self, contexts: Sequence[Applied], scopes: Sequence[str]) -> None:
        known = {*scopes, "tags"}
        self._contexts = contexts
        self._possible = _bits(one.scopes.keys() <= known for one in contexts)
        self._by_scope = [self._allowed(scope) for scope in scopes]
        self._by_tag = self._allowed("tags")
        self._made: dict[int, Data] = {}

    def of(self, references: Sequence[int | None], tags: Iterable[int]) -> Data:
        """What holds where the `references` of the scopes lead, under the `tags`."""
        everywhere, tagged = self._by_tag
        applying = everywhere
        for tag in tags:
            applying |= tagged.get(tag, 0)
        applying &= self._possible
        for key, (unlimited, by_key) in zip(references, self._by_scope, strict=True):
            applying &= by_key.get(key, unlimited)
        if applying not in self._made:
            layers = (one.data for n, one in enumerate(self._contexts) if applying >> n & 1)
            self._made[applying] = _laid_over(layers)
        return self._made[applying]

    def _allowed(self, scope: str) -> tuple[int, Mapping[int | None, int]]:
        """The contexts that `scope` does not limit, and those that each of its objects allows."""
        unlimited = _bits(scope not in one.scopes for one in self._contexts)
        by_key: defaultdict[int | None, int] = defaultdict(lambda: unlimited)
        for n, one in enumerate(self._contexts):
            for key in one.scopes.get(scope, ()):
                by_key[key] |= 1 << n
        return unlimited, by_key


def _bits(truths: Iterable[bool]) -> int:
    return sum(1 << n for n, one in enumerate(truths) if one)


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


def _laid_over(layers: Iterable[Data]) -> Data:
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
    with connection.cursor() as cursor:
        cursor.execute(*_links())
        for scope, context, key in cursor.fetchall():
            limits[context][scope].add(key)
    trees: dict[str, Tree] = {}
    return [
        Applied(pk, one, {scope: _below(scope, keys, trees) for scope, keys in limits[pk].items()})
        for pk, one in data.items()
    ]


@cache
def _links() -> tuple[str, Sequence[Any]]:
    """The statement that tells what contexts are limited to: scope, context and object of each.

    Built once: Django takes longer to build it than a database to run it.
    """
    each: list[QuerySet[Any, Any]] = []
    for scope in (*PATHS, "tags"):
        field: Any = ConfigContext._meta.get_field(scope)
        rows = field.remote_field.through._default_manager.order_by()
        key = f"{field.m2m_reverse_field_name()}_id"
        each.append(rows.values_list(Value(scope), F("configcontext_id"), F(key)))
    text, parameters = (
        each[0].union(*each[1:], all=True).query.get_compiler(connection=connection).as_sql()
    )
    return text, parameters


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
