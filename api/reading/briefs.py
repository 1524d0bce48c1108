"""How an object looks inside another one, and the addresses of objects.

A brief is made once per object and answer: the rows of a list share their sites, roles and tenants.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Final

from django.db.models import Field, ForeignKey, Model, QuerySet
from django.urls import get_script_prefix
from rest_framework.request import Request

from api.http.middleware import API_ROOT
from api.reading.display import names_in
from dcim.actions.rights import may_all, visible
from dcim.catalog import BY_MODEL
from dcim.catalog.resource import AnyField
from dcim.catalog.roles import VIEW
from dcim.record.equipment.cables import FIELD_OF_ENDPOINT, Cable
from dcim.record.equipment.devices import VirtualChassis
from dcim.record.people.account import User
from dcim.record.tree import Tree, TreeRecord

# What briefs show beside stored fields.
CABLE: Final = "cable"
OCCUPIED: Final = "_occupied"
MEMBERS: Final = "member_count"
EXTRAS: Final = (CABLE, OCCUPIED, MEMBERS)
NAMES_OF_INTERNAL: Final[Mapping[type[Model], tuple[str, ...]]] = {User: ("username",)}

Brief = dict[str, Any]
Make = Callable[[Sequence[int], "Briefs"], Mapping[int, Any]]


class Briefs:
    """The briefs and addresses of one answer.

    Attributes:
        page: Keys of the objects that the answer shows, so that what is made for all of them at
            once is made once.
        pages_root: Absolute address of the first page, below which objects are found by people.
        api_root: The same for programs.
        reader: Who reads the answer; None where it is made for the server itself.
    """

    def __init__(self, request: Request | None, page: Sequence[int] = ()) -> None:
        self.page = dict.fromkeys(page)
        self._computed: dict[Hashable, Mapping[int, Any]] = {}
        root = request.build_absolute_uri(get_script_prefix()) if request is not None else "/"
        self.pages_root = root
        self.api_root = root + API_ROOT.removeprefix("/")
        self.reader: Any = getattr(request, "user", None)
        self._made: dict[tuple[type[Model], int], Brief] = {}
        self._trees: dict[type[TreeRecord], Tree] = {}

    def url(self, obj: Model) -> str:
        """Where programs find the object."""
        return f"{self.api_root}{BY_MODEL[type(obj)].path}/{obj.pk}/"

    def display_url(self, obj: Model) -> str:
        """Where people find the object."""
        return f"{self.pages_root}{BY_MODEL[type(obj)].path}/{obj.pk}/"

    def of(self, obj: Model) -> Brief:
        """The object as it is shown inside another one."""
        key = (type(obj), obj.pk)
        if (made := self._made.get(key)) is None:
            made = self._made[key] = self._make(obj)
        return made

    def by_id(self, model: type[Model], keys: Iterable[int]) -> dict[int, Brief]:
        """Briefs of those objects of `model` with the `keys` that the reader may see; one query.

        What an object refers to itself is part of it; what others say of it comes by this way.
        """
        rows = self.seen(model._default_manager.select_related(*brief_paths(model)))
        return {pk: self.of(obj) for pk, obj in rows.in_bulk(list(keys)).items()}

    def seen(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of `rows` that the reader may see."""
        return rows if self.sees_all(rows.model) else visible(rows, self.reader)

    def sees_all(self, model: type[Model]) -> bool:
        """Whether nothing of `model` is hidden from the reader."""
        return self.reader is None or may_all(self.reader, VIEW, model)

    def seen_keys(self, model: type[Model], keys: Iterable[int]) -> set[int]:
        """Those of `keys` whose objects of `model` the reader may see."""
        if self.sees_all(model):
            return set(keys)
        rows = visible(model._default_manager.filter(pk__in=set(keys)), self.reader)
        return set(rows.values_list("pk", flat=True))

    def computed(self, name: Hashable, make: Make, pk: int) -> Any:
        """The value of the object `pk` among those that `make` makes for the whole page."""
        if pk not in self.page:
            return make([pk], self).get(pk)
        return self.shared(name, make, list(self.page)).get(pk)

    def shared(self, name: Hashable, make: Make, keys: Sequence[int]) -> Mapping[int, Any]:
        """What `make` makes for `keys`: several fields of one page are parts of it."""
        if list(self.page) != list(keys):
            return make(keys, self)
        if name not in self._computed:
            self._computed[name] = make(keys, self)
        return self._computed[name]

    def tree(self, model: type[TreeRecord]) -> Tree:
        """Who stands under whom among the objects of `model`; asked for once per answer."""
        if model not in self._trees:
            self._trees[model] = Tree.of(model)
        return self._trees[model]

    def _make(self, obj: Model) -> Brief:
        brief: Brief = {"id": obj.pk}
        if type(obj) in BY_MODEL:
            brief |= {"url": self.url(obj), "display_url": self.display_url(obj)}
        brief["display"] = str(obj)
        for wire_name, name, plain in _parts_of(type(obj)):
            value = getattr(obj, name)
            brief[wire_name] = self.of(value) if isinstance(value, Model) else plain(value)
        return brief | {name: self._extra(obj, name) for name in extras_of(type(obj))}

    def _extra(self, obj: Any, name: str) -> Any:
        if name == MEMBERS:
            return self.seen(obj.members).count()
        termination = getattr(obj, "termination", None)
        if name == OCCUPIED:
            return termination is not None or obj.mark_connected
        if termination is None or not self.seen_keys(Cable, {termination.cable_id}):
            return None
        return self.of(termination.cable)


def extras_of(model: type[Model]) -> tuple[str, ...]:
    """What briefs of `model` show beside its stored fields."""
    if model in FIELD_OF_ENDPOINT:
        return (CABLE, OCCUPIED)
    return (MEMBERS,) if model is VirtualChassis else ()


def brief_fields(model: type[Model]) -> tuple[AnyField, ...]:
    """The fields that a brief of `model` shows beside id, addresses and display."""
    resource = BY_MODEL.get(model)
    names = resource.brief if resource is not None else NAMES_OF_INTERNAL[model]
    return tuple(model_field(model, name) for name in names)


def model_field(model: type[Model], name: str) -> AnyField:
    """The stored field `name` of `model`."""
    field = model._meta.get_field(name)
    if not isinstance(field, Field):
        raise TypeError(f"{model.__name__}.{name} is not stored in the model")
    return field


def related(one: AnyField) -> type[Model]:
    """The model that a reference points at."""
    if not isinstance(one.related_model, type):
        raise TypeError(f"{one} is not a reference")
    return one.related_model


def brief_paths(model: type[Model]) -> Iterator[str]:
    """What to select along with objects of `model` so that their briefs ask nothing more."""
    for one in brief_fields(model):
        if isinstance(one, ForeignKey):
            yield one.name
            yield from (f"{one.name}__{path}" for path in brief_paths(one.related_model))
    if getattr(model, "own_name", ""):  # those without a name are called after what they refer to
        yield from (one.name for one in names_in(model) if one.is_relation)
    if CABLE in extras_of(model):
        yield "termination__cable"


@cache
def _parts_of(model: type[Model]) -> tuple[tuple[str, str, Callable[[Any], Any]], ...]:
    resource = BY_MODEL.get(model)
    return tuple(
        (resource.wire_name(one.name) if resource else one.name, one.name, plain_of(one))
        for one in brief_fields(model)
    )


def plain_of(field: AnyField) -> Callable[[Any], Any]:
    """How a plain value of `field` is sent: choices as pairs, decimals as numbers."""
    if field.choices:
        return pair_of({str(value): str(label) for value, label in field.flatchoices})
    return _number if field.get_internal_type() == "DecimalField" else _same


def pair_of(labels: Mapping[str, str]) -> Callable[[Any], dict[str, Any] | None]:
    """How a value of a closed list is sent: with its label, or null when unset."""

    def pair(value: Any) -> dict[str, Any] | None:
        if value is None or value == "":
            return None
        return {"value": value, "label": labels.get(str(value), str(value))}

    return pair


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _same(value: Any) -> Any:
    return value
