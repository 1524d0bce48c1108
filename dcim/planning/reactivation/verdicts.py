"""What is to become of each app before room is asked about: most blockers no capacity cures.

Decides every app that capacity has no say in, with a sentence that says what happens, why, and
what would change it. The rest are candidates, for the solver to place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dcim.planning.capacity.ledger import is_reclaimable
from dcim.planning.document import Outcome
from dcim.planning.estate import VM, App, Provider, Snapshot
from dcim.planning.sentences import Sentence, say
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices import (
    AppKind,
    AppStatus,
    Blocker,
    ProviderKind,
    Verdict,
    VirtualMachineStatus,
    _,
)


class Stance(StrEnum):
    """How blockers are taken: as they stand, or as if all but “superseded” were cured."""

    AS_DECLARED = "as-declared"
    BLOCKERS_CURED = "blockers-cured"


@dataclass(frozen=True, slots=True)
class Decision:
    """An app's outcome and why; a candidate, whose outcome hangs on room, has none yet."""

    outcome: Outcome | None
    why: tuple[Sentence, ...] = ()


CANDIDATE: Final = Decision(None)
GOING: Final = frozenset({Outcome.RETIRE, Outcome.MIGRATE})

_LAST_STEPS: Final = {
    Outcome.RETIRE: _("keep a copy of its data"),
    Outcome.MIGRATE: _("move its data and users to the national application"),
}
_ITS_VERDICT: Final = {
    Outcome.RETIRE: _("Its verdict is retire"),
    Outcome.MIGRATE: _("Its verdict is migrate"),
}
_REPAIRS: Final = {
    Blocker.DOMAIN: _("Its domain has expired, which no capacity cures: renew the domain"),
    Blocker.CODE: _("The application is broken, which no capacity cures: repair it and try it out"),
    Blocker.OPERATOR: _(
        "Nobody operates it, which no capacity cures: let its owner name an operator"
    ),
}


def decide(snapshot: Snapshot, stance: Stance) -> dict[str, Decision]:
    """The decision for each app, by code, in the order of the snapshot."""
    carriers, homes = snapshot.carriers(), snapshot.homes()
    providers = {provider.slug: provider for provider in snapshot.providers}
    return {
        app.code: _decide_app(app, stance, carriers[app.code], homes, providers)
        for app in snapshot.apps
    }


def reclaims(snapshot: Snapshot, decisions: Mapping[str, Decision]) -> dict[VM, str]:
    """The standing machines that go, each with its reason in a word.

    Notes: of what is reclaimable goes what is decommissioning, and what carries only apps that are
    retired or migrated. Machines without any app are left alone.
    """
    statuses = {app.code: app.status for app in snapshot.apps}
    superseded = {app.code for app in snapshot.apps if app.blocker is Blocker.SUPERSEDED}
    going: dict[VM, str] = {}
    for vm in snapshot.vms:
        if vm.is_planned or not is_reclaimable(vm, statuses):
            continue
        if vm.apps and all(decisions[code].outcome in GOING for code in vm.apps):
            going[vm] = "superseded" if superseded.intersection(vm.apps) else "retired"
        elif vm.status is VirtualMachineStatus.DECOMMISSIONING:
            going[vm] = "decommissioning"
    return going


def in_words(amounts: Amounts) -> Sentence:
    """`amounts` for a sentence.

    >>> str(in_words(Amounts(4, 8192, 150)))
    '4 vCPU, 8192 MiB memory, 150 GiB storage'
    """
    return say(
        _("%(vcpus)s vCPU, %(memory)s MiB memory, %(storage)s GiB storage"),
        vcpus=amounts.vcpus,
        memory=amounts.memory_mib,
        storage=amounts.storage_gib,
    )


def counted(vms: Sequence[object]) -> Sentence:
    """How many machines, for a sentence."""
    text = _("%(count)s machine") if len(vms) == 1 else _("%(count)s machines")
    return say(text, count=len(vms))


def _decide_app(
    app: App,
    stance: Stance,
    carriers: list[VM],
    homes: Mapping[VM, str],
    providers: Mapping[str, Provider],
) -> Decision:
    provider = providers.get(app.provider or "")
    if app.status is AppStatus.ACTIVE:
        return Decision(Outcome.STAYS, (_why_it_stays(app, carriers, homes, provider),))
    if app.status is AppStatus.PLANNED:
        coming = _("Not yet in service; this plan brings back what was in service before.")
        way_out = _("Set its status to inactive to have it planned here.")
        return Decision(Outcome.STAYS, (say(coming), say(way_out)))
    if app.status is AppStatus.RETIRED or is_given_up(app):
        return _give_up(app, carriers)
    return _decide_inactive(app, stance, carriers, provider)


def _decide_inactive(
    app: App, stance: Stance, carriers: list[VM], provider: Provider | None
) -> Decision:
    if not app.workloads and not carriers:
        return _decide_without_demand(app, provider)
    if stance is Stance.BLOCKERS_CURED:
        return CANDIDATE
    cure = _REPAIRS.get(app.blocker) if app.blocker else None
    if cure is None and app.verdict is Verdict.REPAIR:
        cure = _("Its verdict is to repair it first: do so")
    if cure is None:
        return CANDIDATE
    first = say(_("%(cure)s, clear the blocker, and plan again."), cure=say(cure))
    kept = _said_of(carriers, _("Kept for it: %(machines)s (%(amounts)s)."))
    return Decision(Outcome.REPAIR, (first, *kept))


def _said_of(vms: list[VM], text: str) -> tuple[Sentence, ...]:
    """What `text` says of the machines; nothing where there are none."""
    return (say(text, machines=counted(vms), amounts=in_words(_sum(vms))),) if vms else ()


def _decide_without_demand(app: App, provider: Provider | None) -> Decision:
    if is_national(app, provider):
        who = provider.name or provider.slug if provider else say(_("its ministry"))
        national = _("A national system: %(who)s brings it back; no room here would.")
        return Decision(Outcome.LEFT_OUT, (say(national, who=who),))
    unknown = _("The record has no tiers of it, so its demand is unknown.")
    way_out = _("Record its workloads, and plan again.")
    return Decision(Outcome.LEFT_OUT, (say(unknown), say(way_out)))


def is_national(app: App, provider: Provider | None) -> bool:
    """Whether a ministry runs `app`: it has no demand here."""
    by_ministry = provider is not None and provider.kind is ProviderKind.MINISTRY
    return not app.workloads and (app.kind is AppKind.SHARED_NATIONAL or by_ministry)


def is_given_up(app: App) -> bool:
    """Whether `app` is never to come back: it is superseded, or its verdict says so."""
    return app.blocker is Blocker.SUPERSEDED or app.verdict in {Verdict.RETIRE, Verdict.MIGRATE}


def _give_up(app: App, carriers: list[VM]) -> Decision:
    outcome = Outcome.MIGRATE if app.verdict is Verdict.MIGRATE else Outcome.RETIRE
    if app.blocker is Blocker.SUPERSEDED:
        why = _("Superseded by another system")
    else:
        is_retired = app.status is AppStatus.RETIRED
        why = _("Already retired") if is_retired else _ITS_VERDICT[outcome]
    first = say(
        _("%(why)s: %(first)s, then let it go."), why=say(why), first=say(_LAST_STEPS[outcome])
    )
    back = _said_of(carriers, _("Given back: %(machines)s (%(amounts)s)."))
    return Decision(outcome, (first, *back, say(_("Change blocker or verdict to revive it."))))


def _why_it_stays(
    app: App, carriers: list[VM], homes: Mapping[VM, str], provider: Provider | None
) -> Sentence:
    if carriers:
        pools = sorted({homes[vm] for vm in carriers if vm in homes})
        there = _("Runs on %(machines)s in %(pools)s; what runs is not moved.")
        text = there if pools else _("Runs on %(machines)s; what runs is not moved.")
        where = {"pools": ", ".join(pools)} if pools else {}
        return say(text, machines=counted(carriers), **where)
    if any(tier.on_devices for tier in app.workloads):
        return say(_("Runs on devices of its own; it takes no room of any pool."))
    if provider is not None:
        who = provider.name or provider.slug
        return say(_("Run by %(who)s; it takes no room here."), who=who)
    return say(_("Active, and the record has no machine of it; it takes no room here."))


def _sum(vms: list[VM]) -> Amounts:
    return total(vm.amounts for vm in vms)
