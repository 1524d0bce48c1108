"""What grants refuse: more than is free on them, in a sentence that says who asks and what is free.

The ceiling itself is the database's (`dcim.record.planner.ceilings`); here it is judged before the
write, with the grants locked, so that whoever is refused learns what would make it fit. A set is
judged by what it comes to: what some rows give back, others may have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions.rules.pools.hosts import FIELD_OF_CLASS, GRANTED_FIELD, named
from dcim.record.networks.virtualization import VirtualMachine, taken_by
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.commitments import Commitment
from dcim.vocabulary.amounts import Amounts, ResourceClass, total
from dcim.vocabulary.choices import AllocationStatus
from dcim.vocabulary.errors import InUse, QuotaExceeded, Refused, Shortfall

Columns = Mapping[str, Any]
Grants = Mapping[int, Allocation]
NOTHING: Final = Amounts()


@dataclass(frozen=True, slots=True)
class Stake:
    """What a row takes of a grant beyond what it holds there; less than nothing: it gives back."""

    position: int
    obj: VirtualMachine | Commitment
    grant: int
    amounts: Amounts
    comes: bool = True  # it was not on that grant before


def check_machines(
    machines: Sequence[VirtualMachine], before: Sequence[Columns] | None
) -> frozenset[str]:
    """Refuse machines that their grants have no room for, or that come to a returned grant.

    Args:
        machines: As they are to be.
        before: The columns of each as they are stored; None: they are new.

    Returns: fields to write of each of them even where they stay: of a set in which some take what
    others give back, all have let go of their grants, so that no order of rows exceeds a ceiling.

    Raises:
        QuotaExceeded: naming grant, class, what is asked and free, and the row.
        Refused: the grant has been returned.
    """
    olds: Sequence[Columns | None] = [None] * len(machines) if before is None else before
    grants = lock_grants(
        {one.allocation_id for one in machines} | {one["allocation"] for one in olds if one}
    )
    if not grants:
        return frozenset()
    committed = {} if before is None else _committed_to(machines, grants)
    stakes = list(_stakes_of_machines(machines, olds, committed))
    _refuse_returned(stakes, grants)
    if _judge(stakes, grants, FIELD_OF_CLASS):
        return frozenset()
    drawing = VirtualMachine.objects.filter(pk__in=[one.obj.pk for one in stakes])
    drawing.update(allocation=None)
    return frozenset({"allocation"})


def check_commitments(
    commitments: Sequence[Commitment], before: Sequence[Columns] | None
) -> frozenset[str]:
    """Refuse commitments that their grants have no room for, or of returned grants.

    Args, Raises: as for machines.

    Notes: machines are locked already, see `holds`; what they draw is settled by the grant's lock.
    What rows of a set give back is not counted for the others.
    """
    olds: Sequence[Columns | None] = [None] * len(commitments) if before is None else before
    was = [one["virtual_machine"] if one else None for one in olds]
    now = [one.virtual_machine_id for one in commitments]
    grants = lock_grants(
        {one.allocation_id for one in commitments} | {one["allocation"] for one in olds if one}
    )
    machines = VirtualMachine.objects.in_bulk([key for key in {*was, *now} if key])
    stakes = [
        replace(one, amounts=one.amounts.beyond(NOTHING))
        for one in _stakes_of_commitments(commitments, olds, machines)
    ]
    _refuse_returned(stakes, grants)
    _judge(stakes, grants, GRANTED_FIELD)
    return frozenset()


def check_ceilings(
    allocations: Sequence[Allocation], before: Sequence[Columns] | None
) -> frozenset[str]:
    """Refuse to shrink grants, which are locked, below what is drawn and committed.

    Raises: QuotaExceeded.
    """
    for position, grant in enumerate(allocations):
        held = grant.used + grant.committed
        for one in ResourceClass:
            if held[one] > grant.granted[one]:
                raise QuotaExceeded(
                    _("%(held)s %(class)s of %(grant)s are drawn or committed.")
                    % {"held": held[one], "class": one, "grant": grant},
                    field=GRANTED_FIELD[one],
                    hint=_("Grant at least as much, or move, delete or release some first."),
                    shortfall=Shortfall(str(grant), one.value, held[one], grant.granted[one]),
                    position=position,
                    pk=grant.pk,
                )
    return frozenset()


def keep_returned_unused(allocations: Sequence[Allocation]) -> None:
    """Refuse to return grants while machines draw on them, or room is committed.

    Raises: InUse, naming the machines.
    """
    for grant in allocations:
        if grant.status == AllocationStatus.RETURNED:
            holders = [
                *grant.virtual_machines.order_by("name", "pk"),
                *grant.commitments.select_related("virtual_machine"),
            ]
            if holders:
                raise InUse(
                    _("Machines still draw on the grant: %(machines)s.")
                    % {"machines": named(holders)},
                    field="status",
                    hint=_("Move or delete them first."),
                )


def keep_drawn_on_in_force(allocations: Sequence[Allocation]) -> None:
    """Refuse to let grants end before today by a stroke of the pen while machines draw on them.

    Raises: InUse, naming the machines.
    """
    today = timezone.localdate()
    for grant in allocations:
        if grant.valid_until is None or grant.valid_until >= today:
            continue
        machines = list(grant.virtual_machines.order_by("name", "pk"))
        if machines:
            raise InUse(
                _("%(grant)s would have ended, and machines draw on it: %(machines)s.")
                % {"grant": grant, "machines": named(machines)},
                field="valid_until",
                hint=_("Give it back, which names who is hit, or move the machines first."),
            )


def hold_for_deletion(machines: Sequence[VirtualMachine]) -> None:
    """Lock what goes or changes along with machines, which are locked: commitments, then grants.

    Notes: in the order of all who write them, so that nobody waits for one another in a circle.
    """
    rows = Commitment.objects.select_for_update(of=("self",)).order_by("pk")
    held = rows.filter(virtual_machine__in=[one.pk for one in machines])
    keys = {*held.values_list("allocation", flat=True), *(one.allocation_id for one in machines)}
    lock_grants(keys)


def lock_grants(keys: Collection[int | None]) -> dict[int, Allocation]:
    """Grants as they are stored, kept from all who draw on them until the commit.

    Notes: in the order of their ids, so that two writers never wait for one another.
    """
    wanted = {one for one in keys if one is not None}
    rows = Allocation.objects.select_for_update(of=("self",), no_key=True)
    return {one.pk: one for one in rows.filter(pk__in=wanted).order_by("pk")} if wanted else {}


def _committed_to(
    machines: Sequence[VirtualMachine], grants: Grants
) -> dict[tuple[int | None, int], Amounts]:
    """What is committed to each machine on each grant."""
    keys = [one.pk for one in machines]
    rows = Commitment.objects.filter(virtual_machine__in=keys, allocation__in=grants)
    return {(one.virtual_machine_id, one.allocation_id): one.amounts for one in rows}


def _stakes_of_machines(
    machines: Sequence[VirtualMachine],
    olds: Sequence[Columns | None],
    committed: Mapping[tuple[int | None, int], Amounts],
) -> Iterator[Stake]:
    for position, (machine, old) in enumerate(zip(machines, olds, strict=True)):
        # What a machine draws counts as far as it goes beyond what is committed to it.
        taken: dict[int, Amounts] = defaultdict(Amounts)
        drawn = [(machine.allocation_id, machine.amounts, 1)]
        if old is not None:
            drawn.append((old["allocation"], _taken_before(old), -1))
        for grant, amounts, sign in drawn:
            if grant is not None:
                beyond = amounts.beyond(committed.get((machine.pk, grant), NOTHING))
                taken[grant] += beyond.times(sign)
        came = old is None or old["allocation"] != machine.allocation_id
        for grant, amounts in taken.items():
            if came or amounts != NOTHING:
                yield Stake(position, machine, grant, amounts, came)


def _taken_before(old: Columns) -> Amounts:
    """By columns, or by a logged state, which has numbers with a point as text."""
    vcpus = old["vcpus"]
    return taken_by(None if vcpus is None else Decimal(vcpus), old["memory_mib"], old["disk_mb"])


def _stakes_of_commitments(
    commitments: Sequence[Commitment],
    olds: Sequence[Columns | None],
    machines: Mapping[int, VirtualMachine],
) -> Iterator[Stake]:
    def beyond(grant: int, machine: int | None, amounts: Amounts) -> Amounts:
        stored = machines.get(machine or 0)
        is_there = stored is not None and stored.allocation_id == grant
        return amounts.beyond(stored.amounts if stored and is_there else NOTHING)

    for position, (one, old) in enumerate(zip(commitments, olds, strict=True)):
        taken: dict[int, Amounts] = defaultdict(Amounts)
        taken[one.allocation_id] += beyond(one.allocation_id, one.virtual_machine_id, one.amounts)
        if old is not None:
            was = Amounts(old["vcpus"], old["memory_mib"], old["storage_gib"])
            grant = old["allocation"]
            taken[grant] += beyond(grant, old["virtual_machine"], was).times(-1)
        for grant, amounts in taken.items():
            yield Stake(position, one, grant, amounts)


def _refuse_returned(stakes: Sequence[Stake], grants: Grants) -> None:
    for one in stakes:
        grant = grants.get(one.grant)
        is_returned = grant is not None and grant.status == AllocationStatus.RETURNED
        takes = one.comes or one.amounts.beyond(NOTHING) != NOTHING
        if is_returned and takes and one.obj.allocation_id == one.grant:
            raise Refused(
                _("The grant %(grant)s has been returned.") % {"grant": grant},
                field="allocation",
                hint=_("Choose another grant."),
            )


def _judge(stakes: Sequence[Stake], grants: Grants, fields: Mapping[ResourceClass, str]) -> bool:
    """Whether the stakes fit in any order of their rows; not only by what they come to.

    Raises: QuotaExceeded: they do not fit at all.
    """
    by_grant: dict[int, list[Stake]] = defaultdict(list)
    for one in stakes:
        by_grant[one.grant].append(one)
    at_once = True
    for key, grant in grants.items():
        mine, free = by_grant[key], grant.free
        comes_to = total(one.amounts for one in mine)
        for resource_class in ResourceClass:
            if comes_to[resource_class] > max(0, free[resource_class]):
                raise _exceeded(grant, mine, resource_class, fields)
        taken = total(one.amounts.beyond(NOTHING) for one in mine)
        at_once = at_once and taken.fits_in(free)
    return at_once


def _exceeded(
    grant: Allocation,
    stakes: Sequence[Stake],
    resource_class: ResourceClass,
    fields: Mapping[ResourceClass, str],
) -> QuotaExceeded:
    """The refusal of the first row that what the rows before it left has no room for."""
    asked = [one.amounts[resource_class] for one in stakes]
    left = grant.free[resource_class] - sum(one for one in asked if one < 0)
    row = 0
    while asked[row] <= left:
        left -= max(0, asked[row])
        row += 1
    missing = asked[row] - left
    obj = stakes[row].obj
    return QuotaExceeded(
        _("%(grant)s has %(free)s %(class)s free, and %(consumer)s asks for %(asked)s more.")
        % {
            "grant": grant,
            "free": left,
            "class": resource_class,
            "consumer": obj,
            "asked": asked[row],
        },
        field=fields[resource_class],
        hint=_("Ask for %(missing)s less, free as much on the grant, or choose another one.")
        % {"missing": missing},
        shortfall=Shortfall(str(grant), resource_class.value, asked[row], left),
        position=stakes[row].position,
        pk=obj.pk,
    )
