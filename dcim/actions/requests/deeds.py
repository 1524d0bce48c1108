"""The steps of a request by name, for pages and programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from dcim.actions.changes import Actor
from dcim.actions.requests import ours, theirs
from dcim.actions.requests.given import Given
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.choices_requests import RequestDeed


class Deed(Protocol):
    """A step, taken with what is given."""

    def __call__(self, request: AllocationRequest, given: Given, *, by: Actor) -> None:
        """Take it."""


DEEDS: Final[Mapping[RequestDeed, Deed]] = {
    RequestDeed.SIGN: ours.sign,
    RequestDeed.SUBMIT: ours.submit,
    RequestDeed.ASSESS: theirs.assess,
    RequestDeed.COUNTER: theirs.counter,
    RequestDeed.ACCEPT: ours.accept,
    RequestDeed.REFUSE: ours.refuse,
    RequestDeed.REVISE: ours.revise,
    RequestDeed.APPROVE: theirs.approve,
    RequestDeed.REJECT: theirs.reject,
    RequestDeed.WITHDRAW: ours.withdraw,
}
