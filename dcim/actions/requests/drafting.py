"""Draft requests: of someone's own, of what offices ask, of a grant that is to go on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.refusals import writing
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.vocabulary.choices_requests import RequestKind
from dcim.vocabulary.errors import InvalidInput

PASSED_ON: Final = (
    "app",
    "workload",
    "machine_name",
    "environment",
    "vcpus",
    "memory_mib",
    "storage_gib",
    "rack_units",
    "power_w",
    "operating_system",
    "database",
    "domain",
    "addresses",
    "remote_access",
    "backup_schedule",
    "data_class",
    "category",
)
LANGUAGE: Final = "id"  # that of letters, whoever drafts
NUMBER: Final = re.compile(r"\APK-(\d{4})-(\d+)\Z")


def draft_request(
    values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], *, by: Actor
) -> AllocationRequest:
    """A new draft with its lines, all or none.

    Args:
        values: Field name to value of the request; without a `number` it gets the next one.
        lines: Field name to value of each line.
        by: Who drafts it, and so may not sign it.

    Raises: InvalidInput, BadRows, NotPermitted: as for a write of request and lines.
    """
    with writing():
        numbered = {**values, "number": values.get("number") or next_number()}
        request = record.create(AllocationRequest, numbered, by=by)
        if lines:
            record.create_many(RequestLine, [{**one, "request": request} for one in lines], by=by)
    return request


def draft_bundle(
    requests: Sequence[AllocationRequest], values: Mapping[str, Any], *, by: Actor
) -> AllocationRequest:
    """A draft that passes the requests of offices on, line by line.

    Args:
        requests: What offices have handed in to the regency's own data centre.
        values: As for `draft_request`; `bundles` is set here.
        by: Who drafts it.

    Raises: InvalidInput: nothing is bundled; else as for `draft_request`.
    """
    if not requests:
        raise InvalidInput(
            _("No request was chosen."),
            field="bundles",
            hint=_("Choose what offices have handed in."),
        )
    asked = RequestLine.objects.filter(request__in=requests).order_by("request__number", "pk")
    lines = [
        {**{name: getattr(one, name) for name in PASSED_ON}, "origin": one}
        for one in asked.select_related("app", "workload")
    ]
    return draft_request({**values, "bundles": list(requests)}, lines, by=by)


def draft_renewal(
    allocation: Allocation, *, tenant: Tenant, valid_until: date, by: Actor
) -> AllocationRequest:
    """A draft that asks for `allocation` to go on, as large as it is, until `valid_until`."""
    with override(LANGUAGE):
        subject = _("Renewal of %(grant)s") % {"grant": allocation}
    values = {
        "kind": RequestKind.RENEWAL.value,
        "tenant": tenant,
        "provider": allocation.provider,
        "predecessor": allocation,
        "subject": subject,
        "valid_until": valid_until,
    }
    return draft_request(values, [], by=by)


def next_number() -> str:
    """Our next number of this year, after the largest there is.

    Notes: of two who draft at once one is refused by the database, and tries again.
    """
    year = timezone.localdate().year
    start = f"PK-{year}-"
    known = AllocationRequest.objects.filter(number__startswith=start)
    matches = (NUMBER.match(one) for one in known.values_list("number", flat=True))
    last = max((int(one[2]) for one in matches if one), default=0)
    return f"{start}{last + 1:03}"
