"""New devices and modules are filled from their types' templates, entry by entry."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from dcim.actions import panels, record
from dcim.actions.writes.fillings import COMPONENT_OF
from dcim.record.equipment.component_templates import (
    DeviceBayTemplate,
    FrontPortTemplate,
    InterfaceTemplate,
    ModuleBayTemplate,
    PowerOutletTemplate,
    PowerPortTemplate,
    RearPortTemplate,
)
from dcim.record.equipment.devices import Device, Interface
from dcim.record.equipment.modules import Module, ModuleBay, ModuleType
from dcim.record.equipment.ports import PortMapping
from dcim.record.equipment.power import PowerOutlet
from dcim.record.log.changes import ObjectChange
from dcim.record.places.hardware import DeviceRole, DeviceType
from dcim.record.places.sites import Site
from dcim.vocabulary.errors import InvalidInput
from tests.factories import TESTER, make
from tests.record.change_log import after

pytestmark = pytest.mark.django_db


def devices(count: int, kind: DeviceType) -> list[Device]:
    common = {"device_type": kind, "role": make(DeviceRole), "site": make(Site)}
    rows = [{**common, "name": f"alat-{number}"} for number in range(count)]
    return record.create_many(Device, rows, by=TESTER)


def line_card(name: str) -> ModuleType:
    kind = make(ModuleType)
    make(InterfaceTemplate, device_type=None, module_type=kind, name=name, label="{module}")
    return kind


def test_a_new_device_has_the_components_of_its_type() -> None:
    template = make(InterfaceTemplate, name="eth0", type="1000base-t", mgmt_only=True)
    device = make(Device, device_type=template.device_type)
    (port,) = device.interfaces.all()
    assert (port.name, port.type, port.mgmt_only) == ("eth0", "1000base-t", True)


def test_outlets_and_bridges_name_the_components_of_their_own_device() -> None:
    kind = make(DeviceType)
    inlet = make(PowerPortTemplate, device_type=kind, name="masuk")
    make(PowerOutletTemplate, device_type=kind, name="keluar", power_port=inlet)
    bridge = make(InterfaceTemplate, device_type=kind, name="br0", type="bridge")
    make(InterfaceTemplate, device_type=kind, name="eth0", bridge=bridge)
    for device in devices(2, kind):
        outlet = PowerOutlet.objects.get(device=device)
        port = Interface.objects.get(device=device, name="eth0")
        assert outlet.power_port == device.powerports.get()
        assert port.bridge == device.interfaces.get(name="br0")


def test_an_outlet_of_no_inlet_is_made_so() -> None:
    kind = make(DeviceType)
    make(PowerOutletTemplate, device_type=kind, name="keluar", power_port=None)
    (device,) = devices(1, kind)
    assert PowerOutlet.objects.get(device=device).power_port is None


def test_strands_are_laid_as_in_the_type() -> None:
    kind = make(DeviceType)
    rear = make(RearPortTemplate, device_type=kind, name="belakang", positions=2)
    row = {
        "device_type": kind,
        "name": "depan",
        "type": "lc",
        "rear_ports": [panels.Strand(1, rear, 2)],
    }
    panels.create_many(FrontPortTemplate, [row], by=TESTER)
    first, second = devices(2, kind)
    strands = PortMapping.objects.order_by("pk")
    assert [one.front_port.device for one in strands] == [first, second]
    assert [one.rear_port.device for one in strands] == [first, second]
    assert {one.rear_port_position for one in strands} == {2}


def test_every_component_has_an_entry_that_says_what_is_stored() -> None:
    kind = make(DeviceType)
    bridge = make(InterfaceTemplate, device_type=kind, name="br0", type="bridge")
    make(InterfaceTemplate, device_type=kind, name="eth0", bridge=bridge)
    devices(3, kind)
    entries = ObjectChange.objects.filter(changed_object_type="dcim.interface", action="create")
    ties = {one.pk: one.bridge_id for one in Interface.objects.all()}
    assert {one.changed_object_id: after(one)["bridge"] for one in entries} == ties
    assert len(ties) == entries.count() == 6


def test_the_statements_do_not_grow_with_the_devices(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    kind = make(DeviceType)
    for number in range(4):
        make(InterfaceTemplate, device_type=kind, name=f"eth{number}")
    common = {"device_type": kind, "role": make(DeviceRole), "site": make(Site)}
    rows = [{**common, "name": f"alat-{number}"} for number in range(60)]
    with django_assert_max_num_queries(40):
        record.create_many(Device, rows, by=TESTER)
    assert Interface.objects.count() == 240


def test_a_module_brings_its_components_named_after_its_bay() -> None:
    bay = make(ModuleBay, position="3")
    module = make(Module, device=bay.device, module_bay=bay, module_type=line_card("xe-{module}/0"))
    (port,) = Interface.objects.all()
    assert (port.device, port.module) == (bay.device, module)
    assert (port.name, port.label) == ("xe-3/0", "3")


def in_module(outer: Module, position: str) -> ModuleBay:
    return make(ModuleBay, device=outer.device, module=outer, position=position)


def test_marks_stand_for_the_bays_around_one_after_the_other() -> None:
    bay = make(ModuleBay, position="2")
    outer = make(Module, device=bay.device, module_bay=bay)
    kind = line_card("xe-{module}/{module}")
    make(Module, device=bay.device, module_bay=in_module(outer, "5"), module_type=kind)
    (port,) = Interface.objects.all()
    assert (port.name, port.label) == ("xe-2/5", "5")


def test_bays_of_a_module_are_its_own_and_are_named_after_its_bay() -> None:
    kind = make(ModuleType)
    make(ModuleBayTemplate, device_type=None, module_type=kind, name="slot {module}")
    bay = make(ModuleBay, position="7")
    module = make(Module, device=bay.device, module_bay=bay, module_type=kind)
    (inner,) = ModuleBay.objects.filter(module=module)
    assert (inner.name, inner.device) == ("slot 7", bay.device)


def test_a_new_device_gets_a_component_for_each_kind_of_template() -> None:
    kind = make(DeviceType)
    for template in COMPONENT_OF:
        make(template, device_type=kind, name="1")
    (device,) = devices(1, kind)
    for component in COMPONENT_OF.values():
        assert component._default_manager.filter(device=device, name="1").exists()


def test_a_new_module_gets_a_component_for_each_kind_of_template() -> None:
    kind = make(ModuleType)
    kinds = {one: of for one, of in COMPONENT_OF.items() if one is not DeviceBayTemplate}
    for template in kinds:
        make(template, device_type=None, module_type=kind, name="{module}")
    bay = make(ModuleBay, position="4")
    module = make(Module, device=bay.device, module_bay=bay, module_type=kind)
    for component in kinds.values():
        assert component._default_manager.filter(module=module, name="4").exists()


def test_a_module_whose_components_would_get_too_long_a_name_is_refused() -> None:
    bay = make(ModuleBay, position="9" * 30)
    values = {
        "device": bay.device,
        "module_bay": bay,
        "module_type": line_card("x" * 40 + "{module}"),
    }
    with pytest.raises(InvalidInput, match="longer than 64"):
        record.create(Module, values, by=TESTER)
    assert not Module.objects.exists()


def test_a_module_whose_components_are_there_already_is_refused() -> None:
    bay = make(ModuleBay, position="1")
    make(Interface, device=bay.device, name="xe-1/0")
    values = {"device": bay.device, "module_bay": bay, "module_type": line_card("xe-{module}/0")}
    with pytest.raises(InvalidInput):
        record.create(Module, values, by=TESTER)
    assert not Module.objects.exists()
