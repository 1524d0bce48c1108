"""Look-ups: what the values of a filter's parameter may be, and which rows match them.

A repeated parameter means "any of"; `null` stands for "unset". Which fields have which look-ups is
for `filters` to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any, Final

from django import forms
from django.db.models import F, IntegerField, Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django_filters import Filter
from django_filters.fields import IsoDateTimeField

from api.http.sent import is_in, told
from dcim.actions.rights import visible
from dcim.catalog import kind_of
from dcim.record.extras.pattern_search import Fits, checked
from dcim.record.extras.patterns import NotAPattern
from dcim.record.tree import Tree, TreeRecord

Rows = QuerySet[Any]
NULL: Final = "null"
BIGGEST: Final = 2**63 - 1
# Suffix of the parameter -> look-up, and whether it asks for the rows that do not match.
EXACT: Final = {"": ("in", False), "__n": ("in", True)}
OF_TEXT: Final = EXACT | {
    "__ic": ("icontains", False),
    "__nic": ("icontains", True),
    "__isw": ("istartswith", False),
    "__nisw": ("istartswith", True),
    "__iew": ("iendswith", False),
    "__niew": ("iendswith", True),
    "__ie": ("iexact", False),
    "__nie": ("iexact", True),
    "__regex": ("regex", False),
    "__iregex": ("iregex", False),
}
PATTERNS: Final = frozenset({"regex", "iregex"})
OF_ORDER: Final = EXACT | {
    "__gt": ("gt", False),
    "__gte": ("gte", False),
    "__lt": ("lt", False),
    "__lte": ("lte", False),
}


class Values(forms.Field):
    """Every value of a repeated parameter, each cleaned by `one`."""

    widget = forms.MultipleHiddenInput

    def __init__(self, one: forms.Field, **options: Any) -> None:
        super().__init__(required=False)
        self.one = one

    def clean(self, value: list[str] | None) -> list[Any]:
        keep_empty = isinstance(self.one, forms.CharField)
        values = [text for text in value or [] if text != "" or keep_empty]
        return [None if text == NULL else self._cleaned(text) for text in values]

    def _cleaned(self, text: str) -> Any:
        try:
            return self.one.clean(text)
        except forms.ValidationError as err:
            # Of several values, the one that is wrong.
            reasons = [one if is_in(text, one) else told(one, text[:60]) for one in err.messages]
            raise forms.ValidationError(reasons) from err


def _text() -> forms.CharField:
    return forms.CharField(max_length=255, required=False)


class Known(Values):
    """Values that objects of `model` have in `attribute`; others are refused."""

    def __init__(self, model: type[Model], attribute: str, **options: Any) -> None:
        by_number = attribute == "pk" or _is_whole(model, attribute)
        super().__init__(whole_number() if by_number else _text())
        self.model, self.attribute = model, attribute
        self.rows: Rows = model._default_manager.all()

    def seen_by(self, reader: Any) -> None:
        """Know only what the reader may see: the rest is answered as what is not there."""
        self.rows = visible(self.rows, reader)

    def clean(self, value: list[str] | None) -> list[Any]:
        values = [one for one in super().clean(value) if one != ""]
        asked = {one for one in values if one is not None}
        rows = self.rows.order_by().filter(**{f"{self.attribute}__in": asked})
        known = set(rows.values_list(self.attribute, flat=True)) if asked else set()
        by_id = self._keys_of(asked - known)
        for unknown in sorted(asked - known - by_id.keys(), key=str):
            raise forms.ValidationError(
                f"Select a valid choice. {unknown} is not one of the available choices."
            )
        return [by_id.get(one, one) for one in values]

    def _keys_of(self, unknown: set[Any]) -> dict[str, Any]:
        """What the objects have in `attribute` whose ids were given in its place.

        NetBox has no such parameter for many references, so programs send ids in them unpunished.
        """
        ids = {int(one): one for one in unknown if isinstance(one, str) and one.isdecimal()}
        rows = self.rows.order_by().filter(pk__in=[one for one in ids if one <= BIGGEST])
        found = rows.values_list("pk", self.attribute) if ids else ()
        return {ids[pk]: key for pk, key in found if key is not None}


def _is_whole(model: type[Model], attribute: str) -> bool:
    """Whether what objects have in `attribute` are whole numbers, as VLANs have in `vid`."""
    return isinstance(model._meta.get_field(attribute), IntegerField)


class AnyOf(Filter):
    """Rows that match any of the parameter's values by one look-up.

    Args:
        name: The field, or a path of fields, to look into.
        form_field: What the values may be.
        lookup: Django's name of the look-up.
        exclude: Whether to give the rows that do not match.
        blank: Whether empty text means "unset".
    """

    model: Any  # set by the filter set

    def __init__(
        self,
        name: str,
        form_field: Values,
        *,
        lookup: str = "in",
        exclude: bool = False,
        blank: bool = False,
    ) -> None:
        super().__init__(field_name=name, lookup_expr=lookup, exclude=exclude)
        self.form_field = form_field
        self.blank = blank

    @property
    def field(self) -> Values:
        return self.form_field

    @property
    def paths(self) -> Sequence[str]:
        """The paths of fields that rows are found along."""
        return (self.field_name,)

    def seen_by(self, reader: Any) -> None:
        """Find only by what the reader may see."""
        if isinstance(self.form_field, Known):
            self.form_field.seen_by(reader)

    def filter(self, qs: Rows, value: list[Any]) -> Rows:
        if not value:
            return qs
        matches = self.matches(value)
        return qs.exclude(matches) if self.exclude else qs.filter(matches)

    def matches(self, values: list[Any]) -> Q:
        """The condition for any of `values`."""
        stated = [one for one in values if one is not None]
        condition = Q()
        if self.lookup_expr == "in":
            condition = Q(**{f"{self.field_name}__in": stated})
        elif self.lookup_expr in PATTERNS:
            for one in stated:
                condition |= Q(fits(F(self.field_name), one, self.lookup_expr))
        else:
            for one in stated:
                condition |= Q(**{f"{self.field_name}__{self.lookup_expr}": one})
        return condition | self.is_unset() if None in values else condition

    def is_unset(self) -> Q:
        """The condition for rows without a value; text may be unset by being empty."""
        unset = Q(**{f"{self.field_name}__isnull": True})
        return unset | Q(**{self.field_name: ""}) if self.blank else unset


class OneToMany(AnyOf):
    """As `AnyOf`, over a reference to many: each row comes once."""

    def matches(self, values: list[Any]) -> Q:
        model: type[Model] = self.model
        rows = model._default_manager.filter(super().matches(values))
        return Q(pk__in=rows.values("pk"))


class Below(AnyOf):
    """Rows that belong to any of the given objects of a tree, or to what stands under them."""

    def __init__(
        self, name: str, tree: type[TreeRecord], attribute: str, *, exclude: bool = False
    ) -> None:
        super().__init__(name, Known(tree, attribute), exclude=exclude)
        self.tree, self.attribute = tree, attribute

    def matches(self, values: list[Any]) -> Q:
        stated = [one for one in values if one is not None]
        if self.attribute != "pk":
            rows = self.tree._default_manager.filter(**{f"{self.attribute}__in": stated})
            stated = list(rows.values_list("pk", flat=True))
        condition = Q(**{f"{self.field_name}__in": Tree.of(self.tree).under(stated)})
        return condition | self.is_unset() if None in values else condition


class ManyBelow(OneToMany, Below):
    """As `Below`, over a reference to many: each row comes once."""


class Tagged(OneToMany):
    """Rows with all the given tags, or with any; negated, rows with none of them."""

    def __init__(
        self, name: str, form_field: Values, *, any_of: bool = False, exclude: bool = False
    ) -> None:
        super().__init__(name, form_field, exclude=exclude)
        self.any_of = any_of

    def filter(self, qs: Rows, value: list[Any]) -> Rows:
        if self.exclude or self.any_of:
            return super().filter(qs, value)
        for one in value:
            qs = qs.filter(self.matches([one]))
        return qs


class Empty(AnyOf):
    """Rows whose field is unset, or is set."""

    def __init__(self, name: str, *, blank: bool) -> None:
        super().__init__(name, Values(Truth()), blank=blank)

    def matches(self, values: list[Any]) -> Q:
        return self.is_unset() if values[-1] else ~self.is_unset()


class HasAny(AnyOf):
    """Rows in which any of several references is set, or none is."""

    def __init__(self, *names: str) -> None:
        super().__init__(names[0], Values(Truth()))
        self.names = names

    def matches(self, values: list[Any]) -> Q:
        condition = Q()
        for name in self.names:
            condition |= Q(**{f"{name}__isnull": False})
        return condition if values[-1] else ~condition


class Search(AnyOf):
    """Rows that hold the text in any of several fields."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__("q", Values(forms.CharField(required=False)))
        self.names = tuple(names)

    def matches(self, values: list[Any]) -> Q:
        condition = Q()
        for text in filter(None, (str(one).strip() for one in values if one is not None)):
            for name in self.names:
                condition |= Q(**{f"{name}__icontains": text})
        return condition


class OneOfKind(AnyOf):
    """Rows whose exclusive reference points at objects of the given kinds."""

    def __init__(self, members: Mapping[str, type[Model]]) -> None:
        self.members = {kind_of(model): name for name, model in members.items()}
        kinds = forms.ChoiceField(choices=[(kind, kind) for kind in self.members])
        super().__init__("", Values(kinds))

    def matches(self, values: list[Any]) -> Q:
        condition = Q()
        for kind in values:
            names = self.members.values() if kind is None else [self.members[kind]]
            unset = Q(**{f"{name}__isnull": kind is None for name in names})
            condition |= unset
        return condition


class OneOfIds(AnyOf):
    """Rows whose exclusive reference has one of the given ids, whatever its kind."""

    def __init__(self, members: Mapping[str, type[Model]]) -> None:
        super().__init__("", Values(whole_number()))
        self.members = {name: model._default_manager.order_by() for name, model in members.items()}

    def seen_by(self, reader: Any) -> None:
        self.members = {name: visible(rows, reader) for name, rows in self.members.items()}

    def matches(self, values: list[Any]) -> Q:
        condition = Q()
        for name, rows in self.members.items():
            wanted = [one for one in values if one is not None]
            # Without a limit the key's column answers by itself.
            found = rows.filter(pk__in=wanted).values("pk") if rows.query.where else wanted
            condition |= Q(**{f"{name}__in": found})
        return condition


class PatternText(forms.CharField):
    """A regular expression that can be matched without taking long."""

    def __init__(self) -> None:
        super().__init__(required=False, strip=False)

    def clean(self, value: Any) -> str:
        try:
            return checked(str(value))
        except NotAPattern as err:
            raise forms.ValidationError(str(err)) from err


def fits(text: Combinable, pattern: str, lookup: str) -> Fits:
    """The condition that `text` fits the pattern, by the look-up "regex" or "iregex"."""
    return Fits(text, pattern, ignores_case=lookup == "iregex")


class Moment(IsoDateTimeField):
    """A date and time, kept in UTC: PostgreSQL takes no distance from it beyond 15 hours."""

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        try:
            return moment.astimezone(UTC) if moment is not None else None
        except OverflowError as err:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from err


class Truth(forms.ChoiceField):
    """true or false, in the ways that clients write them."""

    def __init__(self) -> None:
        super().__init__(choices=[(word, word) for word in ("true", "false", "1", "0")])

    def clean(self, value: str) -> bool:
        return super().clean(value.lower()) in {"true", "1"}


def whole_number() -> forms.IntegerField:
    """A field for one number that the database can hold."""
    return forms.IntegerField(min_value=-BIGGEST, max_value=BIGGEST)


def parameter_schema(one: Filter) -> dict[str, Any]:
    """How OpenAPI describes a filter's parameter: a list of what one value may be."""
    values = one.field.one if isinstance(one.field, Values) else one.field
    return {"type": "array", "items": _value_schema(values)}


def _value_schema(one: forms.Field) -> dict[str, Any]:
    if isinstance(one, Truth):
        return {"type": "boolean"}
    if isinstance(one, forms.ChoiceField):
        values = dict(one.widget.choices)
        return {"type": "string", "enum": [value for value in values if value != ""]}
    if isinstance(one, forms.DecimalField):
        return {"type": "number"}
    if isinstance(one, forms.IntegerField):
        return {"type": "integer"}
    if isinstance(one, Moment):
        return {"type": "string", "format": "date-time"}
    if isinstance(one, forms.DateField):
        return {"type": "string", "format": "date"}
    return {"type": "string"}
