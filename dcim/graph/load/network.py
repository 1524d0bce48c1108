"""The network: what hosts are cabled to, and over what switches lead out."""

from __future__ import annotations

from typing import Final

import numpy as np

from dcim.graph.load.cabling import INTERFACE
from dcim.graph.load.lookups import first_known, known, looked_up
from dcim.graph.load.reading import Reading
from dcim.graph.load.roles import WAYS_OUT, have_role
from dcim.graph.wiring import NOBODY, Keys, Numbers
from dcim.vocabulary.things import ThingKind

UNREACHED: Final = np.iinfo(np.int32).max


def read_uplinks(reading: Reading) -> None:
    """A host needs one of the switches that its ports reach, a switch one that leads out."""
    links, ports = reading.links, reading.tables["ports"]
    serving = ports["is_management"] == 0
    near, far = (
        looked_up(ports["pk"][serving], ports["device_id"][serving], ends[INTERFACE])
        for ends in (links.starts, links.ends)
    )
    upper = _carriers(reading, far)
    hosts = reading.of(ThingKind.HOST, near)
    reading.wiring.choose("uplinks", *reading.working(hosts, upper), 1)
    _lead_out(reading, _carriers(reading, near), upper)


def _carriers(reading: Reading, devices: Keys) -> Numbers:
    """The switches, routers and firewalls among the record's devices."""
    kinds = (ThingKind.SWITCH, ThingKind.ROUTER)
    return first_known(*(reading.of(kind, devices) for kind in kinds))


def _lead_out(reading: Reading, near: Numbers, far: Numbers) -> None:
    """Each needs one of its neighbours that are nearer to the way out; what leads nowhere none."""
    works = reading.works(near) & reading.works(far)
    near, far = near[works], far[works]
    steps = _steps_out(reading, near, far)
    nearer = steps[far] < steps[near]
    reading.wiring.choose("uplinks", near[nearer], far[nearer], 1)


def _steps_out(reading: Reading, near: Numbers, far: Numbers) -> Numbers:
    """For each thing how many cables lead from it to the way out of its network.

    Notes: breadth first, O(steps x pairs); a network is a few steps deep.
    """
    devices = reading.tables["devices"]
    steps = np.full(reading.size, UNREACHED, np.int32)
    for role in WAYS_OUT:
        doors = reading.devices(devices["pk"][have_role(devices, role)])
        at, step = known(doors, where=reading.works(doors)), 0
        at = at[at != NOBODY]
        while len(at := at[steps[at] == UNREACHED]):
            steps[at] = step
            at, step = np.unique(far[np.isin(near, at)]), step + 1
    return steps
