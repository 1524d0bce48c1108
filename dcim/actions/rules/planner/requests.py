"""What a request says: the part that is signed, and that stays once it has been handed in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Model
from django.utils.translation import gettext as _

from dcim.actions.changes import Actor, Change, State, state_of
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.vocabulary.choices_requests import RequestStatus
from dcim.vocabulary.errors import Refused

# While it is ours; from the letter on, what was asked stays asked.
OPEN: Final = frozenset({RequestStatus.DRAFT, RequestStatus.SIGNED})
# Notes of our own, that may be written at any time.
NOTES: Final = frozenset({"description", "comments", "tags", "custom_field_data"})
ASKED_OF_REQUEST: Final = tuple(
    one.name
    for one in (*AllocationRequest._meta.concrete_fields, *AllocationRequest._meta.many_to_many)
    if one.editable and not one.primary_key and one.name not in NOTES
)
# A tier that is deleted leaves its line, and says nothing of what was asked.
ASKED_OF_LINE: Final = tuple(
    one.name
    for one in RequestLine._meta.concrete_fields
    if one.editable and not one.primary_key and one.name not in {*NOTES, "workload"}
)
# Given when it is handed in.
LETTER: Final = frozenset({"letter_number", "letter_date"})


def digest_of_content(request: AllocationRequest) -> str:
    """The digest of what `request` asks, its lines and what it bundles included."""
    content = {
        "request": _part(state_of(request), [one for one in ASKED_OF_REQUEST if one not in LETTER]),
        "lines": [
            {"id": one.pk, **_part(state_of(one, {}), ASKED_OF_LINE)}
            for one in request.lines.order_by("pk")
        ],
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def keep_requests(changes: Sequence[Change], by: Actor) -> None:
    """Refuse to rewrite what a request asks once it has been handed in.

    Raises: Refused, naming the request and its status.
    """
    for one in changes:
        if one.before is None or one.after is None or by.in_deed:
            continue  # a step writes the letter, and takes it away again
        if _part(one.before, ASKED_OF_REQUEST) != _part(one.after, ASKED_OF_REQUEST):
            _check_open(one.obj, one.before["status"])


def keep_lines(changes: Sequence[Change], by: Actor) -> None:
    """Refuse to add, rewrite or strike out lines of requests that have been handed in.

    Raises: Refused, naming the request and its status.
    """
    touched = {
        state["request"]
        for one in changes
        if _asked(one.before) != _asked(one.after)
        for state in (one.before, one.after)
        if state is not None
    }
    rows = AllocationRequest.objects.select_for_update(of=("self",), no_key=True)
    for request in rows.filter(pk__in=touched).order_by("pk") if touched else ():
        _check_open(request, request.status)


def _asked(state: State | None) -> dict[str, Any] | None:
    return None if state is None else _part(state, ASKED_OF_LINE)


def _part(state: State, names: Sequence[str]) -> dict[str, Any]:
    return {name: state[name] for name in names}


def _check_open(request: Model, status: str) -> None:
    if status not in OPEN:
        raise Refused(
            _("The request %(request)s has been handed in; it can't be rewritten.")
            % {"request": request},
            field="status",
            hint=_("Revise it after a counter-offer, or withdraw it and draft another."),
        )
