"""What a device is, as far as the slug of its role tells; other roles say nothing."""

from __future__ import annotations

from typing import Final

import numpy as np

from dcim.graph.load.columns import Columns
from dcim.graph.wiring import Flags
from dcim.vocabulary.things import ThingKind

KIND_OF_ROLE: Final = {
    "switch": ThingKind.SWITCH,
    "access-switch": ThingKind.SWITCH,
    "distribution-switch": ThingKind.SWITCH,
    "core-switch": ThingKind.SWITCH,
    "firewall": ThingKind.ROUTER,
    "router": ThingKind.ROUTER,
    "pdu": ThingKind.PDU,
    "server": ThingKind.HOST,
}
ROLES: Final = tuple(KIND_OF_ROLE)
# Where a network leads out: at its routers; without any at its firewalls, else at its core.
WAYS_OUT: Final = ("router", "firewall", "core-switch")


def are_of_kind(devices: Columns, kind: ThingKind) -> Flags:
    """For each device whether its role says that it is of `kind`."""
    codes = [code for code, role in enumerate(ROLES) if KIND_OF_ROLE[role] is kind]
    return np.isin(devices["role_code"], codes)


def have_role(devices: Columns, role: str) -> Flags:
    """For each device whether it has the role."""
    has: Flags = devices["role_code"] == ROLES.index(role)
    return has
