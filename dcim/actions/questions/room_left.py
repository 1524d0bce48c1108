"""What the pools that survive a failure have free, for what has to be restored."""

from __future__ import annotations

from dcim.actions.ledgers import current_books
from dcim.actions.rights import may_all
from dcim.graph.failures.impact import Impact
from dcim.graph.propagation import State
from dcim.record.networks.virtualization import Cluster
from dcim.record.people.account import User
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.things import Ref


def room_left(found: Impact, reader: User | None = None) -> dict[str, Amounts] | None:
    """What each open pool that is not down has free, clusters first.

    Args:
        found: What fell.
        reader: Who asks; None for commands, which act for whoever operates the server.

    Returns: None for who may not see all clusters, and so no ledgers.

    Notes: it takes the ledgers of the whole record, which are kept until it changes but take
        seconds for a nation: so it is given only where it is asked for.
    """
    if reader is not None and not may_all(reader, "view", Cluster):
        return None
    return {
        one.pool: one.free
        for one in current_books().ledgers
        if one.is_open and found.state_of(Ref.parse(one.pool)) is not State.DOWN
    }
