"""What becomes of room that was committed: the machine that it was held for draws it.

Room is committed and released as any object is made and deleted; grants judge that.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.refusals import writing
from dcim.actions.rules.pools.grants import lock_grants
from dcim.actions.writes.values import known
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.commitments import Commitment
from dcim.vocabulary.errors import InvalidInput


def draw(
    commitment: Commitment, *, machine: VirtualMachine | None = None, by: Actor
) -> VirtualMachine:
    """The machine that draws the committed room: on the grant from here on, the commitment gone.

    A machine that has been moved there before stays, and gives back what it does not draw.

    Args:
        commitment: What is drawn.
        machine: The one that has come, where the room was held for a name.
        by: Who moves the machine; it takes the right to change that and the commitment.

    Raises:
        InvalidInput: the room is held for another machine, or for a name and no machine is given.
        UnknownThing: the machine or the commitment is gone.
        QuotaExceeded: the machine is larger than what is committed, and the grant has no more.
    """
    with writing():
        mover = _locked_machine(commitment, machine)
        rows = Commitment.objects.select_for_update(of=("self",))
        held = known(rows.filter(pk=commitment.pk).first(), commitment)
        if held.virtual_machine_id not in (None, mover.pk):
            raise InvalidInput(
                _("The room is held for %(machine)s.") % {"machine": held},
                field="virtual_machine",
                hint=_("Commit other room to the machine, or release this first."),
            )
        lock_grants({held.allocation_id, mover.allocation_id})
        if held.virtual_machine_id is None:  # so that both are not counted while it moves
            held = record.update(held, {"virtual_machine": mover}, by=by)
        if mover.allocation_id != held.allocation_id:
            mover = record.update(mover, {"allocation": held.allocation}, by=by)
        record.delete(held, by=by)
    return mover


def _locked_machine(commitment: Commitment, machine: VirtualMachine | None) -> VirtualMachine:
    """The machine, locked before the commitment: in that order it is deleted with its own, too."""
    key = commitment.virtual_machine_id if machine is None else machine.pk
    if key is None:
        raise InvalidInput(
            _("The room is held for a machine that was to come."),
            field="virtual_machine",
            hint=_("Choose the machine that has come."),
        )
    rows = VirtualMachine.objects.select_for_update(of=("self",))
    return known(rows.filter(pk=key).first(), machine or VirtualMachine(pk=key, name=f"#{key}"))
