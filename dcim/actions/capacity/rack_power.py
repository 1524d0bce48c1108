"""Which power supply hangs on which feed in the end, through strips and panels of any rack.

Feeds and outlets are taken as they are found at the ends of paths, so that what is told of a rack
does not depend on which other racks are asked about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from dcim.record.equipment.paths import Key, trace
from dcim.record.equipment.power import PowerOutlet, PowerPort

MOST_STRIPS: Final = 4  # power strips in a row between a server and its feed
FEED: Final = "power_feed"
OUTLET: Final = "power_outlet"
PORT: Final = "power_port"


def feeds_of(ports: Collection[int]) -> dict[int, int]:
    """The feed that each power port is on in the end, by their keys; others are on none.

    Notes: one path and one query per strip on the way, however many ports.
    """
    found: dict[int, int] = {}
    waiting = {port: port for port in ports}  # the port asked about: the one followed for it
    for _strip in range(MOST_STRIPS):
        ends = _ends((PORT, at) for at in waiting.values())
        behind = _ports_behind(pk for some in ends.values() for kind, pk in some if kind == OUTLET)
        following: dict[int, int] = {}
        for port, at in waiting.items():
            kind, pk = next((one for one in ends[PORT, at] if one[0] in {FEED, OUTLET}), ("", 0))
            if kind == FEED:
                found[port] = pk
            elif pk in behind:
                following[port] = behind[pk]
        waiting = following
        if not waiting:
            break
    return found


def supplies_on(feeds: Iterable[int]) -> list[PowerPort]:
    """The supplies that are reached from the feeds, in any rack; those of strips are left out.

    Notes: as `feeds_of`.
    """
    reached: set[int] = set()
    going: list[Key] = [(FEED, pk) for pk in feeds]
    for _strip in range(MOST_STRIPS):
        ends = _ends(going)
        ports = {pk for some in ends.values() for kind, pk in some if kind == PORT} - reached
        reached |= ports
        outlets = PowerOutlet.objects.filter(power_port__in=ports)
        going = [(OUTLET, pk) for pk in outlets.values_list("pk", flat=True)]
        if not going:
            break
    found = PowerPort.objects.filter(pk__in=reached).select_related("device").order_by("pk")
    strips = PowerOutlet.objects.filter(device__powerports__in=reached)
    own = set(strips.values_list("device_id", flat=True))
    return [one for one in found if one.device_id not in own]


def _ends(origins: Iterable[Key]) -> dict[Key, tuple[Key, ...]]:
    """What is at the ends of the paths of which every cable is connected."""
    paths = trace(sorted(set(origins)))
    return {at: path.ends if path.is_active else () for at, path in paths.items()}


def _ports_behind(outlets: Iterable[int]) -> dict[int, int]:
    """The power port that feeds each outlet."""
    rows = PowerOutlet.objects.filter(pk__in=set(outlets), power_port__isnull=False)
    return dict(rows.values_list("pk", "power_port_id"))
