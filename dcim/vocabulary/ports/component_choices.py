"""NetBox's closed lists of device components beside their connectors' types; never widened."""

from __future__ import annotations

from dcim.vocabulary.choices import Choices


class Duplex(Choices):
    """NetBox: interfaces."""

    HALF = "half", "Half"
    FULL = "full", "Full"
    AUTO = "auto", "Auto"


class PoeMode(Choices):
    """NetBox: whether an interface takes power over Ethernet or gives it."""

    PD = "pd", "PD"
    PSE = "pse", "PSE"


class PoeType(Choices):
    """NetBox: kinds of power over Ethernet."""

    TYPE1_IEEE802_3AF = "type1-ieee802.3af", "802.3af (Type 1)"
    TYPE2_IEEE802_3AT = "type2-ieee802.3at", "802.3at (Type 2)"
    TYPE3_IEEE802_3BT = "type3-ieee802.3bt", "802.3bt (Type 3)"
    TYPE4_IEEE802_3BT = "type4-ieee802.3bt", "802.3bt (Type 4)"
    PASSIVE_24V_2PAIR = "passive-24v-2pair", "Passive 24V (2-pair)"
    PASSIVE_24V_4PAIR = "passive-24v-4pair", "Passive 24V (4-pair)"
    PASSIVE_48V_2PAIR = "passive-48v-2pair", "Passive 48V (2-pair)"
    PASSIVE_48V_4PAIR = "passive-48v-4pair", "Passive 48V (4-pair)"


class OutletStatus(Choices):
    """NetBox: power outlets."""

    ENABLED = "enabled", "Enabled"
    DISABLED = "disabled", "Disabled"
    FAULTY = "faulty", "Faulty"


class ModuleStatus(Choices):
    """NetBox: modules."""

    OFFLINE = "offline", "Offline"
    ACTIVE = "active", "Active"
    PLANNED = "planned", "Planned"
    STAGED = "staged", "Staged"
    FAILED = "failed", "Failed"
    DECOMMISSIONING = "decommissioning", "Decommissioning"


class InventoryItemStatus(Choices):
    """NetBox: inventory items."""

    OFFLINE = "offline", "Offline"
    ACTIVE = "active", "Active"
    PLANNED = "planned", "Planned"
    STAGED = "staged", "Staged"
    FAILED = "failed", "Failed"
    DECOMMISSIONING = "decommissioning", "Decommissioning"


class WirelessRole(Choices):
    """NetBox: templates of wireless interfaces."""

    AP = "ap", "Access point"
    STATION = "station", "Station"
