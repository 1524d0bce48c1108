"""How every step of a request is taken: judged, written and logged in one transaction.

The request's row is locked first, so that of two who take a step at once one comes second, and
finds the request where the first one left it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.refusals import writing
from dcim.actions.requests.given import Given, check_letter
from dcim.actions.requests.path import check_may_take, check_step
from dcim.actions.writes.values import known
from dcim.record.planner.requests import AllocationRequest, RequestLine, RequestStep
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices_requests import RequestDeed, RequestStatus


@dataclass(slots=True)
class Taking:
    """A step on its way: what it will write.

    Attributes:
        request: As it is stored, locked.
        lines: Its lines as they are stored, locked.
        by: Who takes it, with the letter as the message of the log.
        values: What is to be written of the request.
        line_values: What is to be written of lines, by id.
        sums: What the step speaks of: asked, offered or granted.
    """

    request: AllocationRequest
    lines: list[RequestLine]
    by: Actor
    values: dict[str, Any] = field(default_factory=dict)
    line_values: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    sums: Amounts = field(default_factory=Amounts)

    def reach(self, status: RequestStatus, **values: Any) -> None:
        """Let the request be in `status` after the step, with `values`."""
        self.values |= {"status": status.value, **values}

    def put(self, name: str, amounts: Mapping[int, Amounts]) -> None:
        """Write `amounts` of lines by id as what was `name`: countered or granted."""
        for pk, one in amounts.items():
            self.line_values[pk] = {
                f"{name}_vcpus": one.vcpus,
                f"{name}_memory_mib": one.memory_mib,
                f"{name}_storage_gib": one.storage_gib,
            }
        self.sums = total(amounts.values())

    def take_back(self, name: str) -> None:
        """Let no line be `name`, countered or granted, any more; the log keeps what it was."""
        gone = {f"{name}_vcpus": None, f"{name}_memory_mib": None, f"{name}_storage_gib": None}
        self.line_values |= {one.pk: gone for one in self.lines}


@contextmanager
def taking(
    request: AllocationRequest, deed: RequestDeed, given: Given, *, by: Actor
) -> Iterator[Taking]:
    """The step `deed`; what the block sets is written when it ends.

    Raises:
        UnknownThing: the request is gone.
        NotPermitted: who takes it may not.
        WrongStep: the request is not where the step begins.
        InvalidInput: the letter is missing or can't be.
    """
    with writing():
        rows = AllocationRequest.objects.select_for_update(of=("self",))
        stored = known(
            rows.select_related("provider", "predecessor").filter(pk=request.pk).first(), request
        )
        check_may_take(by.user, deed, stored)
        check_step(stored, deed)
        check_letter(stored, deed, given)
        lines = list(stored.lines.select_for_update(of=("self",)).order_by("pk"))
        spoken = by if by.message else by.saying(given.letter)
        step = Taking(stored, lines, spoken.for_deed(), sums=total(one.asked for one in lines))
        yield step
        _write(step, deed, given)


def _write(step: Taking, deed: RequestDeed, given: Given) -> None:
    """Write the step, and the line of history that tells of it."""
    came_from = step.request.status
    for line in step.lines:
        if line.pk in step.line_values:
            record.update(line, step.line_values[line.pk], by=step.by)
    record.update(step.request, step.values, by=step.by)
    history = {
        "request": step.request,
        "deed": deed.value,
        "from_status": came_from,
        "to_status": step.values["status"],
        "user": step.by.user,
        "letter_number": given.letter_number,
        "letter_date": given.letter_date,
        "note": given.note,
        "vcpus": step.sums.vcpus,
        "memory_mib": step.sums.memory_mib,
        "storage_gib": step.sums.storage_gib,
    }
    record.create(RequestStep, history, by=step.by)
