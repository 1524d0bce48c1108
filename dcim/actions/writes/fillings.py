"""New devices and modules get the components that their types' templates say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import ForeignKey, IntegerField, Model, Value
from django.utils.translation import gettext as _

from dcim.actions.changes import Actor, Change, log_changes, state_of
from dcim.actions.writes.custom_fields import begin_values
from dcim.actions.writes.statements import update_rows
from dcim.record.equipment.component_templates import (
    ConsolePortTemplate,
    ConsoleServerPortTemplate,
    DeviceBayTemplate,
    FrontPortTemplate,
    InterfaceTemplate,
    ModuleBayTemplate,
    PortTemplateMapping,
    PowerOutletTemplate,
    PowerPortTemplate,
    RearPortTemplate,
)
from dcim.record.equipment.components import MODULE_MARK
from dcim.record.equipment.devices import Device, Interface
from dcim.record.equipment.modules import DeviceBay, Module, ModuleBay
from dcim.record.equipment.ports import (
    ConsolePort,
    ConsoleServerPort,
    FrontPort,
    PortMapping,
    RearPort,
)
from dcim.record.equipment.power import PowerOutlet, PowerPort
from dcim.vocabulary.errors import InvalidInput

# In the order in which they are made: an outlet names the port that feeds it.
COMPONENT_OF: Final[Mapping[type[Model], type[Model]]] = {
    ConsolePortTemplate: ConsolePort,
    ConsoleServerPortTemplate: ConsoleServerPort,
    PowerPortTemplate: PowerPort,
    PowerOutletTemplate: PowerOutlet,
    InterfaceTemplate: Interface,
    RearPortTemplate: RearPort,
    FrontPortTemplate: FrontPort,
    ModuleBayTemplate: ModuleBay,
    DeviceBayTemplate: DeviceBay,
}
OF_THE_TEMPLATE: Final = frozenset({"id", "created", "last_updated"})
MARKED: Final = ("name", "label", "position")
AT_ONCE: Final = 2_000
MOST_LEVELS: Final = 32  # of modules in modules


@dataclass(frozen=True, slots=True)
class Place:
    """Where the components of one type go.

    Attributes:
        type_id: The device type or module type.
        owner: The columns that tie a component to its device, and to its module.
        positions: Of the bays around, from the outermost to the module's own: what `{module}`
            stands for in names; without any, it stands for itself.
    """

    type_id: int
    owner: Mapping[str, int]
    positions: Sequence[str] = ()


# The component of each template in each place, by the place's number and the template.
Made = dict[tuple[int, Model], Any]


def fill_devices(devices: Sequence[Device], by: Actor) -> None:
    """Give new devices the components of their device types.

    Notes: one query when no type has templates; else a few statements per kind of component.
    """
    _fill(
        "device_type_id",
        [Place(one.device_type_id, {"device_id": one.pk}) for one in devices],
        by,
    )


def fill_modules(modules: Sequence[Module], by: Actor) -> None:
    """Give the devices of new modules the components of the module types.

    Raises: InvalidInput: a name would be longer than a component's may be.

    Notes: as `fill_devices`.
    """
    positions = _positions_around(modules)
    places = [
        Place(
            one.module_type_id,
            {"device_id": one.device_id, "module_id": one.pk},
            positions[one.pk],
        )
        for one in modules
    ]
    _fill("module_type_id", places, by)


def _positions_around(modules: Sequence[Module]) -> dict[int, list[str]]:
    """The positions of the bays that each module is in, the outermost first; a query per level."""
    found: dict[int, list[str]] = {one.pk: [] for one in modules}
    inside = {one.pk: one.module_bay for one in modules}
    for _level in range(MOST_LEVELS):
        for pk, bay in inside.items():
            found[pk].insert(0, bay.position)
        keys = {bay.module_id for bay in inside.values() if bay.module_id is not None}
        if not keys:
            break
        around = Module.objects.select_related("module_bay").in_bulk(keys)
        inside = {
            pk: around[bay.module_id].module_bay
            for pk, bay in inside.items()
            if bay.module_id is not None
        }
    return found


def _fill(column: str, places: Sequence[Place], by: Actor) -> None:
    types = {one.type_id for one in places}
    made: Made = {}
    for template in _kinds_with_templates(column, types):
        _make(template, column, places, made)
    if not made:
        return
    _bridge(made)
    strands = _lay_strands(made)
    log_changes(
        (Change(one, one.pk, None, state_of(one, {})) for one in (*made.values(), *strands)), by=by
    )


def _kinds_with_templates(column: str, types: set[int]) -> list[type[Model]]:
    """The kinds of template that the `types` have, in the order of `COMPONENT_OF`."""
    kinds = [one for one in COMPONENT_OF if _has(one, column)]
    first, *others = (
        one._default_manager.filter(**{f"{column}__in": types})
        .order_by()
        .annotate(kind=Value(number, output_field=IntegerField()))
        .values_list("kind", flat=True)
        for number, one in enumerate(kinds)
    )
    return [kinds[number] for number in sorted(first.union(*others))]


def _has(model: type[Model], column: str) -> bool:
    return any(one.attname == column for one in model._meta.concrete_fields)


def _make(template: type[Model], column: str, places: Sequence[Place], made: Made) -> None:
    """Make the components of one kind in all `places`."""
    component = COMPONENT_OF[template]
    by_type: dict[int, list[Any]] = defaultdict(list)
    types = {one.type_id for one in places}
    for one in template._default_manager.filter(**{f"{column}__in": types}).order_by("pk"):
        by_type[getattr(one, column)].append(one)
    names = _copied(template)
    mine: Made = {}
    for number, place in enumerate(places):
        for one in by_type[place.type_id]:
            values = {name: _marked(one, name, place.positions) for name in names}
            if isinstance(one, PowerOutletTemplate) and one.power_port_id is not None:
                values["power_port"] = made.get((number, PowerPortTemplate(pk=one.power_port_id)))
            mine[number, one] = component(**place.owner, **values)
    begin_values(component, list(mine.values()))
    component._default_manager.bulk_create(mine.values(), batch_size=AT_ONCE)
    made |= mine


def _copied(template: type[Model]) -> list[str]:
    """The fields that a component has from its template as they are."""
    return [
        one.name
        for one in template._meta.concrete_fields
        if one.name not in OF_THE_TEMPLATE and not isinstance(one, ForeignKey)
    ]


def _marked(template: Any, name: str, positions: Sequence[str]) -> Any:
    """A template's value with the module's position in it.

    As many marks as there are bays around stand for these, one after the other; else each mark
    stands for the module's own bay.

    Raises: InvalidInput.
    """
    value = getattr(template, name)
    if not positions or name not in MARKED or MODULE_MARK not in value:
        return value
    parts = value.split(MODULE_MARK)
    marks = len(parts) - 1
    fitting = positions if marks == len(positions) else [positions[-1]] * marks
    written = "".join(one for pair in zip(parts, [*fitting, ""], strict=True) for one in pair)
    longest = template._meta.get_field(name).max_length
    if len(written) > longest:
        raise InvalidInput(
            _("A component would be called %(name)s, longer than %(longest)s characters.")
            % {"name": written, "longest": longest},
            field="module_bay",
            hint=_("Shorten the bay's position, or the template's name."),
        )
    return written


def _bridge(made: Made) -> None:
    """Tie the made interfaces to the bridges among them, as their templates are tied."""
    bridged = []
    for (number, template), one in made.items():
        if isinstance(template, InterfaceTemplate) and template.bridge_id is not None:
            one.bridge = made.get((number, InterfaceTemplate(pk=template.bridge_id)))
            bridged.append(one)
    if bridged:
        update_rows(Interface, bridged, ["bridge"])


def _lay_strands(made: Made) -> list[PortMapping]:
    """Lay the strands inside made panels, as they are laid in their types."""
    fronts = {one.pk for _number, one in made if isinstance(one, FrontPortTemplate)}
    if not fronts:
        return []
    by_front: dict[Model, list[PortTemplateMapping]] = defaultdict(list)
    for laid in PortTemplateMapping.objects.filter(front_port__in=fronts):
        by_front[FrontPortTemplate(pk=laid.front_port_id)].append(laid)
    strands = [
        PortMapping(
            front_port=front,
            front_port_position=laid.front_port_position,
            rear_port=rear,
            rear_port_position=laid.rear_port_position,
        )
        for (number, template), front in made.items()
        for laid in by_front.get(template, ())
        if (rear := made.get((number, RearPortTemplate(pk=laid.rear_port_id)))) is not None
    ]
    return PortMapping.objects.bulk_create(strands, batch_size=AT_ONCE)
