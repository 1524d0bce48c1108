"""Patch panels for tests, and runs of cables through them."""

from __future__ import annotations

from typing import Any, NamedTuple

from dcim.actions import panels
from dcim.actions.cables import connect, connect_sides
from dcim.record.equipment.cables import Cable, Endpoint
from dcim.record.equipment.devices import Device
from dcim.record.equipment.ports import FrontPort, RearPort
from tests.factories import TESTER, make


class Panel(NamedTuple):
    """A panel: sockets in front, and the trunk that their strands lead to, one by one."""

    fronts: list[FrontPort]
    rear: RearPort


def panel(sockets: int = 1) -> Panel:
    """A panel with `sockets` in front and one trunk behind."""
    device = make(Device)
    rear = make(RearPort, device=device, positions=sockets)
    rows = [
        {"device": device, "name": f"f{number}", "rear_ports": [panels.Strand(1, rear, number)]}
        for number in range(1, sockets + 1)
    ]
    return Panel(panels.create_many(FrontPort, rows, by=TESTER), rear)


def plug(a: Endpoint, b: Endpoint, **values: Any) -> Cable:
    """A cable from `a` to `b`."""
    return connect(a, b, values, by=TESTER)


def plug_many(a: list[Endpoint], b: list[Endpoint], **values: Any) -> Cable:
    """A cable with several ends on a side."""
    (cable,) = connect_sides([(a, b, values)], by=TESTER)
    return cable


def run(a: Endpoint, b: Endpoint, *, near: Panel, far: Panel, socket: int = 0) -> list[Cable]:
    """`a` to `b` through the same socket of two panels; the trunk between them is laid before."""
    return [plug(a, near.fronts[socket]), plug(far.fronts[socket], b)]


def trunk(near: Panel, far: Panel, **values: Any) -> Cable:
    """The trunk from panel to panel."""
    return plug(near.rear, far.rear, **values)
