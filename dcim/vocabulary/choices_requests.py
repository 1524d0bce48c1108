"""Closed lists of values for requests for capacity and their lines."""

from __future__ import annotations

from dcim.vocabulary.choices import Choices, _


class RequestKind(Choices):
    """What is asked of a provider; change, renewal and termination name the grant they are about.

    Names follow the PDN's terms of service (B-715/DJAI.3/OT.02.02/07/2022).
    """

    NEW = "new", _("New capacity")
    CHANGE = "change", _("Change of specification")
    RENEWAL = "renewal", _("Renewal")
    BACKUP = "backup", _("Backup")
    COLOCATION = "colocation", _("Colocation")
    TERMINATION = "termination", _("Termination")


class RequestStatus(Choices):
    """Where a request stands on its way to the provider's answer."""

    DRAFT = "draft", _("Draft")
    SIGNED = "signed", _("Signed")
    SUBMITTED = "submitted", _("Submitted")
    UNDER_ASSESSMENT = "under_assessment", _("Under assessment")
    COUNTERED = "countered", _("Countered")
    APPROVED = "approved", _("Approved")
    PARTLY_APPROVED = "partly_approved", _("Partly approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RequestDeed(Choices):
    """What moves a request from one status to the next."""

    SIGN = "sign", _("Sign")
    SUBMIT = "submit", _("Submit")
    ASSESS = "assess", _("Take up for assessment")
    COUNTER = "counter", _("Make a counter-offer")
    ACCEPT = "accept", _("Accept the counter-offer")
    REFUSE = "refuse", _("Refuse the counter-offer")
    REVISE = "revise", _("Revise")
    APPROVE = "approve", _("Approve")
    REJECT = "reject", _("Reject")
    WITHDRAW = "withdraw", _("Withdraw")


class Environment(Choices):
    """What a machine is for, as providers class them."""

    PRODUCTION = "production", _("Production")
    BACKUP = "backup", _("Backup")
    DEVELOPMENT = "development", _("Development")
