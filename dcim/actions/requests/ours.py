"""Steps on our side: sign, hand in, answer a counter-offer, withdraw."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions.changes import Actor
from dcim.actions.requests.approval import check_approval, moved_since_signing
from dcim.actions.requests.completeness import check_complete
from dcim.actions.requests.given import Given
from dcim.actions.requests.outcome import grant
from dcim.actions.requests.taking import taking
from dcim.actions.rules.planner.requests import digest_of_content
from dcim.record.log.changes import current_serial
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.choices_requests import RequestDeed, RequestStatus
from dcim.vocabulary.errors import WrongStep

UNSIGNED = {"signed_by": None, "signed_at": None, "signed_digest": "", "signed_serial": None}
UNANSWERED = {"answer_number": "", "answer_date": None}


def sign(request: AllocationRequest, given: Given, *, by: Actor) -> None:
    """Approve what `request` asks, as a second person; again where the approval has lapsed.

    Raises:
        NotPermitted: one of its authors, or someone without the right.
        WrongStep: it is signed, and nothing has moved since.
        InvalidInput, Refused: it is not complete.
    """
    with taking(request, RequestDeed.SIGN, given, by=by) as step:
        stored = step.request
        if stored.status == RequestStatus.SIGNED and not moved_since_signing(stored):
            raise WrongStep(
                _("The request %(request)s has been signed, and nothing has changed since.")
                % {"request": stored},
                field="status",
                hint=_("Hand it in."),
            )
        check_complete(stored)
        step.reach(
            RequestStatus.SIGNED,
            signed_by=by.user,
            signed_at=timezone.now(),
            signed_digest=digest_of_content(stored),
            signed_serial=current_serial(),
        )


def submit(request: AllocationRequest, given: Given, *, by: Actor) -> None:
    """Hand in `request` by our letter.

    Raises: ApprovalLapsed, naming what has moved since it was signed.
    """
    with taking(request, RequestDeed.SUBMIT, given, by=by) as step:
        check_approval(step.request)
        check_complete(step.request)
        step.reach(
            RequestStatus.SUBMITTED,
            letter_number=given.letter_number,
            letter_date=given.letter_date,
        )


def accept(request: AllocationRequest, given: Given, *, by: Actor) -> None:
    """Take the counter-offer, as a second person: what was offered is granted.

    Raises: DoesNotFit, DrawnOn, InvalidInput: as for an approval.
    """
    with taking(request, RequestDeed.ACCEPT, given, by=by) as step:
        offered = {one.pk: one.countered or one.asked for one in step.lines}
        grant(step, offered, given)


def refuse(request: AllocationRequest, given: Given, *, by: Actor) -> None:
    """Refuse the counter-offer by a new letter: the provider looks at what was asked again."""
    with taking(request, RequestDeed.REFUSE, given, by=by) as step:
        step.reach(RequestStatus.UNDER_ASSESSMENT)


def revise(request: AllocationRequest, given: Given, *, by: Actor) -> None:
    """Take `request` back after a counter-offer to ask for something else; it is signed anew.

    The counter-offer goes with what it answered: nothing is granted by it later.
    """
    with taking(request, RequestDeed.REVISE, given, by=by) as step:
        step.take_back("countered")
        letters = {"letter_number": "", "letter_date": None, **UNANSWERED}
        step.reach(RequestStatus.DRAFT, **letters, **UNSIGNED)


def withdraw(request: AllocationRequest, given: Given, *, by: Actor) -> None:
    """Take `request` back for good, before it was answered."""
    with taking(request, RequestDeed.WITHDRAW, given, by=by) as step:
        step.reach(RequestStatus.WITHDRAWN)
