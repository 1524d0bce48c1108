"""What a request waits for, in one sentence for every status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dcim.actions.requests.completeness import WITHOUT_LINES
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.choices_requests import RequestStatus

WAITS_FOR: Final[Mapping[str, str]] = {
    RequestStatus.DRAFT: gettext_noop(
        "Next a second person signs it: someone with the right to approve who wrote none of it."
    ),
    RequestStatus.SIGNED: gettext_noop("Next it is handed in, with the number of our letter."),
    RequestStatus.SUBMITTED: gettext_noop("Next the provider takes it up for assessment."),
    RequestStatus.UNDER_ASSESSMENT: gettext_noop(
        "It waits for the provider's letter: what it grants, offers instead or refuses."
    ),
    RequestStatus.COUNTERED: gettext_noop(
        "The provider offers other amounts. A second person accepts them; the applicant may refuse "
        "or revise the request instead."
    ),
    RequestStatus.REJECTED: gettext_noop("The provider has refused it: nothing comes of it."),
    RequestStatus.WITHDRAWN: gettext_noop("It has been withdrawn: nothing comes of it."),
}


def waits_for(request: AllocationRequest, *, has_moved: bool = False) -> str:
    """What comes next and who does it; empty once it was granted or its approval has lapsed."""
    if has_moved:
        return ""  # said by the notice of what has moved
    is_draft = request.status == RequestStatus.DRAFT
    if is_draft and request.kind not in WITHOUT_LINES and not request.lines.exists():
        return _("Add what is asked for: a line per machine, or one with an amount.")
    sentence = WAITS_FOR.get(request.status)
    return _(sentence) if sentence else ""
