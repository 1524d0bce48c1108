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
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices import (
    AppKind,
    AppStatus,
    Blocker,
    ProviderKind,
    Verdict,
    VirtualMachineStatus,
)


class Stance(StrEnum):
    """How blockers are taken: as they stand, or as if all but “superseded” were cured."""

    AS_DECLARED = "as-declared"
    BLOCKERS_CURED = "blockers-cured"


@dataclass(frozen=True, slots=True)
class Decision:
    """An app's outcome and why; a candidate, whose outcome hangs on room, has none yet."""

    outcome: Outcome | None
    reason: str = ""


CANDIDATE: Final = Decision(None)
GOING: Final = frozenset({Outcome.RETIRE, Outcome.MIGRATE})

_LAST_STEPS: Final = {
    Outcome.RETIRE: "keep a copy of its data",
    Outcome.MIGRATE: "move its data and users to the national application",
}
_REPAIRS: Final = {
    Blocker.DOMAIN: "Its domain has expired, which no capacity cures: renew the domain",
    Blocker.CODE: "The application is broken, which no capacity cures: repair it and try it out",
    Blocker.OPERATOR: "Nobody operates it, which no capacity cures: let its owner name an operator",
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


def in_words(amounts: Amounts) -> str:
    """`amounts` for a sentence.

    >>> in_words(Amounts(4, 8192, 150))
    '4 vCPU, 8192 MiB memory, 150 GiB storage'
    """
    return (
        f"{amounts.vcpus} vCPU, {amounts.memory_mib} MiB memory, {amounts.storage_gib} GiB storage"
    )


def counted(vms: Sequence[object]) -> str:
    """How many machines, for a sentence."""
    return f"{len(vms)} machine{'' if len(vms) == 1 else 's'}"


def _decide_app(
    app: App,
    stance: Stance,
    carriers: list[VM],
    homes: Mapping[VM, str],
    providers: Mapping[str, Provider],
) -> Decision:
    provider = providers.get(app.provider or "")
    if app.status is AppStatus.ACTIVE:
        return Decision(Outcome.STAYS, _why_it_stays(app, carriers, homes, provider))
    if app.status is AppStatus.PLANNED:
        return Decision(
            Outcome.STAYS,
            "Not yet in service; this plan brings back what was in service before. "
            "Set its status to inactive to have it planned here.",
        )
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
        cure = "Its verdict is to repair it first: do so"
    if cure is None:
        return CANDIDATE
    kept = f" Kept for it: {counted(carriers)} ({in_words(_sum(carriers))})." if carriers else ""
    return Decision(Outcome.REPAIR, f"{cure}, clear the blocker, and plan again.{kept}")


def _decide_without_demand(app: App, provider: Provider | None) -> Decision:
    if is_national(app, provider):
        who = provider.name or provider.slug if provider else "its ministry"
        return Decision(
            Outcome.LEFT_OUT, f"A national system: {who} brings it back; no room here would."
        )
    return Decision(
        Outcome.LEFT_OUT,
        "The record has no tiers of it, so its demand is unknown. Record its workloads, and plan "
        "again.",
    )


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
        why = "Superseded by another system"
    else:
        why = "Already retired" if app.status is AppStatus.RETIRED else f"Its verdict is {outcome}"
    first = _LAST_STEPS[outcome]
    back = f" Given back: {counted(carriers)} ({in_words(_sum(carriers))})." if carriers else ""
    return Decision(
        outcome, f"{why}: {first}, then let it go.{back} Change blocker or verdict to revive it."
    )


def _why_it_stays(
    app: App, carriers: list[VM], homes: Mapping[VM, str], provider: Provider | None
) -> str:
    if carriers:
        pools = sorted({homes[vm] for vm in carriers if vm in homes})
        where = f" in {', '.join(pools)}" if pools else ""
        return f"Runs on {counted(carriers)}{where}; what runs is not moved."
    if any(tier.on_devices for tier in app.workloads):
        return "Runs on devices of its own; it takes no room of any pool."
    if provider is not None:
        return f"Run by {provider.name or provider.slug}; it takes no room here."
    return "Active, and the record has no machine of it; it takes no room here."


def _sum(vms: list[VM]) -> Amounts:
    return total(vm.amounts for vm in vms)
