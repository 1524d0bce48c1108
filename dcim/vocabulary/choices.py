"""Closed lists of values: NetBox's own on NetBox's objects, ours on ours.

A value is what is stored and sent; a label is its English name, translated only where a page shows
it. Generated NetBox clients know exactly NetBox's values, so a list of NetBox's is never widened.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


def _(text: str) -> str:
    """Mark `text` for the translators; pages translate it when they show it."""
    return text


class Choices(StrEnum):
    """An enumeration whose members carry a label."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        """Make the member `value`, shown as `label`."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def pairs(cls) -> list[tuple[str, str]]:
        """Value and label of each member, as Django fields take them."""
        return [(member.value, member.label) for member in cls]


class SiteStatus(Choices):
    """NetBox: sites and locations."""

    PLANNED = "planned", _("Planned")
    STAGING = "staging", _("Staging")
    ACTIVE = "active", _("Active")
    DECOMMISSIONING = "decommissioning", _("Decommissioning")
    RETIRED = "retired", _("Retired")


class RackStatus(Choices):
    """NetBox: racks."""

    RESERVED = "reserved", _("Reserved")
    AVAILABLE = "available", _("Available")
    PLANNED = "planned", _("Planned")
    ACTIVE = "active", _("Active")
    DEPRECATED = "deprecated", _("Deprecated")


class RackFormFactor(Choices):
    """NetBox: racks."""

    TWO_POST = "2-post-frame", _("2-post frame")
    FOUR_POST = "4-post-frame", _("4-post frame")
    CABINET = "4-post-cabinet", _("4-post cabinet")
    WALL_FRAME = "wall-frame", _("Wall-mounted frame")
    WALL_FRAME_VERTICAL = "wall-frame-vertical", _("Wall-mounted frame (vertical)")
    WALL_CABINET = "wall-cabinet", _("Wall-mounted cabinet")
    WALL_CABINET_VERTICAL = "wall-cabinet-vertical", _("Wall-mounted cabinet (vertical)")


class Airflow(Choices):
    """NetBox: device types and devices."""

    FRONT_TO_REAR = "front-to-rear", _("Front to rear")
    REAR_TO_FRONT = "rear-to-front", _("Rear to front")
    LEFT_TO_RIGHT = "left-to-right", _("Left to right")
    RIGHT_TO_LEFT = "right-to-left", _("Right to left")
    SIDE_TO_REAR = "side-to-rear", _("Side to rear")
    REAR_TO_SIDE = "rear-to-side", _("Rear to side")
    BOTTOM_TO_TOP = "bottom-to-top", _("Bottom to top")
    TOP_TO_BOTTOM = "top-to-bottom", _("Top to bottom")
    PASSIVE = "passive", _("Passive")
    MIXED = "mixed", _("Mixed")


class DeviceStatus(Choices):
    """NetBox: devices."""

    OFFLINE = "offline", _("Offline")
    ACTIVE = "active", _("Active")
    PLANNED = "planned", _("Planned")
    STAGED = "staged", _("Staged")
    FAILED = "failed", _("Failed")
    INVENTORY = "inventory", _("Inventory")
    DECOMMISSIONING = "decommissioning", _("Decommissioning")


class DeviceFace(Choices):
    """NetBox: the side of the rack a device is mounted on."""

    FRONT = "front", _("Front")
    REAR = "rear", _("Rear")


class InterfaceMode(Choices):
    """NetBox: how an interface takes part in VLANs."""

    ACCESS = "access", _("Access")
    TAGGED = "tagged", _("Tagged")
    TAGGED_ALL = "tagged-all", _("Tagged (All)")
    Q_IN_Q = "q-in-q", _("Q-in-Q (802.1ad)")


class FeedStatus(Choices):
    """NetBox: power feeds."""

    OFFLINE = "offline", _("Offline")
    ACTIVE = "active", _("Active")
    PLANNED = "planned", _("Planned")
    FAILED = "failed", _("Failed")


class FeedType(Choices):
    """NetBox: whether a feed is the primary or the redundant one of its pair."""

    PRIMARY = "primary", _("Primary")
    REDUNDANT = "redundant", _("Redundant")


class FeedSupply(Choices):
    """NetBox: current of a feed."""

    AC = "ac", _("AC")
    DC = "dc", _("DC")


class FeedPhase(Choices):
    """NetBox: phases of a feed."""

    SINGLE = "single-phase", _("Single phase")
    THREE = "three-phase", _("Three-phase")


class FeedLeg(Choices):
    """NetBox: phase that an outlet hangs on."""

    A = "A", _("A")
    B = "B", _("B")
    C = "C", _("C")


class CableStatus(Choices):
    """NetBox: cables."""

    CONNECTED = "connected", _("Connected")
    PLANNED = "planned", _("Planned")
    DECOMMISSIONING = "decommissioning", _("Decommissioning")


class CableLengthUnit(Choices):
    """NetBox: unit of a cable's length."""

    KILOMETRE = "km", _("Kilometers")
    METRE = "m", _("Meters")
    CENTIMETRE = "cm", _("Centimeters")
    MILE = "mi", _("Miles")
    FOOT = "ft", _("Feet")
    INCH = "in", _("Inches")


class CableEnd(Choices):
    """NetBox: the two ends of a cable."""

    A = "A", _("A")
    B = "B", _("B")


class ClusterStatus(Choices):
    """NetBox: clusters."""

    PLANNED = "planned", _("Planned")
    STAGING = "staging", _("Staging")
    ACTIVE = "active", _("Active")
    DECOMMISSIONING = "decommissioning", _("Decommissioning")
    OFFLINE = "offline", _("Offline")


class VirtualMachineStatus(Choices):
    """NetBox: virtual machines."""

    OFFLINE = "offline", _("Offline")
    ACTIVE = "active", _("Active")
    PLANNED = "planned", _("Planned")
    STAGED = "staged", _("Staged")
    FAILED = "failed", _("Failed")
    DECOMMISSIONING = "decommissioning", _("Decommissioning")
    PAUSED = "paused", _("Paused")


class AppKind(Choices):
    """What a service app is."""

    WEBSITE = "website", _("Website")
    WEB_APP = "web_app", _("Web application")
    MOBILE_BACKEND = "mobile_backend", _("Mobile back end")
    INTEGRATION = "integration", _("Integration")
    SHARED_NATIONAL = "shared_national", _("Shared national application")


class AppStatus(Choices):
    """Life cycle of a service app."""

    PLANNED = "planned", _("Planned")
    ACTIVE = "active", _("Active")
    INACTIVE = "inactive", _("Inactive")
    RETIRED = "retired", _("Retired")


class Blocker(Choices):
    """Why an inactive app does not run; capacity alone cures only a missing server."""

    DOMAIN = "domain", _("Domain expired")
    SERVER = "server", _("No server")
    CODE = "code", _("Application broken")
    OPERATOR = "operator", _("No operator")
    SUPERSEDED = "superseded", _("Superseded")


class Verdict(Choices):
    """What is to become of an inactive app."""

    REVIVE = "revive", _("Revive")
    REPAIR = "repair", _("Repair first")
    MIGRATE = "migrate", _("Migrate to the national application")
    RETIRE = "retire", _("Retire")


class SystemCategory(Choices):
    """Category of an electronic system (BSSN 8/2020)."""

    STRATEGIC = "strategic", _("Strategic")
    HIGH = "high", _("High")
    LOW = "low", _("Low")


class DataClass(Choices):
    """How closed an app's data are."""

    OPEN = "open", _("Open")
    RESTRICTED = "restricted", _("Restricted")
    CLOSED = "closed", _("Closed")


class Hardness(Choices):
    """Whether an app stops, or only suffers, without the other."""

    HARD = "hard", _("Hard: stops without it")
    SOFT = "soft", _("Soft: degraded without it")


class ProviderKind(Choices):
    """Who gives room."""

    PDN = "pdn", _("National data centre (PDN)")
    COMMERCIAL = "commercial", _("Commercial provider")
    MINISTRY = "ministry", _("Ministry or agency")
    REGENCY = "regency", _("Regency's own data centre")


class CopyKind(Choices):
    """How a backup copy is made."""

    FULL = "full", _("Full")
    INCREMENTAL = "incremental", _("Incremental")
    DIFFERENTIAL = "differential", _("Differential")
    SNAPSHOT = "snapshot", _("Snapshot")
    REPLICA = "replica", _("Replica")


class Obstacle(Choices):
    """Why an app that has fallen can't be brought back from backup copies."""

    NOT_RECORDED = "not_recorded", _("No tier of it is recorded that could be restored.")
    NO_COPY = "no_copy", _("No backup copy is recorded.")
    SAME_PLACE = "copy_in_same_place", _("Its copies lie where its machines ran.")
    COPY_LOST = "copy_lost", _("The place of its copies is down too.")
    NEVER_SUCCEEDED = "copy_never_succeeded", _("None of its copies elsewhere has ever succeeded.")
    EXPIRED = "copy_expired", _("Its newest copy elsewhere is older than copies are kept.")
    NEEDED_APP = "needed_app", _("It needs an app that can't be restored.")


class AllocationStatus(Choices):
    """Life of a grant; expiry is derived from its dates, never stored."""

    ACTIVE = "active", _("Active")
    RETURNED = "returned", _("Returned")


class RunKind(Choices):
    """What a provisioning run does."""

    PREVIEW = "preview", _("Preview")
    UP = "up", _("Up")
    REFRESH = "refresh", _("Refresh")
    DESTROY = "destroy", _("Destroy")


class RunStatus(Choices):
    """How far a provisioning run is."""

    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")


class RunOutcome(Choices):
    """How a provisioning run ended."""

    NO_CHANGE = "no_change", _("No change")
    CHANGES = "changes", _("Changes")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")


class ChangeAction(Choices):
    """NetBox: what a change-log entry tells of."""

    CREATE = "create", _("Created")
    UPDATE = "update", _("Updated")
    DELETE = "delete", _("Deleted")
