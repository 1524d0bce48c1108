"""The storage of a machine as its volume tells it: the disk that is ours, and those beside it.

The record and a plan know what all disks of a machine take together. We make one disk and look
after that one; what others plugged in beside it is left alone. So the `size_gib` that a volume has
in a stack counts the disks beside it, and what a plan asks for beyond those goes to ours alone.
"""

from __future__ import annotations

from dataclasses import replace

from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import Refused
from provisioning.provider.driver import Driver, HypervisorFailed
from provisioning.provider.specs import Kind, Plain, Properties, VolumeSpec


class SizeUnknown(HypervisorFailed):
    """How large a disk beside ours is can't be told."""


def look_at(
    driver: Driver, kind: Kind, identity: str, name: str, beside: Plain = None
) -> Properties | None:
    """What can be seen of a resource, or None when it is gone; a volume with what is beside it.

    Args:
        driver: Of its hypervisor.
        kind: Of the resource.
        identity: Of the resource.
        name: In the stack; of a volume that is its machine's.
        beside: GiB that were beside the volume; they count where the machine is gone by now.

    Raises: HypervisorFailed; SizeUnknown of a volume.
    """
    told = driver.read(kind, identity)
    if told is None or kind is not Kind.VOLUME:
        return told
    found = driver.beside(name, identity)
    beside_gib = _whole(beside) if found is None else found
    return {**told, "size_gib": _whole(told.get("size_gib")) + beside_gib, "beside_gib": beside_gib}


def without_beside(driver: Driver, spec: VolumeSpec, machine: str) -> VolumeSpec:
    """The disk of ours alone, so that it and the disks beside it take what `spec` says.

    Raises: Refused where those beside it take that already; HypervisorFailed, SizeUnknown.
    """
    beside = driver.beside(machine, spec.identity) or 0
    if beside and beside >= spec.size_gib:
        raise Refused(
            tell(
                _(
                    "the disks of %(machine)s beside %(identity)s take %(beside)s GiB already,"
                    " and the plan says %(size_gib)s GiB for all."
                ),
                machine=machine,
                identity=spec.identity,
                beside=beside,
                size_gib=spec.size_gib,
            ),
            field="size_gib",
            hint=_("Record what all its disks take together."),
        )
    return replace(spec, size_gib=spec.size_gib - beside)


def _whole(value: Plain) -> int:
    return int(value) if isinstance(value, int | float) else 0
