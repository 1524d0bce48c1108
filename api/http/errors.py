"""One table from error to status; every answer is JSON that names the field under its wire name."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.signals import got_request_exception
from rest_framework import status
from rest_framework.exceptions import UnsupportedMediaType, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from api.http.refusals import ALL_FIELDS, SOME_ROWS, RowsRefused, TooLarge
from api.http.sent import Sent
from dcim.catalog.resource import Resource
from dcim.vocabulary.errors import (
    BadRow,
    BadRows,
    DoesNotFit,
    DrawnOn,
    InvalidInput,
    LumbungError,
    NotBackedUp,
    RowErrors,
    StillNeeded,
)

log = logging.getLogger(__name__)
ONLY_JSON: Final = (
    "Send application/json; files, such as pictures of device types, are not kept here."
)

STATUS: Final[Mapping[str, int]] = {
    "input.invalid": status.HTTP_400_BAD_REQUEST,
    "document.invalid": status.HTTP_400_BAD_REQUEST,
    "import.bad_row": status.HTTP_400_BAD_REQUEST,
    "input.bad_rows": status.HTTP_400_BAD_REQUEST,
    "record.stale": status.HTTP_412_PRECONDITION_FAILED,
    "thing.unknown": status.HTTP_404_NOT_FOUND,
    "rights.missing": status.HTTP_403_FORBIDDEN,
    "refused": status.HTTP_409_CONFLICT,
    "capacity.does_not_fit": status.HTTP_409_CONFLICT,
    "allocation.quota_exceeded": status.HTTP_409_CONFLICT,
    "rack.position_taken": status.HTTP_409_CONFLICT,
    "provider.may_not_hold": status.HTTP_409_CONFLICT,
    "record.in_use": status.HTTP_409_CONFLICT,
    "allocation.drawn_on": status.HTTP_409_CONFLICT,
    "reclaim.still_needed": status.HTTP_409_CONFLICT,
    "reclaim.another_machine": status.HTTP_409_CONFLICT,
    "reclaim.not_planned": status.HTTP_409_CONFLICT,
    "reclaim.no_backup": status.HTTP_409_CONFLICT,
    "request.wrong_step": status.HTTP_409_CONFLICT,
    "request.approval_lapsed": status.HTTP_409_CONFLICT,
    "job.stopped": status.HTTP_409_CONFLICT,
    "plan.refused": status.HTTP_409_CONFLICT,
    "engine.state_failed": status.HTTP_502_BAD_GATEWAY,
    "engine.state_unreachable": status.HTTP_502_BAD_GATEWAY,
    "engine.failed": status.HTTP_502_BAD_GATEWAY,
    "hypervisor.failed": status.HTTP_502_BAD_GATEWAY,
    "component.missing": status.HTTP_503_SERVICE_UNAVAILABLE,
}


def answer(exc: Exception, context: Mapping[str, Any]) -> Response:
    """The JSON answer to any exception that a view let go."""
    view = context.get("view")
    sent = Sent(context.get("request"))
    if isinstance(exc, LumbungError):
        set_rollback()
        body = _body(exc, getattr(view, "resource", None), sent)
        return Response(body, status=STATUS[exc.code])
    if isinstance(exc, RequestDataTooBig):
        exc = TooLarge(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    response = exception_handler(exc, dict(context))
    if response is None:
        return _unexpected(exc, view)
    if isinstance(exc, RowsRefused):
        rows = [
            {**name, "errors": sent.shown_in(_of_validation(detail), **name)}
            for name, detail in exc.rows
        ]
        response.data = {"detail": SOME_ROWS, "errors": rows}
    elif isinstance(exc, UnsupportedMediaType):
        response.data = {"detail": f"{exc.detail} {ONLY_JSON}"}
    elif isinstance(exc, ValidationError):
        response.data = sent.shown_in(_of_validation(exc.detail))
    return response


def wire_errors(resource: Resource | None, errors: Mapping[str, Any]) -> dict[str, Any]:
    """`errors` under the names that the outside knows the fields by."""
    return {wire_field(resource, field): reasons for field, reasons in errors.items()}


def wire_field(resource: Resource | None, name: str) -> str:
    """The wire name of the field `name`; members of an exclusive reference go by its id."""
    if resource is None:
        return name
    for group, members in resource.one_of.items():
        if name in members:
            return f"{group}_id"
    return resource.wire_name(name)


def _body(err: LumbungError, resource: Resource | None, sent: Sent) -> dict[str, Any]:
    if isinstance(err, BadRows) and not sent.is_set:  # one object, written as a set of one
        return sent.shown_in(wire_errors(resource, err.rows[0].errors))
    if isinstance(err, BadRows):
        return {"detail": SOME_ROWS, "errors": [_row(resource, one, sent) for one in err.rows]}
    if isinstance(err, BadRow):
        row = RowErrors(err.row - 1, err.errors)
        return {"detail": SOME_ROWS, "errors": [_row(resource, row, sent)]}
    if isinstance(err, InvalidInput):
        return sent.shown_in(wire_errors(resource, err.errors))
    reason = err.reason if err.reason.endswith((".", "!", "?", "…")) else f"{err.reason}."
    body: dict[str, Any] = {"detail": f"{reason} {err.hint}".strip(), "code": err.code}
    if isinstance(err, DoesNotFit):
        body |= _room(err, sent)
    if isinstance(err, DrawnOn):
        body["confirm"] = err.confirm
    if isinstance(err, StillNeeded):
        body["apps"] = [{"code": code, "chain": [*why]} for code, why in err.chains.items()]
    if isinstance(err, NotBackedUp):
        body["machines"] = [*err.machines]
    return {**body, "field": wire_field(resource, err.field)} if err.field else body


def _room(err: DoesNotFit, sent: Sent) -> dict[str, Any]:
    """What there is not room for, and which row of a set asks for it."""
    told = {} if err.shortfall is None else asdict(err.shortfall)
    if err.position is None or not sent.is_set:
        return told
    return told | ({"index": err.position} if err.pk is None else {"id": err.pk})


def _row(resource: Resource | None, row: RowErrors, sent: Sent) -> dict[str, Any]:
    name = {"index": row.position} if row.pk is None else {"id": row.pk}
    errors = sent.shown_in(wire_errors(resource, row.errors), index=row.position)
    return {**name, "errors": errors}


def _of_validation(detail: Any) -> dict[str, Any]:
    if isinstance(detail, Mapping):
        return {
            ALL_FIELDS if field == "non_field_errors" else field: reasons
            for field, reasons in detail.items()
        }
    return {ALL_FIELDS: detail}


def _unexpected(exc: Exception, view: object) -> Response:
    set_rollback()
    log.error("Unexpected error in %s", type(view).__name__, exc_info=exc)
    got_request_exception.send(sender=type(view))
    return Response(
        {"detail": "The server failed on this request; its log says why."},
        status=status.HTTP_500_INTERNAL_SERVER_ERROR,
    )
