"""Words for what differs between the record, a hypervisor and Pulumi's state."""

from __future__ import annotations

from dcim.vocabulary.choices import Choices


def _(text: str) -> str:
    """Mark `text` for the translators; pages translate it when they show it."""
    return text


class DriftKind(Choices):
    """How something differs, by the sides that have it."""

    CHANGED = "changed", _("Changed")
    MISSING = "missing", _("Missing on the hypervisor")
    UNRECORDED = "unrecorded", _("Missing in the record")
    UNMANAGED = "unmanaged", _("Missing in the state")
    UNKNOWN = "unknown", _("Unknown machine")
    LEFTOVER = "leftover", _("Left over in the state")
    MOVED = "moved", _("Moved")


class DriftSide(Choices):
    """The side that differs from the others: where it is put right, nothing differs any more."""

    RECORD = "record", _("Record")
    HYPERVISOR = "hypervisor", _("Hypervisor")
    STATE = "state", _("State")
    ALL = "all", _("All three")


class DriftSubject(Choices):
    """What differs."""

    MACHINE = "machine", _("Machine")
    NETWORK = "network", _("Network")


class DriftStatus(Choices):
    """What has become of a finding."""

    OPEN = "open", _("Open")
    IGNORED = "ignored", _("Ignored by rule")
    ACCEPTED = "accepted", _("Accepted into the record")
    GONE = "gone", _("No longer found")


class ScanOutcome(Choices):
    """How the comparison of one target ended."""

    SAME = "same", _("No drift")
    DRIFT = "drift", _("Drift")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Skipped")
    ENDED = "ended", _("No longer in the record")


class DriftField(Choices):
    """What of a machine or a network can differ; sizes in MiB and GiB, as ledgers count them."""

    NAME = "name", _("Name")
    VCPUS = "vcpus", _("vCPUs")
    MEMORY_MIB = "memory_mib", _("Memory (MiB)")
    STORAGE_GIB = "storage_gib", _("Storage (GiB)")
    RUNNING = "running", _("Running")
    NETWORK = "network", _("Network")
    ADDRESSES = "addresses", _("Addresses")
    APP = "app", _("App")
    MODE = "mode", _("Mode")
    CIDR = "cidr", _("Range")
    VLAN = "vlan", _("VLAN")
