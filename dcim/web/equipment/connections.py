"""Where cables lead: on the page of a port, and on that of a device for all of its ports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from dcim.actions.rights import may
from dcim.catalog.components import COMPONENTS
from dcim.record.equipment.cables import FIELD_OF_ENDPOINT, MODEL_OF_FIELD, Cable, CableTermination
from dcim.record.equipment.devices import Device
from dcim.record.equipment.paths import Hop, Key, Path, trace
from dcim.web.objects.details import DetailPage
from dcim.web.values import formats
from dcim.web.values.formats import Shown
from dcim.web.values.rows import named

Seen = Callable[[QuerySet[Any]], QuerySet[Any]]
PORT_FIELDS: Final = tuple(
    field for model, field in FIELD_OF_ENDPOINT.items() if model in COMPONENTS
)


@dataclass(frozen=True, slots=True)
class Leg:
    """One cable of a way: where it is entered, the cable, where it leads."""

    near: list[Shown]
    cable: Shown
    far: list[Shown]


@dataclass(frozen=True, slots=True)
class Way:
    """From a port to what is reached at the far end, cable by cable."""

    port: Shown
    legs: list[Leg]
    ends: list[Shown]
    is_active: bool


def ways_from(keys: Sequence[Key], seen: Seen) -> list[Way]:
    """The way from each of the ports that have a cable and may be seen, in the order given."""
    paths = trace(keys)
    hops = [hop for path in paths.values() for hop in path.hops]
    ends = (one for path in paths.values() for one in path.ends)
    ports = shown_ports({*keys, *_keys_of(hops), *ends}, seen)
    cables = {
        one.pk: formats.shown_object(one)
        for one in seen(Cable.objects.filter(pk__in={hop.cable for hop in hops}))
    }
    return [
        _way(key, paths[key], ports, cables) for key in keys if key in ports and paths[key].hops
    ]


def _keys_of(hops: Iterable[Hop]) -> set[Key]:
    return {key for hop in hops for key in (*hop.near, *hop.far)}


def shown_ports(keys: Iterable[Key], seen: Seen) -> dict[Key, Shown]:
    """Those of the ports that may be seen, by their whole names; a query per kind of port."""
    asked: dict[str, set[int]] = {}
    for field, pk in keys:
        asked.setdefault(field, set()).add(pk)
    return {
        (field, one.pk): formats.shown_object(one)
        for field, pks in asked.items()
        for one in seen(named(MODEL_OF_FIELD[field])).filter(pk__in=pks)
    }


def hidden_port(key: Key) -> Shown:
    """A port that may not be seen: what it is and its number, as the API tells of it."""
    field, pk = key
    return Shown(f"{MODEL_OF_FIELD[field]._meta.verbose_name} #{pk}")


def _way(key: Key, path: Path, ports: dict[Key, Shown], cables: dict[int, Shown]) -> Way:
    legs = [
        Leg(
            [ports.get(one) or hidden_port(one) for one in hop.near],
            cables.get(hop.cable, Shown(f"#{hop.cable}")),
            [ports.get(one) or hidden_port(one) for one in hop.far],
        )
        for hop in path.hops
    ]
    ends = [ports.get(one) or hidden_port(one) for one in path.ends]
    return Way(ports[key], legs, ends or (legs[-1].far if legs else []), path.is_active)


class PortPage(DetailPage):
    """A port, and the way from it cable by cable."""

    template_name = "equipment/port.html"

    def more(self, obj: Any) -> dict[str, Any]:
        """The cables from the port to its far end; where one is plugged in while it has none."""
        if not self.may_view(Cable):
            return {}
        ways = ways_from([(FIELD_OF_ENDPOINT[type(obj)], obj.pk)], self.seen)
        plug = {"a_terminations": formats.full_name(obj), "next": self.request.path}
        url = f"{reverse('dcim.cable_add')}?{urlencode(plug)}"
        return {
            "shows_way": True,
            "way": ways[0] if ways else None,
            "plug_url": url if may(self.user, "add", Cable) else "",
        }


class DevicePage(DetailPage):
    """A device with its cables: from which port, to where."""

    template_name = "equipment/device.html"

    def more(self, obj: Device) -> dict[str, Any]:
        """The ways from all of the device's ports that have a cable."""
        if not self.may_view(Cable):
            return {}
        return {"ways": ways_from(_cabled_ports(obj), self.seen)}


def _cabled_ports(device: Device) -> list[Key]:
    rows = CableTermination.objects.none()
    for field in PORT_FIELDS:
        found = CableTermination.objects.filter(**{f"{field}__device": device}).order_by()
        rows = rows.union(found)
    return sorted(one.key for one in rows)


PAGES: Final[dict[type[Model], type[DetailPage]]] = {
    Device: DevicePage,
    **dict.fromkeys(FIELD_OF_ENDPOINT, PortPage),
}
