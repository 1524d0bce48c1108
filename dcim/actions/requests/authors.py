"""Who wrote a request: none of them may be its second person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Q

from dcim.actions.rules.planner.requests import ASKED_OF_LINE, ASKED_OF_REQUEST, LETTER
from dcim.record.log.changes import ObjectChange
from dcim.record.people.account import User
from dcim.record.planner.requests import AllocationRequest

REQUESTS: Final = "planner.allocationrequest"
LINES: Final = "planner.requestline"


def is_author(user: User, request: AllocationRequest) -> bool:
    """Whether `user` made the request, or wrote any of what it asks, by the change log.

    Notes: letters are no content, so that who hands it in becomes no author. Lines that were struck
    out count for nothing.
    """
    if request.created_by_id == user.pk:
        return True
    lines = list(request.lines.values_list("pk", flat=True))
    of_request = Q(changed_object_type=REQUESTS, changed_object_id=request.pk)
    of_lines = Q(changed_object_type=LINES, changed_object_id__in=lines)
    entries = ObjectChange.objects.filter(of_request | of_lines, user=user).values_list(
        "changed_object_type", "prechange_data", "postchange_data"
    )
    return any(_wrote(kind, before, after) for kind, before, after in entries)


def _wrote(kind: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> bool:
    names = (
        [one for one in ASKED_OF_REQUEST if one not in LETTER]
        if kind == REQUESTS
        else ASKED_OF_LINE
    )
    return _part(before, names) != _part(after, names)


def _part(state: Mapping[str, Any] | None, names: Sequence[str]) -> list[Any] | None:
    return None if state is None else [state.get(name) for name in names]
