"""What grants show, and are found by, beside their own fields: how long they last still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from api.fields.counts import INTEGER
from api.fields.wire import Choice, Computed
from api.queries.filters import RecordFilterSet
from api.queries.lookups import AnyOf, Values
from api.reading.briefs import Briefs, pair_of
from api.records import RecordSerializer
from dcim.actions.grants.expiries import expiry_of, in_state
from dcim.planning.grants.expiry import WARN_AT, Expiry
from dcim.record.planner.allocations import Allocation
from dcim.vocabulary.choices_grants import GrantState

STATES = dict(GrantState.pairs())
STATE = Choice(STATES, unset=False)
WARNING = {**INTEGER, "enum": [*sorted(WARN_AT), None], "nullable": True}


def _read(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Expiry]:
    today = timezone.localdate()
    rows = Allocation.objects.only("status", "valid_from", "valid_until").in_bulk(keys)
    return {pk: expiry_of(one, today) for pk, one in rows.items()}


def _states(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Any]:
    pair = pair_of(STATES)
    return {pk: pair(one.state.value) for pk, one in briefs.shared("expiry", _read, keys).items()}


def _days(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Any]:
    return {pk: one.days_left for pk, one in briefs.shared("expiry", _read, keys).items()}


def _warnings(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Any]:
    return {pk: one.warning for pk, one in briefs.shared("expiry", _read, keys).items()}


class AllocationSerializer(RecordSerializer):
    """A grant; `state`, `days_left` and `warning` follow from its dates on the day of asking."""

    state = Computed(_states, STATE.schema("response"))
    days_left = Computed(_days, {**INTEGER, "nullable": True})
    warning = Computed(_warnings, WARNING)


class InState(AnyOf):
    """Grants that are in any of the given states today."""

    def __init__(self) -> None:
        super().__init__("pk", Values(forms.ChoiceField(choices=GrantState.pairs())))

    def matches(self, values: list[Any]) -> Q:
        today, condition = timezone.localdate(), Q(pk__in=())
        for one in filter(None, values):  # every grant is in one
            condition |= in_state(GrantState[str(one).upper()], today)
        return condition


class AllocationFilterSet(RecordFilterSet):
    """Grants by where they stand today."""

    state = InState()
