"""Primary addresses belong to what they are primary of, whichever side is written."""

from __future__ import annotations

from re import escape

import pytest

from dcim.actions import record
from dcim.record.equipment.devices import Device, Interface
from dcim.record.networks.ipam import IPAddress
from dcim.record.networks.machine_parts import VMInterface
from dcim.record.networks.virtualization import VirtualMachine
from dcim.vocabulary.errors import InvalidInput
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db


def device_with_primary() -> tuple[Device, IPAddress]:
    port = make(Interface)
    address = make(IPAddress, address="10.64.1.5/24", interface=port)
    return record.update(port.device, {"primary_ip4": address}, by=TESTER), address


def test_an_address_of_its_own_interface_is_primary() -> None:
    device, address = device_with_primary()
    assert Device.objects.get(pk=device.pk).primary_ip4 == address


def test_a_machine_has_a_primary_address_on_its_own_interface() -> None:
    port = make(VMInterface)
    six = make(IPAddress, address="fd00::5/64", vm_interface=port)
    record.update(port.virtual_machine, {"primary_ip6": six}, by=TESTER)
    assert VirtualMachine.objects.get(pk=port.virtual_machine_id).primary_ip6 == six


@pytest.mark.parametrize("model", [Device, VirtualMachine])
def test_an_unassigned_address_is_not_primary(model: type[Device] | type[VirtualMachine]) -> None:
    with pytest.raises(InvalidInput, match="on an interface of") as refused:
        record.update(make(model), {"primary_ip4": make(IPAddress)}, by=TESTER)
    assert refused.value.field == "primary_ip4"


def test_an_address_of_another_family_is_not_primary() -> None:
    port = make(Interface)
    four = make(IPAddress, address="10.64.1.5/24", interface=port)
    with pytest.raises(InvalidInput, match="not an IPv6 address"):
        record.update(port.device, {"primary_ip6": four}, by=TESTER)


def test_an_address_of_another_device_is_not_primary() -> None:
    foreign = make(IPAddress, interface=make(Interface))
    with pytest.raises(InvalidInput, match="on an interface of"):
        record.update_many(Device, [(make(Device), {"primary_ip4": foreign})], by=TESTER)


def test_a_primary_address_is_not_given_to_another() -> None:
    device, address = device_with_primary()
    with pytest.raises(InvalidInput, match=escape(str(device))):
        record.update(address, {"interface": make(Interface)}, by=TESTER)


def test_a_primary_ipv4_address_is_not_rewritten_to_ipv6() -> None:
    _, address = device_with_primary()
    with pytest.raises(InvalidInput, match="not an IPv4 address"):
        record.update(address, {"address": "fd00::5/64"}, by=TESTER)


def test_an_interface_with_a_primary_address_stays_on_its_machine() -> None:
    port = make(VMInterface)
    four = make(IPAddress, address="10.64.1.5/24", vm_interface=port)
    machine = record.update(port.virtual_machine, {"primary_ip4": four}, by=TESTER)
    with pytest.raises(InvalidInput, match=escape(str(machine))) as refused:
        record.update(port, {"virtual_machine": make(VirtualMachine)}, by=TESTER)
    assert refused.value.field == "virtual_machine"


@pytest.mark.parametrize("zoned", ["fe80::1%eth0/64", "fe80::1%1/64"])
def test_an_address_with_a_zone_is_refused(zoned: str) -> None:
    with pytest.raises(InvalidInput, match="zone") as refused:
        make(IPAddress, address=zoned)
    assert refused.value.field == "address"
