"""Machines that run already are taken over as they are, without a restart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

import libvirt
import pytest

from dcim.planning.document import Network, PlanDocument
from dcim.vocabulary.errors import LumbungError
from provisioning.engine.markdown import as_markdown
from provisioning.engine.report import Action, Counts, Op, Report
from provisioning.engine.run import run
from provisioning.engine.text import as_text
from provisioning.provider.on_libvirt.interfaces import networks_of
from provisioning.provider.on_libvirt.marks import METADATA
from provisioning.provider.opening import driver_for
from provisioning.provider.specs import DomainSpec, Kind, VolumeSpec
from provisioning.provider.storage import look_at, without_beside
from tests.plan_documents import document, target, vm, without_machines
from tests.setup.libvirt import Hypervisor

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

SAME, OTHER, STRAY = "simpeg-app-1", "sipp-web-1", "liar-1"
SIZES = ("memory", "currentMemory", "vcpu")
INACTIVE = libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE
BY_HAND = """
<domain type='qemu'>
  <name>{name}</name>
  <metadata><kantor:ruang xmlns:kantor='urn:paser:ruang' kantor:rak='B4'/></metadata>
  <memory unit='MiB'>64</memory><vcpu placement='static'>1</vcpu>
  <cputune><shares>512</shares></cputune>
  <os><type>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/><source file='{folder}/pool/{name}-lama.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    {more}
    <interface type='network'><source network='apps'/><model type='virtio'/></interface>
    <video><model type='vga'/></video>
    <graphics type='vnc' passwd='rahasia'/>
  </devices>
</domain>
"""
OF_OTHERS = {f"{SAME}-data.qcow2": "qcow2", f"{SAME}-seed.iso": "raw"}
SEVERAL = """
    <disk type='volume' device='disk'>
      <driver name='qemu' type='qcow2'/><source pool='default' volume='{name}-data.qcow2'/>
      <target dev='sdb' bus='scsi'/>
    </disk>
    <disk type='volume' device='cdrom'>
      <source pool='default' volume='{name}-seed.iso'/><target dev='sda' bus='scsi'/><readonly/>
    </disk>
    <interface type='network'><source network='kelola'/><model type='virtio'/></interface>
"""
"""Of one machine: another disk, a CD, and before the interface of the plan one of management."""
DATA = """
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/><source file='{folder}/pool/data-lama.qcow2'/>
      <target dev='vdb' bus='virtio'/>
    </disk>
"""
MORE = {SAME: SEVERAL, OTHER: DATA}
DISK = "<volume><name>{name}</name><capacity unit='GiB'>{gib}</capacity>\
<target><format type='{form}'/></target></volume>"
NETWORK = "<network><name>apps</name><forward mode='nat'/><dns enable='no'/>\
<ip address='10.64.0.1' prefix='24'/></network>"
BESIDE = "<network><name>{name}</name></network>"


def make_by_hand(hypervisor: Hypervisor, *names: str) -> None:
    connection = hypervisor.connection
    for network in (NETWORK, *(BESIDE.format(name=name) for name in ("kelola", "dmz"))):
        connection.networkDefineXML(network).create()
    pool = connection.storagePoolLookupByName(hypervisor.pool)
    for name, form in OF_OTHERS.items():
        pool.createXML(DISK.format(name=name, form=form, gib=1))
    pool.createXML(DISK.format(name="data-lama.qcow2", form="qcow2", gib=2))
    for name in names:
        pool.createXML(DISK.format(name=f"{name}-lama.qcow2", form="qcow2", gib=1))
        more = MORE.get(name, "").format(name=name, folder=hypervisor.folder)
        machine = BY_HAND.format(name=name, folder=hypervisor.folder, more=more)
        connection.defineXML(machine).create()


def plan_of(hypervisor: Hypervisor) -> PlanDocument:
    sizes = {"vcpus": 1, "memory_mib": 64, "storage_gib": 1}
    machines = (
        vm(SAME, **{**sizes, "storage_gib": 2}, addresses=("10.64.0.12/24",)),
        vm(OTHER, **{**sizes, "memory_mib": 96, "storage_gib": 4}),  # the record errs
    )
    apps = Network(name="apps", mode="", cidr="10.64.0.0/24", vlan=10)
    return document(target(hypervisor=hypervisor.uri, networks=(apps,), vms=machines))


@dataclass(frozen=True)
class Taken:
    """What the machines were before, after a preview and after they were taken over."""

    plan: PlanDocument
    before: dict[str, str]
    preview: Report
    after_preview: dict[str, str]
    is_marked_by_preview: bool
    up: Report
    after: dict[str, str]
    again: Report


def as_they_run(hypervisor: Hypervisor) -> dict[str, str]:
    """The running machines with everything about them but our mark."""
    machines = hypervisor.connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE)
    return {
        one.name(): without_mark(one.XMLDesc(libvirt.VIR_DOMAIN_XML_SECURE)) for one in machines
    }


def without_mark(xml: str, *others: str) -> str:
    root = ET.fromstring(xml)
    for path in ("metadata", *others):
        for element in root.findall(path):
            root.remove(element)
    return ET.canonicalize(ET.tostring(root, encoding="unicode"), strip_text=True)


@pytest.fixture(scope="module")
def taken(hypervisor: Hypervisor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taken]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUMBUNG_DATA", str(tmp_path_factory.mktemp("data")))
        make_by_hand(hypervisor, SAME, OTHER, STRAY)
        before = as_they_run(hypervisor)
        plan = plan_of(hypervisor)
        preview = run(plan, Action.PREVIEW)
        after_preview = as_they_run(hypervisor)
        is_marked = METADATA in hypervisor.connection.lookupByName(SAME).XMLDesc()
        up = run(plan, Action.UP, disposable_only=False)
        after = as_they_run(hypervisor)
        again = run(plan, Action.PREVIEW)
        yield Taken(plan, before, preview, after_preview, is_marked, up, after, again)
        goes_when_reclaimed(plan, hypervisor)
        hypervisor.clear()


def goes_when_reclaimed(plan: PlanDocument, hypervisor: Hypervisor) -> None:
    """All but the network, which carries the stray too, and what no plan ever spoke of."""
    gone = without_machines(plan, reclaims=True)
    report = run(gone, Action.UP, disposable_only=False)
    assert f"while machines run on it: {STRAY}" in report.targets[0].message
    assert driver_for(hypervisor.uri).names(Kind.DOMAIN) == {STRAY}
    left = {one.name: one.leaves for one in report.steps(Op.DELETE) if one.leaves}
    assert left == {SAME: (f"default/{SAME}-data.qcow2",), OTHER: ("default/data-lama.qcow2",)}
    assert f"leaves default/{SAME}-data.qcow2" in as_text(report)
    pool = hypervisor.connection.storagePoolLookupByName(hypervisor.pool)
    assert {*OF_OTHERS, "data-lama.qcow2"} <= {*pool.listVolumes()}


def test_a_preview_shows_what_would_be_taken_over_and_marks_nothing(
    taken: Taken,
) -> None:
    assert taken.preview.counts == Counts(adopt=5)
    assert taken.after_preview == taken.before
    assert not taken.is_marked_by_preview
    assert "adopt" in as_markdown(taken.preview)


def test_what_runs_is_taken_over_without_a_touch(taken: Taken, hypervisor: Hypervisor) -> None:
    assert taken.up.counts == Counts(adopt=5)
    assert taken.after == taken.before
    seen = driver_for(hypervisor.uri).read(Kind.DOMAIN, SAME)
    assert seen is not None
    assert seen["addresses"] == ["10.64.0.12/24"]


def test_only_what_differs_from_the_record_is_shown_afterwards(taken: Taken) -> None:
    assert taken.again.counts == Counts(update=2, same=3)
    steps = taken.again.steps(Op.UPDATE)
    changes = {one.kind: [(it.field, it.before, it.after) for it in one.changes] for one in steps}
    assert {one.name for one in steps} == {OTHER}
    assert changes == {"Domain": [("memory_mib", 64, 96)], "Volume": [("size_gib", 3, 4)]}


def test_all_disks_of_a_machine_count_and_only_the_first_grows(
    taken: Taken, hypervisor: Hypervisor
) -> None:
    driver = driver_for(hypervisor.uri)
    ours, data = f"default/{OTHER}-lama.qcow2", "default/data-lama.qcow2"
    first = without_beside(driver, VolumeSpec(name=f"{OTHER}-lama.qcow2", size_gib=4), OTHER)
    driver.update(first)
    sizes = [(driver.read(Kind.VOLUME, one) or {}).get("size_gib") for one in (ours, data)]
    assert sizes == [2, 2]
    seen = look_at(driver, Kind.VOLUME, ours, OTHER)
    assert seen == {"pool": "default", "name": first.name, "size_gib": 4, "beside_gib": 2}
    with pytest.raises(LumbungError, match=r"take 2 GiB already, and the plan says 2 GiB for all"):
        without_beside(driver, replace(first, size_gib=2), OTHER)


def test_what_is_ours_now_is_changed_and_keeps_what_the_plan_is_silent_on(
    taken: Taken, hypervisor: Hypervisor
) -> None:
    driver = driver_for(hypervisor.uri)
    one = hypervisor.connection.lookupByName(SAME)
    before = without_mark(one.XMLDesc(INACTIVE))
    spec = DomainSpec(
        name=SAME,
        vcpus=1,
        memory_mib=64,
        volume=f"default/{SAME}-lama.qcow2",
        network="apps",
        addresses=("10.64.0.12/24",),
    )
    driver.update(replace(spec, app="LAIN"))
    assert without_mark(one.XMLDesc(INACTIVE)) == before
    assert one.ID() == int(ET.fromstring(taken.before[SAME]).get("id", "0"))

    driver.update(replace(spec, network=None, memory_mib=96))
    moved = replace(spec, network="dmz", memory_mib=96, vcpus=2)
    driver.update(moved, {"network": "apps"})
    assert (one.isActive(), one.info()[1:4]) == (1, [96 * 1024, 96 * 1024, 2])
    after = one.XMLDesc(INACTIVE)
    assert networks_of(ET.fromstring(after)) == ["kelola", "dmz"]
    assert without_mark(after, *SIZES) == without_mark(before, *SIZES).replace(
        'network="apps"', 'network="dmz"'
    )
    assert "<kantor:ruang" in after
    driver.update(replace(moved, network="apps"), {"network": "dmz"})
    seen = driver.read(Kind.DOMAIN, SAME) or {}
    assert (seen["network"], seen["networks"]) == ("apps", ["kelola", "apps"])


def test_a_stray_is_listed_and_left_alone(taken: Taken, hypervisor: Hypervisor) -> None:
    driver = driver_for(hypervisor.uri)
    assert driver.names(Kind.DOMAIN) == {SAME, OTHER, STRAY}
    assert f"default/{STRAY}-lama.qcow2" in driver.names(Kind.VOLUME)
    with pytest.raises(LumbungError, match="not made by us"):
        driver.delete(Kind.DOMAIN, STRAY)
    with pytest.raises(LumbungError, match="not made by us"):
        driver.delete(Kind.VOLUME, f"default/{STRAY}-lama.qcow2")
