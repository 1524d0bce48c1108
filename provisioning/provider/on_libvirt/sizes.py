"""vCPUs and memory in a machine's XML, read and set beside what others have laid out by hand.

Pure functions on XML. What can't be kept when a machine grows is as little as libvirt allows: a
list of single vCPUs, and a topology that the new number doesn't fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Final
from xml.etree import ElementTree as ET

from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import Refused
from provisioning.provider.specs import DomainSpec

VCPU_ROOM: Final = 2
"""A machine is made so that it can run with so many times its vCPUs without a restart."""

MOST_VCPUS: Final = 128
"""The room ends here: beyond, machines need an interrupt controller that ours do not have."""

_WITHIN_A_SOCKET: Final = ("dies", "clusters", "cores", "threads")
_KIB: Final = {"KiB": 1, "k": 1, "MiB": 1024, "M": 1024, "GiB": 1024**2, "G": 1024**2}


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a machine has, and the most that it may have without a restart; memory in MiB."""

    vcpus: int
    vcpus_max: int
    memory_mib: int
    memory_max_mib: int


def sizes_of(root: ET.Element) -> Sizes:
    """As the machine is defined, or runs."""
    vcpu, memory = root.find("vcpu"), _mib(root.find("memory"))
    most = int((vcpu.text or "0") if vcpu is not None else "0")
    now = int(vcpu.get("current", most)) if vcpu is not None else 0
    current = root.find("currentMemory")
    return Sizes(now, most, memory if current is None else _mib(current), memory)


def resize(root: ET.Element, spec: DomainSpec, room: int = 1) -> None:
    """Sets vCPUs and memory; the most that they may become while it runs is never lowered.

    Raises: Refused where memory is laid out over several NUMA cells.
    """
    seen = sizes_of(root)
    if seen.vcpus != spec.vcpus:
        most = max(spec.vcpus, seen.vcpus_max, min(room * spec.vcpus, MOST_VCPUS))
        _set_vcpus(root, spec.vcpus, most)
        if most != seen.vcpus_max:
            _fit_topology(root, most)
    if seen.memory_mib != spec.memory_mib:
        has_room = seen.memory_max_mib > seen.memory_mib
        most = max(spec.memory_mib, seen.memory_max_mib) if has_room else spec.memory_mib
        if most != seen.memory_max_mib:
            _lay_out(root, spec.name, most)
        _set_mib(_child(root, "memory"), most)
        _set_mib(_child(root, "currentMemory"), spec.memory_mib)


def _set_vcpus(root: ET.Element, vcpus: int, most: int) -> None:
    """A list of single vCPUs would contradict."""
    element, singles = _child(root, "vcpu"), root.find("vcpus")
    element.set("current", str(vcpus))
    element.text = str(most)
    if singles is not None:
        root.remove(singles)


def _fit_topology(root: ET.Element, most: int) -> None:
    """More sockets of the same cores where that comes out even; else libvirt is to choose."""
    cpu, topology = root.find("cpu"), root.find("cpu/topology")
    if cpu is None or topology is None:
        return
    of_a_socket = prod(int(topology.get(name, "1")) for name in _WITHIN_A_SOCKET)
    if most % of_a_socket == 0:
        topology.set("sockets", str(most // of_a_socket))
    else:
        cpu.remove(topology)


def _lay_out(root: ET.Element, name: str, most_mib: int) -> None:
    """libvirt counts memory by cells, where there are any, and modules."""
    roof, cells = root.find("maxMemory"), root.findall("cpu/numa/cell")
    if len(cells) > 1:
        raise Refused(
            tell(
                _("the memory of %(name)s is laid out over %(cells)s NUMA cells, by hand."),
                name=name,
                cells=len(cells),
            ),
            field="memory_mib",
            hint=tell(
                _("Lay it out anew on the host (virsh edit %(name)s), then preview again."),
                name=name,
            ),
        )
    if roof is not None and _mib(roof) < most_mib:
        _set_mib(roof, most_mib)
    modules_mib = sum(map(_mib, root.findall("devices/memory/target/size")))
    for cell in cells:
        cell.set("unit", "MiB")
        cell.set("memory", str(most_mib - modules_mib))


def _set_mib(element: ET.Element, amount: int) -> None:
    element.set("unit", "MiB")
    element.text = str(amount)


def _mib(memory: ET.Element | None) -> int:
    """libvirt answers in KiB, whatever unit it was told."""
    if memory is None or not memory.text:
        return 0
    return int(memory.text) * _KIB[memory.get("unit", "KiB")] // 1024


def _child(parent: ET.Element, tag: str) -> ET.Element:
    """The element of this name, made when missing."""
    element = parent.find(tag)
    return ET.SubElement(parent, tag) if element is None else element
