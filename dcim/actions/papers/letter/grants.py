"""What a letter tells of a grant as a whole: its machines, for a renewal or an end without lines.

A renewal goes on with the grant as it stands and a termination ends it, so neither needs lines.
"""

from __future__ import annotations

from typing import Final

from dcim.catalog import kind_of
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices_requests import RequestKind

SIZES: Final = ("vcpus", "memory_mib", "storage_gib")
OF_THE_WHOLE: Final = frozenset({RequestKind.RENEWAL, RequestKind.TERMINATION})


def grant_as_a_whole(request: AllocationRequest) -> Allocation | None:
    """The grant that the request is about as it stands, where its lines need not say more."""
    return request.predecessor if request.kind in OF_THE_WHOLE else None


def granted_when_signed(request: AllocationRequest, grant: Allocation) -> Amounts:
    """The amounts of `grant` when the request about it was signed; those of now for a draft.

    Notes: a query, of the change log: the first write of the grant since then tells what it was.
    """
    if request.signed_serial is None:
        return grant.granted
    later = ObjectChange.objects.filter(
        changed_object_type=kind_of(Allocation),
        changed_object_id=grant.pk,
        link__number__gt=request.signed_serial,
    )
    first = later.order_by("id").first()
    before = first.prechange_data if first is not None else None
    return grant.granted if before is None else Amounts(*(before[name] for name in SIZES))


def machines_as_lines(grant: Allocation) -> list[RequestLine]:
    """The machines that draw on the grant, each as a line that is not stored.

    Notes: three queries.
    """
    machines = (
        VirtualMachine.objects.filter(allocation=grant)
        .select_related("platform")
        .prefetch_related("workloads__app")
        .order_by("name", "pk")
    )
    return [_as_line(one) for one in machines]


def _as_line(machine: VirtualMachine) -> RequestLine:
    apps = {one.app.code: one.app for one in machine.workloads.all()}
    only = next(iter(apps.values())) if len(apps) == 1 else None
    amounts = machine.amounts
    return RequestLine(
        app=only,
        description=", ".join(sorted(apps)),
        machine_name=machine.name,
        environment="",
        vcpus=amounts.vcpus,
        memory_mib=amounts.memory_mib,
        storage_gib=amounts.storage_gib,
        operating_system=str(machine.platform or ""),
        data_class=only.data_class if only else "",
        category=only.category if only else "",
    )
