"""The ledgers of racks, read from the record rack by rack; and where a type of device fits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dcim.planning.racks.ledger import Feed, Inlet, RackFacts, RackLedger, Wish, rack_ledger
from dcim.record.equipment.component_templates import PowerPortTemplate
from dcim.record.equipment.devices import Device, Interface
from dcim.record.equipment.paths import Key, trace
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPort
from dcim.record.log.reading import one_view
from dcim.record.places.hardware import DeviceType
from dcim.record.places.racks import Rack, RackUnit
from dcim.record.places.reservations import ReservedUnit
from dcim.record.places.sites import Site
from dcim.vocabulary.choices import FeedPhase, FeedStatus
from dcim.vocabulary.choices_places import WeightUnit
from dcim.vocabulary.errors import InvalidInput, UnknownThing
from dcim.vocabulary.ports.component_choices import OutletStatus

GRAMS: Final = {
    WeightUnit.KILOGRAM.value: Decimal(1000),
    WeightUnit.GRAM.value: Decimal(1),
    WeightUnit.POUND.value: Decimal("453.59237"),
    WeightUnit.OUNCE.value: Decimal("28.349523125"),
}
SWITCHES: Final = ("switch", "access-switch", "distribution-switch", "core-switch")
WITHOUT_PLUG: Final = ("virtual", "bridge", "lag")
MOST_STRIPS: Final = 4  # power strips in a row between a server and its feed


def ledgers_of(racks: Sequence[Rack]) -> list[RackLedger]:
    """The ledger of each rack, in order.

    Notes: a dozen queries, and some per cable on the way to a feed, however many racks; only what
        stands in them is read.
    """
    with one_view():
        return [rack_ledger(facts) for facts in _Reading(racks).facts()]


def racks_called(name: str, site: str = "") -> QuerySet[Rack]:
    """The racks of that name and site, all where neither is given, in order.

    Raises: UnknownThing when a name is given that no rack, or no site, has.
    """
    racks = Rack.objects.select_related("site").order_by("site__name", "name", "pk")
    if site:
        racks = racks.filter(site__name=site)
        if not Site.objects.filter(name=site).exists():
            raise UnknownThing(
                _("No site is called “%(name)s”.") % {"name": site},
                field="site",
                hint=_("Look it up in the list of sites."),
            )
    if name:
        racks = racks.filter(name=name)
        if not racks.exists():
            raise UnknownThing(
                _("No rack is called “%(name)s”.") % {"name": name},
                field="rack",
                hint=_("Look it up in the list of racks."),
            )
    return racks


def wish_for(model: str) -> Wish:
    """What a device of a type asks of a rack.

    Args:
        model: the type's slug.

    Raises:
        UnknownThing: no type has that slug.
        InvalidInput: several have.

    Notes: watts and supplies are those of its power ports.
    """
    types = list(DeviceType.objects.filter(slug=model)[:2])
    if not types:
        raise UnknownThing(
            _("No device type has the slug “%(slug)s”.") % {"slug": model},
            field="device_type",
            hint=_("Look it up in the list of device types."),
        )
    if len(types) > 1:
        raise InvalidInput(
            _("Types of several manufacturers have the slug “%(slug)s”.") % {"slug": model},
            field="device_type",
            hint=_("Rename one of them."),
        )
    kind = types[0]
    ports = list(PowerPortTemplate.objects.filter(device_type=kind))
    return Wish(
        u_height=float(kind.u_height),
        is_full_depth=kind.is_full_depth,
        weight_g=_grams(kind.weight, kind.weight_unit) or 0,
        draw_w=sum(port.allocated_draw_w or port.maximum_draw_w or 0 for port in ports),
        supplies=len(ports),
    )


class _Reading:
    """What the record says of some racks."""

    def __init__(self, racks: Sequence[Rack]) -> None:
        self.racks = racks
        self.devices = list(
            Device.objects.filter(rack__in=racks).select_related("device_type", "role")
        )
        self.rack_of = {one.pk: one.rack_id for one in self.devices}
        self.names = {one.pk: str(one) for one in self.devices}
        self.feeds = {
            one.pk: one for one in PowerFeed.objects.filter(rack__in=racks).order_by("name", "pk")
        }
        outlets = PowerOutlet.objects.filter(device__in=self.devices)
        self.outlets = list(outlets.select_related("termination"))
        self.ports = list(PowerPort.objects.filter(device__in=self.devices))

    def facts(self) -> Iterable[RackFacts]:
        """The facts of each rack, in order."""
        taken, reserved = self._taken(), self._reserved()
        inlets, outlets, ports = self._inlets(), self._free_outlets(), self._free_ports()
        for rack in self.racks:
            standing = [one for one in self.devices if one.rack_id == rack.pk]
            weights = [
                _grams(one.device_type.weight, one.device_type.weight_unit) for one in standing
            ]
            yield RackFacts(
                id=rack.pk,
                name=rack.name,
                half_units=rack.half_units,
                taken={face: frozenset(taken[rack.pk, face]) for face in ("front", "rear")},
                reserved=frozenset(reserved[rack.pk]),
                weight_g=sum(one or 0 for one in weights),
                max_weight_g=_grams(rack.max_weight, rack.weight_unit),
                unweighed=weights.count(None),
                feeds=tuple(_feed(one) for one in self.feeds.values() if one.rack_id == rack.pk),
                inlets=tuple(inlets[rack.pk]),
                outlets=dict(sorted(outlets[rack.pk].items())),
                ports=dict(sorted(ports[rack.pk].items())),
            )

    def _taken(self) -> dict[tuple[int, str], list[int]]:
        found: dict[tuple[int, str], list[int]] = defaultdict(list)
        rows = RackUnit.objects.filter(rack__in=self.racks)
        for rack, face, half in rows.values_list("rack_id", "face", "half_unit"):
            found[rack, face].append(half)
        return found

    def _reserved(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        rows = ReservedUnit.objects.filter(rack__in=self.racks)
        for rack, unit in rows.values_list("rack_id", "unit"):
            found[rack] += (2 * unit, 2 * unit + 1)
        return found

    def _inlets(self) -> dict[int | None, list[Inlet]]:
        """The supplies of what draws power by itself, so not of power strips."""
        strips = {one.device_id for one in self.outlets}
        own = [one for one in self.ports if one.device_id not in strips]
        feeds = self._feeds_of([one.pk for one in own])
        found: dict[int | None, list[Inlet]] = defaultdict(list)
        for one in own:
            draw = one.allocated_draw_w or one.maximum_draw_w
            inlet = Inlet(self.names[one.device_id], draw, feeds.get(one.pk))
            found[self.rack_of[one.device_id]].append(inlet)
        return found

    def _feeds_of(self, ports: Collection[int]) -> dict[int, str]:
        """The feed that each power port is on in the end, through power strips."""
        found: dict[int, str] = {}
        waiting = {port: port for port in ports}  # the port asked about: the one followed for it
        behind = {one.pk: one.power_port_id for one in self.outlets}
        for _strip in range(MOST_STRIPS):
            paths = trace([("power_port", at) for at in sorted(set(waiting.values()))])
            ends = {at[1]: path.ends if path.is_active else () for at, path in paths.items()}
            following: dict[int, int] = {}
            for port, at in waiting.items():
                feed, strip = self._led_to(ends.get(at, ()), behind)
                if feed is not None:
                    found[port] = feed
                elif strip is not None:
                    following[port] = strip
            waiting = following
            if not waiting:
                break
        return found

    def _led_to(
        self, ends: Iterable[Key], behind: dict[int, int | None]
    ) -> tuple[str | None, int | None]:
        """The feed at the end of a path, or the power port behind the outlet that is there."""
        for kind, pk in ends:
            if kind == "power_feed" and pk in self.feeds:
                return self.feeds[pk].name, None
            if kind == "power_outlet":
                return None, behind.get(pk)
        return None, None

    def _free_outlets(self) -> dict[int | None, Counter[str]]:
        found: dict[int | None, Counter[str]] = defaultdict(Counter)
        for one in self.outlets:
            is_used = one.mark_connected or hasattr(one, "termination")
            if not is_used and one.status == OutletStatus.ENABLED:
                found[self.rack_of[one.device_id]][one.type or "unknown"] += 1
        return found

    def _free_ports(self) -> dict[int | None, Counter[str]]:
        """Ports of switches without a cable, by type, which says the speed."""
        switches = [one.pk for one in self.devices if one.role.slug in SWITCHES]
        rows = Interface.objects.filter(device__in=switches, enabled=True, mgmt_only=False)
        free = rows.filter(termination=None, mark_connected=False).exclude(type__in=WITHOUT_PLUG)
        found: dict[int | None, Counter[str]] = defaultdict(Counter)
        for device, kind in free.values_list("device_id", "type"):
            found[self.rack_of[device]][kind] += 1
        return found


def _feed(row: PowerFeed) -> Feed:
    return Feed(
        name=row.name,
        voltage_v=row.voltage_v,
        amperage_a=row.amperage_a,
        max_utilization_percent=row.max_utilization_percent,
        is_three_phase=row.phase == FeedPhase.THREE,
        is_on=row.status == FeedStatus.ACTIVE,
    )


def _grams(weight: Decimal | int | None, unit: str) -> int | None:
    """Grams, rounded up; None where no weight is stated."""
    if weight is None or unit not in GRAMS:
        return None
    grams = Decimal(weight) * GRAMS[unit]
    return int(grams.to_integral_value(rounding="ROUND_CEILING"))
