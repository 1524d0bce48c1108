"""Closed lists of values for grants; none of them is stored."""

from __future__ import annotations

from dcim.vocabulary.choices import Choices, _


class GrantState(Choices):
    """Where a grant stands on a day, by its dates."""

    UPCOMING = "upcoming", _("Not begun")
    ACTIVE = "active", _("Active")
    EXPIRING = "expiring", _("Expiring")
    EXPIRED = "expired", _("Expired")
    RETURNED = "returned", _("Returned")


class IdleReason(Choices):
    """Why a machine on a grant serves nothing."""

    DECOMMISSIONING = "decommissioning", _("On its way out")
    RETIRED = "retired", _("Its apps are retired or to be given up")
    INACTIVE = "inactive", _("Its apps do not run, and may come back")
