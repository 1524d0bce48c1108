"""N+1 of the record as it is now: of every cluster once per change, of one with its evacuations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.planning.capacity.floor import floors
from dcim.planning.capacity.n_plus_one import Survival, n_plus_one, survival
from dcim.planning.load.record import load_cluster, load_snapshot
from dcim.record.log.reading import Kept
from dcim.vocabulary.errors import UnknownThing

PREFIX: Final = "cluster:"


@dataclass(frozen=True, slots=True)
class Survivals:
    """What the clusters survive, in the state `serial` of the record."""

    serial: int
    clusters: tuple[Survival, ...]


def current_survivals() -> Survivals:
    """What every cluster with hosts survives now; of the losses only those not survived are told.

    Raises: BadDocument when the record contradicts itself.

    Notes: kept until the record changes, see `Kept`; the evacuations of a nation are not, since one
        asks for one cluster's: see `survival_of`.
    """
    return _current.now(timezone.localdate())


def survival_of(name: str) -> Survivals:
    """What one cluster survives, with every evacuation.

    Args:
        name: the cluster's name, or its public one (`cluster:PDR-KVM`).

    Raises: UnknownThing when no cluster with hosts is called that.

    Notes: reads that cluster's hosts and machines only.
    """
    snapshot = load_cluster(name.removeprefix(PREFIX))
    found = floors(snapshot)
    if not found:
        raise UnknownThing(
            _("No cluster with hosts is called “%(name)s”.") % {"name": name},
            field="cluster",
            hint=_("Look it up in the list of clusters."),
        )
    return Survivals(snapshot.serial, tuple(survival(one) for one in found))


def _of_all() -> Survivals:
    snapshot = load_snapshot()
    told = (replace(one, losses=one.failed) for one in n_plus_one(snapshot))
    return Survivals(snapshot.serial, tuple(told))


_current: Final = Kept(_of_all)
