"""What a request must say before anyone signs it."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions.rules.planner.holding import check_requests_held
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.choices import AllocationStatus, ProviderKind
from dcim.vocabulary.choices_requests import RequestKind, RequestStatus
from dcim.vocabulary.errors import InvalidInput, Refused

# What ends a grant, or only goes on with it, need not name amounts.
WITHOUT_LINES = frozenset({RequestKind.RENEWAL, RequestKind.TERMINATION})
HANDED_IN = frozenset(
    {RequestStatus.SUBMITTED, RequestStatus.UNDER_ASSESSMENT, RequestStatus.COUNTERED}
)
ENDED = frozenset({RequestStatus.REJECTED, RequestStatus.WITHDRAWN})


def check_complete(request: AllocationRequest) -> None:
    """It asks for something that can be granted, of a grant that stands.

    Raises: InvalidInput, Refused: naming what is missing.
    """
    if request.kind not in WITHOUT_LINES and not request.lines.exists():
        raise InvalidInput(
            _("The request %(request)s asks for nothing yet.") % {"request": request},
            field="lines",
            hint=_("Add a line per machine, or one with an amount."),
        )
    check_requests_held([request])
    _check_predecessor(request)
    _check_bundle(request)


def check_stands(about: Allocation) -> None:
    """Refuse to ask for anything of, or to do anything with, a grant that has been returned.

    Raises: Refused, naming the grant.
    """
    if about.status != AllocationStatus.ACTIVE:
        raise Refused(
            _("The grant %(grant)s has been returned.") % {"grant": about},
            field="predecessor",
            hint=_("Ask for new capacity instead."),
        )


def check_renewal(about: Allocation, until: date | None) -> None:
    """Refuse to renew `about` until a day that is not after its last one.

    Raises:
        Refused: it has no last day, which a renewal would give it.
        InvalidInput: no day, one that has gone by, or one that is not later.
    """
    last = about.valid_until
    if last is None:
        raise Refused(
            _("The grant %(grant)s has no last day: a renewal could only shorten it.")
            % {"grant": about},
            field="predecessor",
            hint=_("Ask for a change of it, or for its end."),
        )
    if until is None or until <= last:
        raise InvalidInput(
            _("A renewal goes on longer than the grant, which is valid until %(date)s.")
            % {"date": last.isoformat()},
            field="valid_until",
            hint=_("Write a later day."),
        )
    if until < timezone.localdate():
        raise InvalidInput(
            _("A renewal until %(date)s has gone by already.") % {"date": until.isoformat()},
            field="valid_until",
            hint=_("Write today or a later day."),
        )


def _check_predecessor(request: AllocationRequest) -> None:
    about = request.predecessor
    if about is None:
        return
    check_stands(about)
    if request.kind == RequestKind.RENEWAL:
        check_renewal(about, request.valid_until)


def _check_bundle(request: AllocationRequest) -> None:
    bundled = list(request.bundles.select_related("provider").order_by("number"))
    if bundled and request.provider.kind == ProviderKind.REGENCY:
        raise InvalidInput(
            _("Only a request to another provider passes requests of offices on."),
            field="bundles",
            hint=_("Choose the provider that is asked, or leave the bundle empty."),
        )
    for one in bundled:
        if one.status not in HANDED_IN:
            raise Refused(
                _("%(request)s can't be passed on: it has not been handed in, or was answered.")
                % {"request": one},
                field="bundles",
                hint=_("Leave it out, or let its office hand it in first."),
            )
        others = one.bundled_in.exclude(pk=request.pk).exclude(status__in=ENDED)
        if (other := others.first()) is not None:
            raise Refused(
                _("%(request)s is passed on by %(other)s already.")
                % {"request": one, "other": other},
                field="bundles",
                hint=_("Leave it out here, or withdraw the other."),
            )
    astray = request.lines.exclude(origin=None).exclude(origin__request__in=bundled).first()
    if astray is not None:
        raise InvalidInput(
            _("The line %(line)s passes on a line of a request that is not bundled.")
            % {"line": astray},
            field="lines",
            hint=_("Bundle that request too, or let the line stand for itself."),
        )
