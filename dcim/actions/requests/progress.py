"""Where a request stands, for its reader: sums, what has moved, what may be done, its bundle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dcim.actions.requests.approval import moved_since_signing
from dcim.actions.requests.path import open_deeds
from dcim.actions.rights import visible
from dcim.record.people.account import User
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices_requests import RequestDeed, RequestStatus


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A request of an office in a bundle: what it asks, and what the bundle has got for it."""

    request: AllocationRequest
    asked: Amounts
    granted: Amounts | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a request stands.

    Attributes:
        lines: Its lines, in order.
        asked: The sum of what is asked.
        countered: The sum of what was offered instead; None without a counter-offer.
        granted: The sum of what was granted; None before the answer.
        moved: What has moved since it was signed, so that the approval has lapsed.
        deeds: The steps that the reader may take now.
        bundle: The requests of offices that it passes on, as far as the reader sees them.
    """

    lines: tuple[RequestLine, ...]
    asked: Amounts
    countered: Amounts | None
    granted: Amounts | None
    moved: tuple[str, ...]
    deeds: tuple[RequestDeed, ...]
    bundle: tuple[PassedOn, ...]


def progress_of(request: AllocationRequest, reader: User) -> Progress:
    """Where `request` stands, told to `reader`."""
    lines = tuple(request.lines.select_related("app", "workload__app").order_by("pk"))
    is_signed = request.status == RequestStatus.SIGNED
    return Progress(
        lines=lines,
        asked=total(one.asked for one in lines),
        countered=_sum(one.countered for one in lines),
        granted=_sum(one.granted for one in lines),
        moved=tuple(moved_since_signing(request)) if is_signed else (),
        deeds=tuple(open_deeds(request, reader)),
        bundle=tuple(_bundle(request, lines, reader)),
    )


def _bundle(
    request: AllocationRequest, lines: Iterable[RequestLine], reader: User
) -> Iterable[PassedOn]:
    for one in visible(request.bundles.prefetch_related("lines"), reader).order_by("number"):
        own = {line.pk for line in one.lines.all()}
        yield PassedOn(
            one,
            total(line.asked for line in one.lines.all()),
            _sum(line.granted for line in lines if line.origin_id in own),
        )


def _sum(amounts: Iterable[Amounts | None]) -> Amounts | None:
    """The sum of what is there; None where nothing is."""
    known = [one for one in amounts if one is not None]
    return total(known) if known else None
