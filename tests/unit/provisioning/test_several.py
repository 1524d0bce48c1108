"""Machines with several interfaces and disks, and with what operators added by hand: a plan changes
what it speaks of, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4
from xml.etree import ElementTree as ET

import libvirt
import pytest

from dcim.vocabulary.errors import LumbungError, Refused
from provisioning.provider.driver import Driver
from provisioning.provider.on_libvirt.domain_xml import domain_seen, domain_xml, edited
from provisioning.provider.on_libvirt.marks import mac_of, mark_xml, notes_of
from provisioning.provider.on_libvirt.network_xml import edited_network, network_seen, network_xml
from provisioning.provider.on_libvirt.volumes import volume_xml
from provisioning.provider.opening import driver_for
from provisioning.provider.provider import changed_fields
from provisioning.provider.resizing import needs_restart
from provisioning.provider.specs import (
    DomainSpec,
    Kind,
    NetworkSpec,
    Plain,
    VolumeSpec,
    meant,
    properties_of,
)

URI = "test:///default"
NAME = "banyak-db-1"
SPEC = DomainSpec(
    name=NAME, vcpus=2, memory_mib=2048, volume=f"default/{NAME}", network="apps", app="BANYAK"
)
BY_HAND = """
<domain type='test' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>banyak-db-1</name>
  <metadata>
    <kantor:ruang xmlns:kantor='urn:paser:ruang' kantor:rak='B4'>lantai 2</kantor:ruang>
  </metadata>
  <maxMemory slots='4' unit='MiB'>3072</maxMemory>
  <memory unit='MiB'>2048</memory><currentMemory unit='MiB'>2048</currentMemory>
  <memoryBacking><hugepages/></memoryBacking>
  <vcpu placement='static' cpuset='0-3'>2</vcpu>
  <cputune><shares>512</shares><vcpupin vcpu='0' cpuset='1'/></cputune>
  <os><type>hvm</type></os>
  <cpu mode='host-passthrough'>
    <topology sockets='1' dies='1' cores='2' threads='1'/><feature policy='disable' name='vmx'/>
    <numa><cell id='0' cpus='0-1' memory='2048' unit='MiB'/></numa>
  </cpu>
  <devices>
    <disk type='volume' device='cdrom'>
      <source pool='default' volume='banyak-db-1-seed.iso'/><target dev='hdc' bus='ide'/>
    </disk>
    <disk type='volume' device='disk'>
      <source pool='default' volume='banyak-db-1'/><target dev='vda' bus='virtio'/>
    </disk>
    <disk type='volume' device='disk'>
      <source pool='data' volume='banyak-db-1'/><target dev='sda' bus='scsi'/>
    </disk>
    <interface type='hostdev'>
      <mac address='52:54:00:00:00:01'/>
      <source><address type='pci' domain='0x0000' bus='0x03' slot='0x00' function='0x1'/></source>
    </interface>
    <interface type='network'>
      <mac address='52:54:00:00:00:02'/><source network='kelola'/><model type='e1000'/>
    </interface>
    <interface type='network'>
      <mac address='52:54:00:00:00:03'/><source network='apps'/><model type='virtio'/>
    </interface>
    <interface type='bridge'>
      <mac address='52:54:00:00:00:04'/><source bridge='br0'/><vlan><tag id='7'/></vlan>
      <virtualport type='openvswitch'/><model type='virtio'/>
    </interface>
    <graphics type='vnc' passwd='rahasia'/>
    <hostdev mode='subsystem' type='pci'>
      <source><address domain='0x0000' bus='0x04' slot='0x00' function='0x0'/></source>
    </hostdev>
  </devices>
  <qemu:commandline><qemu:arg value='-snapshot'/></qemu:commandline>
</domain>
"""
NETWORKS = ["kelola", "apps", "br0"]


def on(xml: str) -> dict[str, str]:
    """The networks of its interfaces, by the end of their MAC addresses."""
    found: dict[str, str] = {}
    for one in ET.fromstring(xml).findall("devices/interface"):
        mac, source = one.find("mac"), one.find("source")
        assert mac is not None
        assert source is not None
        found[mac.get("address", "")[-2:]] = source.get("network", source.get("bridge", ""))
    return found


def canonical(xml: str, *without: str) -> str:
    root = ET.fromstring(xml)
    for path in without:
        parent = root.find(path.rpartition("/")[0] or ".")
        for child in root.findall(path) if parent is not None else ():
            parent.remove(child)  # type: ignore[union-attr]  # just looked at
    return ET.canonicalize(ET.tostring(root, encoding="unicode"), strip_text=True)


UNTOUCHED = {"01": "", "02": "kelola", "03": "apps", "04": "br0"}


@pytest.mark.parametrize("network", [*NETWORKS, None])
def test_a_machine_on_the_plans_network_by_any_interface_differs_in_nothing(
    network: str | None,
) -> None:
    seen, wanted = domain_seen(BY_HAND), replace(SPEC, network=network)
    assert seen["networks"] == NETWORKS
    told = {**seen, "app": "BANYAK", "running": True}
    assert changed_fields(Kind.DOMAIN, told, properties_of(wanted)) == []
    assert not needs_restart(seen, properties_of(wanted))
    assert on(edited(BY_HAND, wanted)) == UNTOUCHED


@pytest.mark.parametrize(
    ("before", "moved"),
    [("apps", "03"), ("kelola", "02"), ("br0", "04"), ("", "02"), ("gone", "02")],
)
def test_another_network_moves_the_one_interface_that_the_plan_spoke_of(
    before: str, moved: str
) -> None:
    after = edited(BY_HAND, replace(SPEC, network="dmz"), before)
    assert on(after) == {**UNTOUCHED, moved: "dmz"}
    (interface,) = [
        one
        for one in ET.fromstring(after).findall("devices/interface")
        if (source := one.find("source")) is not None and source.get("network") == "dmz"
    ]
    assert interface.get("type") == "network"
    assert {one.tag for one in interface} == {"mac", "source", "model"}


def test_the_interface_that_was_meant_is_known_again_when_others_moved_it_by_hand() -> None:
    marked = edited(BY_HAND, SPEC)
    by_hand = marked.replace('network="apps"', 'network="lain"')
    assert domain_seen(by_hand)["network"] == "lain"
    assert on(edited(by_hand, SPEC, "lain")) == UNTOUCHED
    assert on(edited(by_hand, SPEC)) == UNTOUCHED


def test_a_machine_without_an_interface_on_a_network_gets_one_beside_what_it_has() -> None:
    root = ET.fromstring(BY_HAND)
    devices = root.find("devices")
    assert devices is not None
    for one in devices.findall("interface")[1:]:
        devices.remove(one)
    after = on(edited(ET.tostring(root, encoding="unicode"), SPEC))
    assert after == {"01": "", mac_of(NAME)[-2:]: "apps"}


def test_a_machine_that_is_made_without_a_network_has_no_interface() -> None:
    made = domain_xml(replace(SPEC, network=None), "kvm")
    assert on(made) == {}
    assert domain_seen(made)["network"] is None


def test_a_resize_keeps_what_operators_laid_out_by_hand() -> None:
    grown = edited(BY_HAND, replace(SPEC, vcpus=4, memory_mib=4096))
    root = ET.fromstring(grown)
    assert [root.findtext(one) for one in ("memory", "currentMemory", "maxMemory")] == ["4096"] * 3
    texts = {
        "cpu/topology": {"sockets": "2", "dies": "1", "cores": "2", "threads": "1"},
        "cpu/numa/cell": {"id": "0", "cpus": "0-1", "memory": "4096", "unit": "MiB"},
        "vcpu": {"placement": "static", "cpuset": "0-3", "current": "4"},
    }
    assert {path: dict(root.find(path).attrib) for path in texts} == texts  # type: ignore[union-attr]
    sized = ("maxMemory", "memory", "currentMemory", "vcpu", "cpu/topology", "cpu/numa")
    ours = "metadata/{urn:lumbung:vm:1}vm"
    assert canonical(grown, *sized, ours) == canonical(BY_HAND, *sized)
    for by_name in ("<kantor:ruang", "<qemu:arg", 'xmlns:qemu="http://libvirt.org/'):
        assert by_name in grown


def test_a_topology_that_comes_out_uneven_is_libvirts_again_and_several_cells_are_refused() -> None:
    odd = edited(BY_HAND, replace(SPEC, vcpus=3))
    assert ET.fromstring(odd).find("cpu/topology") is None
    cell = "<cell id='0' cpus='0-1' memory='2048' unit='MiB'/>"
    two = BY_HAND.replace(cell, f"{cell}<cell id='1' cpus='2-3' memory='0'/>")
    with pytest.raises(Refused, match=r"banyak-db-1 is laid out over 2 NUMA cells.*virsh edit"):
        edited(two, replace(SPEC, memory_mib=4096))
    assert edited(two, SPEC)


def test_of_two_volumes_of_one_name_in_two_pools_each_is_known_by_its_pool() -> None:
    seen = domain_seen(BY_HAND)
    assert seen["disks"] == [f"default/{NAME}", f"data/{NAME}"]
    for disk in ("default", "data", "old"):
        wanted = properties_of(replace(SPEC, volume=f"{disk}/{NAME}"))
        told = {**seen, "app": "BANYAK", "running": True}
        expected = ["volume"] if disk == "old" else []
        assert changed_fields(Kind.DOMAIN, told, wanted) == expected


NETWORK_BY_HAND = """
<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'>
  <name>apps</name><uuid>6e1f5a0c-0000-4000-8000-000000000001</uuid>
  <forward mode='nat'><nat><port start='1024' end='65535'/></nat></forward>
  <bridge name='virbr7' stp='on' delay='0'/><mtu size='9000'/><domain name='paser.local'/>
  <ip family='ipv6' address='fd00:64::1' prefix='64'/>
  <ip address='10.64.0.1' prefix='24'><dhcp><range start='10.64.0.9' end='10.64.0.99'/></dhcp></ip>
  <dnsmasq:options><dnsmasq:option value='log-queries'/></dnsmasq:options>
</network>
"""


@pytest.mark.parametrize("mode", ["nat", ""])
@pytest.mark.parametrize("cidr", ["10.64.0.0/24", "fd00:64::/64", None])
def test_a_network_is_the_plans_by_either_of_two_ranges_and_in_a_mode_not_stated(
    cidr: str | None, mode: str
) -> None:
    seen = network_seen(NETWORK_BY_HAND)
    wanted = properties_of(NetworkSpec(name="apps", mode=mode, cidr=cidr, vlan=10))
    assert changed_fields(Kind.NETWORK, seen, wanted) == []


def test_a_network_that_changes_keeps_what_operators_added() -> None:
    kept = edited_network(NETWORK_BY_HAND, NetworkSpec(name="apps", mode="", cidr="10.65.0.0/24"))
    assert network_seen(kept)["mode"] == "nat"
    wanted = NetworkSpec(name="apps", mode="isolated", cidr="10.65.0.0/24")
    after = edited_network(NETWORK_BY_HAND, wanted)
    assert network_seen(after)["cidrs"] == ["fd00:64::/64", "10.65.0.0/24"]
    changing = ("forward", "ip")
    assert canonical(after, *changing, "metadata") == canonical(NETWORK_BY_HAND, *changing)
    tagged = network_xml(NetworkSpec(name="br0", mode="bridge", vlan=10)).replace(
        "<bridge", "<portgroup name='lain'/><bridge"
    )
    for vlan in (20, None):
        changed = edited_network(tagged, NetworkSpec(name="br0", mode="bridge", vlan=vlan))
        assert network_seen(changed)["vlan"] == vlan
        assert "lain" in changed
    assert ">6e1f" in edited_network(NETWORK_BY_HAND, NetworkSpec(name="apps", mode="bridge"))


# On a hypervisor


@pytest.fixture(params=["rehearsal:several", URI])
def driver(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> Iterator[Driver]:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    one = driver_for(request.param)
    one.create(NetworkSpec(name="apps", mode=""))
    one.create(VolumeSpec(name=NAME, size_gib=4))
    yield one
    one.delete(Kind.DOMAIN, NAME)
    one.delete(Kind.VOLUME, f"default/{NAME}")
    one.delete(Kind.NETWORK, "apps")


def test_a_plan_that_is_silent_on_the_network_takes_none_away(driver: Driver) -> None:
    driver.create(SPEC)
    driver.update(replace(SPEC, network=None, vcpus=3))
    seen = driver.read(Kind.DOMAIN, NAME) or {}
    assert (seen["network"], seen["vcpus"]) == ("apps", 3)
    assert (driver.read(Kind.NETWORK, "apps") or {})["mode"] == "isolated"


@pytest.fixture
def connection(driver: Driver) -> Iterator[libvirt.virConnect]:
    with libvirt.open(URI) as one:
        yield one


@pytest.mark.parametrize("driver", [URI], indirect=True)
class TestByHand:
    """What others attach to a machine of ours, or make of its disk."""

    def test_what_was_attached_by_hand_stays_through_updates_and_a_new_start(
        self, driver: Driver, connection: libvirt.virConnect
    ) -> None:
        driver.create(SPEC)
        domain = connection.lookupByName(NAME)
        root = ET.fromstring(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
        (devices,) = root.findall("devices")
        for xml in (
            "<disk type='file'><source file='/data/x.img'/><target dev='sdb'/></disk>",
            "<disk type='file' device='cdrom'><source file='/cd.iso'/><target dev='hdc'/></disk>",
            "<interface type='user'><mac address='52:54:00:00:00:09'/></interface>",
            "<interface type='network'><mac address='52:54:00:00:00:0a'/>"
            "<source network='default'/></interface>",
            "<graphics type='vnc' port='5999' passwd='rahasia'/>",
        ):
            devices.append(ET.fromstring(xml))
        connection.defineXML(ET.tostring(root, encoding="unicode"))
        kept = self.devices(connection)
        assert len(kept) >= len([*devices])
        driver.update(replace(SPEC, vcpus=4, memory_mib=4096, app="LAIN"))
        driver.update(replace(SPEC, running=False))
        driver.update(SPEC)
        driver.update(VolumeSpec(name=NAME, size_gib=8))
        assert self.devices(connection) == kept
        seen = driver.read(Kind.DOMAIN, NAME) or {}
        assert seen["networks"] == ["apps", "default"]
        assert seen["disks"] == [f"default/{NAME}", "/data/x.img"]

    def devices(self, connection: libvirt.virConnect) -> list[str]:
        flags = libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE
        root = ET.fromstring(connection.lookupByName(NAME).XMLDesc(flags))
        found = [ET.canonicalize(ET.tostring(one)) for one in root.findall("devices/*")]
        assert any("rahasia" in one for one in found) or len(found) < 3
        return found

    def test_no_second_machine_is_made_on_the_disk_of_one_that_was_renamed(
        self, driver: Driver, connection: libvirt.virConnect
    ) -> None:
        adopted = domain_xml(replace(SPEC, name="lama"), "test")
        renamed = ET.fromstring(adopted)
        for path, text in (("uuid", str(uuid4())), ("name", "lama-x")):
            for one in renamed.findall(path):
                one.text = text
        machine = connection.defineXML(ET.tostring(renamed, encoding="unicode"))
        with pytest.raises(LumbungError, match=r"is the disk of lama-x.*domrename lama-x banyak"):
            driver.create(SPEC)
        machine.undefine()
        assert driver.read(Kind.DOMAIN, NAME) is None

    def test_the_base_of_other_disks_is_neither_taken_nor_removed(
        self, driver: Driver, connection: libvirt.virConnect
    ) -> None:
        pool = connection.storagePoolLookupByName("default-pool")
        base = pool.storageVolLookupByName(NAME)
        clone = pool.createXML(volume_xml(VolumeSpec(name="klon-1", size_gib=4), base.path()))
        with pytest.raises(LumbungError, match="is the base of default-pool/klon-1"):
            driver.create(VolumeSpec(name=NAME, size_gib=4))
        with pytest.raises(LumbungError, match="is the base of default-pool/klon-1"):
            driver.delete(Kind.VOLUME, f"default/{NAME}")
        clone.delete()

    def test_a_machine_that_would_be_half_removed_goes_on_running(
        self, driver: Driver, connection: libvirt.virConnect
    ) -> None:
        driver.create(SPEC)
        domain = connection.lookupByName(NAME)
        snapshot = domain.snapshotCreateXML("<domainsnapshot/>")
        with pytest.raises(Refused, match=r"has snapshots .1.,.*virsh snapshot-delete banyak-db-1"):
            driver.delete(Kind.DOMAIN, NAME)
        snapshot.delete()
        pool = connection.storagePoolLookupByName("default-pool")
        base = pool.storageVolLookupByName(NAME)
        clone = pool.createXML(volume_xml(VolumeSpec(name="klon-2", size_gib=4), base.path()))
        with pytest.raises(LumbungError, match="is the base of default-pool/klon-2"):
            driver.delete(Kind.DOMAIN, NAME)
        beside = (
            "<disk type='file' device='disk'><source file='/lain/data'/>"
            "<target dev='hda' bus='ide'/></disk>"
        )
        connection.defineXML(domain.XMLDesc(0).replace("<disk ", f"{beside}<disk ", 1))
        with pytest.raises(LumbungError, match="is the base of default-pool/klon-2"):
            driver.delete(Kind.DOMAIN, NAME)
        assert domain.isActive()
        clone.delete()

    def test_a_network_is_not_cut_under_machines_that_hang_on_its_bridge(
        self, driver: Driver, connection: libvirt.virConnect
    ) -> None:
        bridge = "<bridge name='virbr9'/></network>"
        xml = network_xml(NetworkSpec(name="apps")).replace("</network>", bridge)
        driver.delete(Kind.NETWORK, "apps")
        connection.networkDefineXML(xml).create()
        xml = domain_xml(replace(SPEC, name="jembatan-1", network=None), "test").replace(
            "</devices>",
            "<interface type='bridge'><source bridge='virbr9'/></interface></devices>",
        )
        machine = connection.defineXML(xml)
        machine.create()
        with pytest.raises(Refused, match="while machines run on it: jembatan-1"):
            driver.delete(Kind.NETWORK, "apps")
        machine.destroy()
        machine.undefine()


def test_a_mark_says_which_interface_is_meant_only_where_ours_is_not() -> None:
    made = domain_xml(SPEC, "kvm")
    assert mark_xml(notes_of(SPEC)).count("interface") == 0
    assert "52:54:00:00:00:03" in edited(BY_HAND, SPEC).partition("</metadata>")[0]
    assert "interface=" not in edited(made, SPEC).partition("</metadata>")[0]
    seen: dict[str, Plain] = domain_seen(edited(BY_HAND, replace(SPEC, network="br0")))
    assert seen["network"] == meant(seen, "network", None) == "br0"
