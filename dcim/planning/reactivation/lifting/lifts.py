"""What would let an app in, as changes of the estate that can be tried: room, hosts, cures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum

from dcim.planning.estate import NOTHING, Allocation, App, Cluster, Host, Snapshot
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import Blocker, Verdict
from dcim.vocabulary.naming import free_name


class Lift(StrEnum):
    """What is changed."""

    ROOM = "room"
    HOSTS = "hosts"
    CURE = "cure"
    DROP_DEPENDENCY = "drop_dependency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """A change of the estate.

    Attributes:
        pool: The pool that gets more, by its public name.
        amounts: What it gets more of each class: a grant as a whole, a cluster in each active host.
        hosts: How many more hosts like its largest it gets.
        cures: Apps whose blockers, and verdicts to repair, are cleared.
        dropped: Hard dependencies that are taken away, as pairs of an app and what it rests on.
    """

    pool: str = ""
    amounts: Amounts = NOTHING
    hosts: int = 0
    cures: frozenset[str] = frozenset()
    dropped: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    @property
    def kinds(self) -> tuple[Lift, ...]:
        """What it changes."""
        parts = (
            (Lift.CURE, bool(self.cures)),
            (Lift.DROP_DEPENDENCY, bool(self.dropped)),
            (Lift.ROOM, self.amounts != NOTHING),
            (Lift.HOSTS, self.hosts > 0),
        )
        return tuple(kind for kind, is_part in parts if is_part)

    def applied(self, snapshot: Snapshot) -> Snapshot:
        """`snapshot` with the change made."""
        return replace(
            snapshot,
            apps=tuple(_cured(app, self.cures, self.dropped) for app in snapshot.apps),
            clusters=tuple(
                self._larger_cluster(one) if one.ref == self.pool else one
                for one in snapshot.clusters
            ),
            allocations=tuple(
                self._larger_grant(one) if one.ref == self.pool else one
                for one in snapshot.allocations
            ),
        )

    def _larger_grant(self, grant: Allocation) -> Allocation:
        return replace(grant, amounts=grant.amounts + self.amounts)

    def _larger_cluster(self, cluster: Cluster) -> Cluster:
        active = {host.name for host in cluster.active_hosts}
        hosts = [
            replace(host, amounts=host.amounts + self.amounts) if host.name in active else host
            for host in cluster.hosts
        ]
        largest = max(
            cluster.active_hosts, key=lambda one: (one.amounts.memory_mib, one.name), default=None
        )
        taken = {host.name for host in hosts}
        for _ in range(self.hosts if largest else 0):
            name = free_name(f"{cluster.name}-new", taken)
            taken.add(name)
            hosts.append(Host(name=name, amounts=largest.amounts if largest else NOTHING))
        return replace(cluster, hosts=tuple(hosts))


def _cured(app: App, cures: Collection[str], dropped: Collection[tuple[str, str]]) -> App:
    hard = tuple(one for one in app.hard if (app.code, one) not in dropped)
    if app.code not in cures:
        return replace(app, hard=hard) if hard != app.hard else app
    blocker = None if app.blocker is not Blocker.SUPERSEDED else app.blocker
    verdict = None if app.verdict is Verdict.REPAIR else app.verdict
    return replace(app, hard=hard, blocker=blocker, verdict=verdict)
