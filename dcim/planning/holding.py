"""The rule on who may hold an app, as plans ask it, and its refusals in a plan's words."""

from __future__ import annotations

from dcim.planning.estate import VM, App, Provider, Snapshot
from dcim.vocabulary.holding import Objection, objections


def may_hold(provider: Provider | None, app: App) -> bool:
    """Whether `provider` may hold `app`; where nobody is named, nobody forbids it."""
    return provider is None or not objections(provider.terms, app.nature)


def why_not(provider: Provider | None, app: App) -> str:
    """What `provider` may not do with `app`, to stand after its name; empty when it may hold it."""
    if provider is None:
        return ""
    return " and ".join(_said(one, app) for one in objections(provider.terms, app.nature))


def planned_amiss(snapshot: Snapshot) -> frozenset[VM]:
    """Machines that do not stand yet, planned where an app that they carry may not be held."""
    providers = {provider.slug: provider for provider in snapshot.providers}
    holders = {pool.ref: providers.get(pool.provider or "") for pool in snapshot.pools}
    apps = {app.code: app for app in snapshot.apps}
    return frozenset(
        vm
        for vm, home in snapshot.homes().items()
        if vm.is_planned
        and not all(may_hold(holders.get(home), apps[code]) for code in vm.apps if code in apps)
    )


def _said(objection: Objection, app: App) -> str:
    if objection is Objection.DATA_CLASS:
        return f"may not hold its data ({app.data_class})"
    if objection is Objection.CATEGORY:
        return f"may not hold a system of its category ({app.category})"
    return "keeps data abroad, while systems of public bodies stay in Indonesia"
