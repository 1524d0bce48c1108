"""Find what bodies refer to: by id, or by attributes that exactly one object has."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeAlias

from django.core.exceptions import ValidationError as Invalid
from django.db.models import CharField, ForeignKey, Model, QuerySet
from rest_framework.exceptions import ValidationError

from api.reading.briefs import EXTRAS
from dcim.catalog import BY_MODEL
from dcim.catalog.resource import AnyField

# What a brief carries beside its fields: clients send whole briefs back.
NOT_ATTRIBUTES: Final = frozenset({"url", "display", "display_url", "family", *EXTRAS})

LONGEST_ID: Final = 40  # far more than any id; Python refuses to read thousands of digits
LARGEST_ID: Final = 2**63 - 1
LONGEST_SHOWN: Final = 60

Rows: TypeAlias = "QuerySet[Any]"
Visible: TypeAlias = Callable[[Rows], Rows]


class Found:
    """What the bodies of one request refer to, each object looked up once.

    Args:
        visible: From all rows of a model to those that the caller may know of. What is hidden
            answers as if it were not there.

    Notes: after `load` of all rows' references, resolving one asks nothing more, unless attributes
    are no plain texts.
    """

    def __init__(self, visible: Visible | None = None) -> None:
        self._visible = visible
        self._by_id: dict[type[Model], dict[int, Model]] = defaultdict(dict)
        self._by_text: dict[tuple[type[Model], str], dict[str, list[Model]]] = {}
        self._by_attributes: dict[tuple[type[Model], str], Model] = {}

    def one(self, model: type[Model], data: object) -> Model:
        """The object of `model` that `data` means: an id, or an object of attributes.

        Raises: ValidationError when none or several match, or `data` is neither.
        """
        return self._with(model, data) if isinstance(data, Mapping) else self._with_id(model, data)

    def many(self, model: type[Model], data: Sequence[object]) -> list[Model]:
        """The objects that a list of ids or of objects of attributes means."""
        self.load(model, data)
        return [self.one(model, one) for one in data]

    def load(self, model: type[Model], data: Iterable[object]) -> None:
        """Look up what many references mean, with a query for ids and one per attribute's name.

        What is wrong with one of them is said when it is resolved.
        """
        ids, texts = set[int](), defaultdict[str, set[str]](set)
        for one in data:
            if not isinstance(one, Mapping):
                ids |= _ids_in(one)
            elif "id" in one:
                ids |= _ids_in(one["id"])
            elif (plain := _texts_in(model, one)) is not None:
                name, value = next(iter(plain.items()))
                texts[name].add(value)
        self._load_ids(model, ids)
        for name, values in texts.items():
            self._load_texts(model, name, values)

    def _rows(self, model: type[Model]) -> Rows:
        rows = model._default_manager.order_by()
        return rows if self._visible is None else self._visible(rows)

    def _load_ids(self, model: type[Model], ids: set[int]) -> None:
        known = self._by_id[model]
        missing = [pk for pk in ids if pk not in known]
        if missing:
            known |= self._rows(model).in_bulk(missing)

    def _load_texts(self, model: type[Model], name: str, values: set[str]) -> None:
        known = self._by_text.setdefault((model, name), {})
        missing = [value for value in values if value not in known]
        if not missing:
            return
        known |= {value: [] for value in missing}
        for obj in self._rows(model).filter(**{f"{name}__in": missing}):
            known[getattr(obj, name)].append(obj)

    def _with_id(self, model: type[Model], data: object) -> Model:
        pk = id_of(data)
        self._load_ids(model, {pk})
        try:
            return self._by_id[model][pk]
        except KeyError:
            raise ValidationError(_not_found(pk)) from None

    def _with(self, model: type[Model], attributes: Mapping[str, object]) -> Model:
        plain = _texts_in(model, attributes)
        if plain is None:
            return self._asked(model, attributes)
        if "id" in attributes:
            candidates = [self._with_id(model, attributes["id"])]
        else:
            name, value = next(iter(plain.items()))
            self._load_texts(model, name, {value})
            candidates = self._by_text[model, name][value]
        return _only(
            [
                one
                for one in candidates
                if all(getattr(one, name) == value for name, value in plain.items())
            ],
            attributes,
        )

    def _asked(self, model: type[Model], attributes: Mapping[str, object]) -> Model:
        """The object that has attributes which only the database can compare."""
        key = (model, json.dumps(attributes, sort_keys=True, default=str))
        if key not in self._by_attributes:
            try:
                conditions = self._conditions(model, attributes)
                found = list(self._rows(model).filter(**conditions)[:2])
            except (TypeError, ValueError, OverflowError, Invalid) as err:
                raise ValidationError(
                    f"The attributes {_shown(attributes)} have values of a wrong type."
                ) from err
            self._by_attributes[key] = _only(found, attributes)
        return self._by_attributes[key]

    def _conditions(self, model: type[Model], attributes: Mapping[str, object]) -> dict[str, Any]:
        known = _fields_of(model)
        conditions: dict[str, Any] = {}
        for name, value in attributes.items():
            field = known.get(name)
            if isinstance(value, Mapping) and "value" in value:  # a choice, as it was read
                value = value["value"]
            if name in NOT_ATTRIBUTES and field is None:
                continue
            if name == "id":
                conditions["pk"] = id_of(value)
            elif field is None or field.many_to_many:
                kind = BY_MODEL[model].kind
                raise ValidationError(
                    f"“{name[:LONGEST_SHOWN]}” is not an attribute to find {kind} by."
                )
            elif value is None:
                conditions[f"{field.name}__isnull"] = True
            elif isinstance(field, ForeignKey):
                conditions[field.name] = self.one(field.related_model, value)
            else:
                conditions[field.name] = field.to_python(value)
        if not conditions:
            raise ValidationError("Name at least one attribute, or the numeric ID.")
        return conditions


def id_of(data: object) -> int:
    """The id that `data` writes, as a number or in digits.

    Raises: ValidationError.
    """
    if isinstance(data, str) and len(data) <= LONGEST_ID and data.strip().isdecimal():
        data = int(data)
    if not isinstance(data, int) or isinstance(data, bool):
        raise ValidationError(
            "Related objects must be referenced by numeric ID or by an object of attributes; "
            f"“{_shown(data)}” is neither."
        )
    if not 0 < data <= LARGEST_ID:
        raise ValidationError(_not_found(data))
    return data


def _ids_in(data: object) -> set[int]:
    try:
        return {id_of(data)}
    except ValidationError:
        return set()


@cache
def _fields_of(model: type[Model]) -> dict[str, AnyField]:
    resource = BY_MODEL[model]
    return {resource.wire_name(one.name): one for one in resource.fields}


def _texts_in(model: type[Model], attributes: Mapping[str, object]) -> dict[str, str] | None:
    """Texts per field, when all attributes beside an id are texts of text fields; else None."""
    known = _fields_of(model)
    plain: dict[str, str] = {}
    for name, value in attributes.items():
        field = known.get(name)
        if name == "id" or (name in NOT_ATTRIBUTES and field is None):
            continue
        if not isinstance(value, str) or not isinstance(field, CharField):
            return None
        plain[field.name] = value
    return plain if plain or "id" in attributes else None


def _only(found: Sequence[Model], attributes: Mapping[str, object]) -> Model:
    if len(found) != 1:
        count = "Several objects match" if found else "Related object not found using"
        raise ValidationError(f"{count} the provided attributes: {_shown(attributes)}")
    return found[0]


def _not_found(pk: int) -> str:
    shown = pk if abs(pk) <= LARGEST_ID else "a number beyond all ids"
    return f"Related object not found using the provided numeric ID: {shown}"


def _shown(data: object) -> str:
    """What was sent, cut to a length that fits into a sentence."""
    text = str(dict(data) if isinstance(data, Mapping) else data)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
