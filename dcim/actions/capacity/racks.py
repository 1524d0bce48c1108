"""The ledgers of racks, read from the record rack by rack; and where a type of device fits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dcim.actions.capacity.rack_power import feeds_of, supplies_on
from dcim.planning.racks.ledger import Feed, Inlet, RackFacts, RackLedger, Wish, rack_ledger
from dcim.record.equipment.component_templates import PowerPortTemplate
from dcim.record.equipment.devices import Device, Interface
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
        self.feeds = {
            one.pk: one for one in PowerFeed.objects.filter(rack__in=racks).order_by("name", "pk")
        }
        outlets = PowerOutlet.objects.filter(device__in=self.devices)
        self.outlets = list(outlets.select_related("termination"))
        ports = PowerPort.objects.filter(device__in=self.devices)
        self.ports = list(ports.select_related("device"))

    def facts(self) -> Iterable[RackFacts]:
        """The facts of each rack, in order."""
        taken, reserved = self._taken(), self._reserved()
        inlets, outlets, ports = self._inlets(), self._free_outlets(), self._free_ports()
        for rack in self.racks:
            feeds = tuple(_feed(one) for one in self.feeds.values() if one.rack_id == rack.pk)
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
                feeds=feeds,
                inlets=tuple(inlets.get(rack.pk, ())),
                elsewhere=tuple(_elsewhere(rack, feeds, inlets)),
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
        """The supplies of what draws power by itself, so not of power strips, by their rack.

        Notes: those of other racks are there too that hang on a feed of these.
        """
        strips = {one.device_id for one in self.outlets}
        supplies = {one.pk: one for one in supplies_on(self.feeds)}
        supplies |= {one.pk: one for one in self.ports if one.device_id not in strips}
        feeds = feeds_of(list(supplies))
        found: dict[int | None, list[Inlet]] = defaultdict(list)
        for pk, one in sorted(supplies.items()):
            draw = one.allocated_draw_w or one.maximum_draw_w
            inlet = Inlet(str(one.device), draw, feeds.get(pk))
            found[one.device.rack_id].append(inlet)
        return found

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


def _elsewhere(
    rack: Rack, feeds: Iterable[Feed], inlets: Mapping[int | None, list[Inlet]]
) -> Iterable[Inlet]:
    """The supplies outside the rack that hang on a feed of it."""
    own = {feed.id for feed in feeds}
    others = (some for place, some in inlets.items() if place != rack.pk)
    return (one for some in others for one in some if one.feed in own)


def _feed(row: PowerFeed) -> Feed:
    return Feed(
        id=row.pk,
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
