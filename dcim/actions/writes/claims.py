"""What a set of rows claims that only one object may have, and rules that each row must meet.

Judged before the write, with one query per constraint, so that every bad row is named and both
database engines answer the same. What another writer claims meanwhile, the constraints refuse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import CheckConstraint, Field, Model, Q, UniqueConstraint
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from dcim.actions.refusals import ALL_FIELDS
from dcim.actions.writes.conditions import NotJudgedHere, meets
from dcim.record.networks.ipam import Claiming

Errors = dict[str, list[str]]
AT_ONCE: Final = 5_000  # values in one statement


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """Fields whose values together belong to one object, among those that meet the condition."""

    fields: tuple[Field[Any, Any], ...]
    condition: Q | None
    constraint: UniqueConstraint | None

    def of(self, obj: Model) -> tuple[Any, ...] | None:
        """What `obj` claims; None when it claims nothing, since a value is null or by condition."""
        values = tuple(getattr(obj, one.attname) for one in self.fields)
        if None in values or (self.condition is not None and not meets(obj, self.condition)):
            return None
        return values

    @property
    def field(self) -> str:
        """The field to blame, when it is one."""
        return self._known[0].name if len(self.fields) == 1 else ALL_FIELDS

    @property
    def _known(self) -> tuple[Field[Any, Any], ...]:
        """The fields under which people know what is claimed."""
        (first, *more) = self.fields
        if first.name == "claim" and issubclass(first.model, Claiming) and not more:
            return (_field(first.model, first.model.claimed_as),)
        return self.fields

    def taken(self, model: type[Model]) -> str:
        """The sentence about a value that another object has, as Django says it of a form."""
        if self.constraint is not None and self.condition is not None:
            return str(self.constraint.get_violation_error_message())
        names = tuple(one.name for one in self.fields)
        return str(model().unique_error_message(model, names).messages[0])

    def twice(self) -> str:
        """The sentence about a value that two rows have."""
        names = [str(one.verbose_name) for one in self._known]
        return _("Another row has the same %(names)s.") % {"names": get_text_list(names, _("and"))}


@cache
def claims_of(model: type[Model]) -> tuple[Claim, ...]:
    """What the constraints of `model` keep unique, less what only the database can judge."""
    options = model._meta
    single = [
        Claim((one,), None, None)
        for one in options.concrete_fields
        if one.unique and not one.primary_key
    ]
    several = [
        Claim(tuple(_field(model, name) for name in one.fields), one.condition, one)
        for one in options.constraints
        if isinstance(one, UniqueConstraint) and one.fields and _is_judged(model, one.condition)
    ]
    return (*single, *several)


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    return next(one for one in model._meta.concrete_fields if one.name == name)


def _is_judged(model: type[Model], condition: Q | None) -> bool:
    try:
        return condition is None or meets(model(), condition) in {True, False, None}
    except NotJudgedHere:
        return False


def broken_claims(
    model: type[Model],
    rows: Mapping[int, Model],
    written: Mapping[int, set[str]] | None = None,
    *,
    blamed: Collection[str] = (),
) -> dict[int, Errors]:
    """Reasons per position of the rows that claim what another row or stored object has.

    Args:
        model: What the rows are.
        rows: Objects as they are to be, by position.
        written: The fields that are written of each; None: all, the objects are new.
        blamed: Fields whose values are wrong by themselves, and so claim nothing.
    """
    errors: dict[int, Errors] = defaultdict(dict)
    for claim in claims_of(model):
        names = {one.name for one in claim.fields}
        if not names.isdisjoint(blamed):
            continue
        claimed: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for position, obj in rows.items():
            value = claim.of(obj)
            if value is not None and (written is None or names & written[position]):
                claimed[value].append(position)
        holders = _holders(model, claim, list(claimed)) if claimed else {}
        for value, positions in claimed.items():
            for position in positions:
                if len(positions) > 1:
                    errors[position].setdefault(claim.field, []).append(claim.twice())
                elif holders.get(value, {rows[position].pk}) != {rows[position].pk}:
                    errors[position].setdefault(claim.field, []).append(claim.taken(model))
    return dict(errors)


def _holders(
    model: type[Model], claim: Claim, values: Sequence[tuple[Any, ...]]
) -> dict[tuple[Any, ...], set[int]]:
    """Who has each of the values now; a set's own rows too, since they give them up too late."""
    found: dict[tuple[Any, ...], set[int]] = defaultdict(set)
    names = [one.attname for one in claim.fields]
    for start in range(0, len(values), AT_ONCE):
        some = set(values[start : start + AT_ONCE])
        among = Q(**{f"{name}__in": {one[at] for one in some} for at, name in enumerate(names)})
        rows = model._default_manager.order_by().filter(among & (claim.condition or Q()))
        for pk, *value in rows.values_list("pk", *names):
            if tuple(value) in some:
                found[tuple(value)].add(pk)
    return found


def broken_rules(obj: Model) -> Errors:
    """Reasons for which `obj` breaks a check that the database holds, under `__all__`."""
    reasons = list(_broken_checks(obj))
    return {ALL_FIELDS: reasons} if reasons else {}


def _broken_checks(obj: Model) -> Iterator[str]:
    for one in obj._meta.constraints:
        if isinstance(one, CheckConstraint) and isinstance(one.condition, Q):
            try:
                if meets(obj, one.condition) is False:
                    yield str(one.get_violation_error_message())
            except NotJudgedHere:
                continue


def merged(*parts: Mapping[str, Sequence[str]]) -> Errors:
    """All reasons of one row, per field."""
    errors: Errors = {}
    for part in parts:
        for field, reasons in part.items():
            name = ALL_FIELDS if field == NON_FIELD_ERRORS else field
            errors.setdefault(name, []).extend(map(str, reasons))
    return errors
