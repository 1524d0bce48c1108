"""The lines of a draft, rewritten together: some changed, some added, some struck out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.refusals import writing
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import BadRows, InvalidInput, RowErrors

LINE_GONE = "__all__"


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as it is to be.

    Attributes:
        pk: Which line of the request; None for a new one.
        values: Field name to value; of a line that is there only what changes.
        is_struck: Whether it goes.
    """

    pk: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    is_struck: bool = False


def rewrite_lines(request: AllocationRequest, rows: Sequence[LineRow], *, by: Actor) -> None:
    """Write `rows` into the lines of `request`, all or none; lines not named stay as they are.

    Args:
        request: A request that has not been handed in.
        rows: What becomes of lines, by their positions in which wrong ones are told.
        by: Who writes, and so may not sign it.

    Raises:
        BadRows: what is wrong with which row; a line that is gone by now is one of them.
        Refused, NotPermitted: as for a write of lines.
    """
    wrong = []
    with writing():
        known = {one.pk: one for one in request.lines.select_related("workload")}
        for position, row in enumerate(rows):
            try:
                _write(request, row, known, by)
            except InvalidInput as err:
                wrong.append(RowErrors(position, err.errors, row.pk))
        if wrong:
            raise BadRows(wrong)


def _write(
    request: AllocationRequest, row: LineRow, known: Mapping[int, RequestLine], by: Actor
) -> None:
    if row.pk is None:
        record.create(RequestLine, {**row.values, "request": request}, by=by)
        return
    line = known.get(row.pk)
    if line is None:
        raise InvalidInput(
            _("This line is gone: someone struck it out."),
            field=LINE_GONE,
            hint=_("Open the request again."),
        )
    if row.is_struck:
        record.delete(line, by=by)
    elif row.values:
        record.update(line, _of_its_app(line, row.values), by=by)


def _of_its_app(line: RequestLine, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What follows once a line is of another app: its class, its category, no tier of the old."""
    if "app" not in values:
        return values
    app: ServiceApp | None = values["app"]
    stays = line.workload is not None and app is not None and line.workload.app_id == app.pk
    return {
        "data_class": (app.data_class if app else "") or "",
        "category": (app.category if app else "") or "",
        **({} if stays else {"workload": None}),
        **values,
    }
