"""Machines of a target, each by itself and beside the others.

Sizes and names are judged only of what the plan makes or resizes.
"""

from __future__ import annotations

from collections.abc import Iterator

from dcim.planning.document import Change, PlanDocument, Target
from dcim.planning.document_rules.violation import Violation, created, repeated
from dcim.planning.sentences import say, tell
from dcim.vocabulary.amounts import ResourceClass
from dcim.vocabulary.choices import _
from dcim.vocabulary.hypervisors import LIBVIRT, is_same_hypervisor
from dcim.vocabulary.naming import NAME_WAY_OUT, is_allowed_name


def names_unique(target: Target) -> Iterator[Violation]:
    """No two machines of a target are called alike."""
    for name in repeated(vm.name for vm in target.vms):
        yield Violation(
            "vm.name_unique",
            target.name,
            tell(_("vm %(name)s"), name=name),
            _("stands twice in the plan."),
            _("Rename one: a hypervisor knows machines by name."),
        )


def names_apart(document: PlanDocument, target: Target) -> Iterator[Violation]:
    """No machine has a name that a machine of another target on the same hypervisor has.

    Notes: there they would be one machine, which either target may resize or delete. Clouds know
    their machines by ids, so targets on one cloud may share names.
    """
    if target.driver != LIBVIRT:
        return
    names = {vm.name for vm in (*target.vms, *target.reclaim)}
    for other in document.targets:
        if other.name == target.name or not is_same_hypervisor(other.uri, target.uri):
            continue
        for name in sorted(names & {vm.name for vm in (*other.vms, *other.reclaim)}):
            yield Violation(
                "vm.name_taken",
                target.name,
                tell(_("vm %(name)s"), name=name),
                tell(
                    _(
                        "is on %(other)s too, which has the same hypervisor: it would be one"
                        " machine."
                    ),
                    other=other.name,
                ),
                _("Rename one, or correct the address of one of the two in the record."),
            )


def names_allowed(target: Target) -> Iterator[Violation]:
    """New machines have names that hypervisors take."""
    for vm in created(target):
        if not is_allowed_name(vm.name):
            yield Violation(
                "vm.name_allowed",
                target.name,
                tell(_("vm %(name)s"), name=vm.name),
                _("hypervisors refuse such a name."),
                NAME_WAY_OUT,
            )


def sizes_positive(target: Target) -> Iterator[Violation]:
    """New and resized machines have some of each class."""
    resized = (vm for vm in target.vms if vm.stands is not None)
    for vm in (*created(target), *resized):
        for field in ("vcpus", "memory_mib", "storage_gib"):
            if getattr(vm, field) <= 0:
                yield Violation(
                    "vm.size_positive",
                    target.name,
                    tell(_("vm %(name)s"), name=vm.name),
                    tell(_("%(field)s is %(amount)s."), field=field, amount=getattr(vm, field)),
                    _("Give it at least 1."),
                )


def changes_consistent(target: Target) -> Iterator[Violation]:
    """Each machine stands in the list that its change belongs to."""
    wrong_list = [
        *(vm for vm in target.vms if vm.change is Change.RECLAIM),
        *(vm for vm in target.reclaim if vm.change is not Change.RECLAIM),
    ]
    for vm in wrong_list:
        yield Violation(
            "vm.change_consistent",
            target.name,
            tell(_("vm %(name)s"), name=vm.name),
            tell(
                _("its change is “%(change)s”, but it stands in the other list."), change=vm.change
            ),
            _("Machines to keep or create belong in vms, machines to go in reclaim."),
        )


def changes_of_as_is(target: Target) -> Iterator[Violation]:
    """How things stand makes and reclaims nothing."""
    for vm in (*(vm for vm in target.vms if vm.change is Change.CREATE), *target.reclaim):
        yield Violation(
            "vm.change_consistent",
            target.name,
            tell(_("vm %(name)s"), name=vm.name),
            tell(_("an as-is document says “%(change)s”."), change=vm.change),
            _("How things stand has machines to keep only."),
        )


def not_kept_and_reclaimed(target: Target) -> Iterator[Violation]:
    """No machine stays and goes at once."""
    planned = {vm.name for vm in target.vms}
    for vm in target.reclaim:
        if vm.name in planned:
            yield Violation(
                "vm.kept_and_reclaimed",
                target.name,
                tell(_("vm %(name)s"), name=vm.name),
                _("is to stay and to go at once."),
                _("Take it out of vms or out of reclaim."),
            )


def not_shrunk(target: Target) -> Iterator[Violation]:
    """Nothing is taken from a machine that stands: disks would lose data, programs memory."""
    for vm in target.vms:
        if vm.stands is None or vm.stands.fits_in(vm.amounts):
            continue
        less = [
            say(
                _("%(resource_class)s from %(before)s to %(after)s"),
                resource_class=one.value,
                before=vm.stands[one],
                after=vm.amounts[one],
            )
            for one in ResourceClass
            if vm.amounts[one] < vm.stands[one]
        ]
        yield Violation(
            "vm.shrinks",
            target.name,
            tell(_("vm %(name)s"), name=vm.name),
            tell(_("would shrink: %(amounts)s."), amounts=tuple(less)),
            _("Leave it its size; to have a smaller one, make that and reclaim this."),
        )
