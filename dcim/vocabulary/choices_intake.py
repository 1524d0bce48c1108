"""Closed lists of values for what an office says of an app when it asks for room."""

from __future__ import annotations

from dcim.vocabulary.choices import Choices, _


class Level(Choices):
    """How much a loss of confidentiality, integrity or availability would harm."""

    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class Readiness(Choices):
    """Whether a plan for continuity or recovery is there."""

    YES = "yes", _("Yes")
    IN_PROGRESS = "in_progress", _("In progress")
    NO = "no", _("Not yet")


class BackupFrequency(Choices):
    """How often a copy is to be made."""

    REALTIME = "realtime", _("All the time")
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")


class RtoBand(Choices):
    """Within which time an app is to be back."""

    HOUR = "1h", _("Within 1 hour")
    HOURS = "4h", _("Within 4 hours")
    DAY = "24h", _("Within a day")
    DAYS = "72h", _("Within 3 days")
    LONGER = "longer", _("Later")
