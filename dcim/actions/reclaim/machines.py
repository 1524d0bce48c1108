"""Which machines of the record a plan means: each is looked up by id, and must bear its name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from dcim.planning.document import PlanDocument, PlannedVM, Target
from dcim.record.networks.virtualization import VirtualMachine
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.errors import AnotherMachine
from dcim.vocabulary.naming import is_name_for
from dcim.vocabulary.things import Ref, ThingKind


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of a plan, and its row.

    Attributes:
        target: The name of its target, which is its stack.
        planned: What the plan says of it.
        row: What the record has of it; None where that has let it go already.
    """

    target: str
    planned: PlannedVM
    row: VirtualMachine | None

    @property
    def name(self) -> str:
        """TARGET/MACHINE, as plans name it."""
        return f"{self.target}/{self.planned.name}"

    @property
    def apps(self) -> tuple[str, ...]:
        """The codes of the apps on it: as recorded, else as planned."""
        if self.row is None:
            return (self.planned.app,) if self.planned.app else ()
        return tuple(sorted({tier.app.code for tier in self.row.workloads.all()}))

    @property
    def amounts(self) -> Amounts:
        """What it takes of its pool and its grant: as recorded, else as planned."""
        return self.planned.amounts if self.row is None else self.row.amounts


def machines_going(
    document: PlanDocument, only: Mapping[str, Collection[str]] | None = None
) -> tuple[Machine, ...]:
    """What the plan reclaims, of all its targets; or `only` these names, by target.

    Raises: AnotherMachine: the record has another machine under that id, or that name in the pool.

    Notes: three queries, of these machines alone.
    """
    return _found(
        [
            (target, vm)
            for target in document.targets
            for vm in target.reclaim
            if only is None or vm.name in only.get(target.name, ())
        ]
    )


def _found(planned: Sequence[tuple[Target, PlannedVM]]) -> tuple[Machine, ...]:
    keys = {int(vm.id) for _, vm in planned if vm.id and vm.id.isdecimal()}
    rows = VirtualMachine.objects.select_related("cluster", "allocation__provider")
    known = {row.pk: row for row in rows.prefetch_related("workloads__app").filter(pk__in=keys)}
    strangers = _strangers(target_vm for target_vm in planned if _key(target_vm[1]) not in known)
    return tuple(_machine(target, vm, known.get(_key(vm)), strangers) for target, vm in planned)


def _key(vm: PlannedVM) -> int:
    return int(vm.id) if vm.id and vm.id.isdecimal() else 0


def _machine(
    target: Target,
    vm: PlannedVM,
    row: VirtualMachine | None,
    strangers: Collection[tuple[str, str]],
) -> Machine:
    is_same = row is None or (is_name_for(vm.name, row.name) and target.pool in _pools_of(row))
    if not is_same or (row is None and (target.pool, vm.name) in strangers):
        raise AnotherMachine(
            _("%(machine)s is not what the record has under that name.")
            % {"machine": f"{target.name}/{vm.name}"},
            field="plan",
            hint=_("Make a new plan, and look at what goes."),
        )
    return Machine(target.name, vm, row)


def _strangers(gone: Iterable[tuple[Target, PlannedVM]]) -> set[tuple[str, str]]:
    """Pool and name of machines that the record has, though not under the id that is gone."""
    wanted = [(Ref.parse(target.pool), vm.name) for target, vm in gone]
    if not wanted:
        return set()
    within = Q(pk__in=())
    for pool in {one for one, _name in wanted}:
        names = [name for one, name in wanted if one == pool]
        where = "cluster__name" if pool.kind is ThingKind.CLUSTER else "allocation__reference"
        within |= Q(**{where: pool.name, "name__in": names})
    rows = VirtualMachine.objects.filter(within).select_related("cluster", "allocation")
    return {(pool, row.name) for row in rows for pool in _pools_of(row)}


def _pools_of(row: VirtualMachine) -> set[str]:
    pools = {f"{ThingKind.CLUSTER}:{row.cluster.name}"} if row.cluster else set()
    return pools | (
        {f"{ThingKind.ALLOCATION}:{row.allocation.reference}"} if row.allocation else set()
    )
