"""The rule on who may hold an app, as plans ask it, and its refusals in a plan's words."""

from __future__ import annotations

from typing import Final

from dcim.planning.estate import VM, App, Provider, Snapshot
from dcim.planning.sentences import Sentence, all_of, say
from dcim.vocabulary.choices import DataClass, SystemCategory, _
from dcim.vocabulary.holding import Objection, objections

_MAY_NOT_HOLD: Final = {
    DataClass.OPEN: _("may not hold its data (open)"),
    DataClass.RESTRICTED: _("may not hold its data (restricted)"),
    DataClass.CLOSED: _("may not hold its data (closed)"),
    SystemCategory.STRATEGIC: _("may not hold a system of its category (strategic)"),
    SystemCategory.HIGH: _("may not hold a system of its category (high)"),
    SystemCategory.LOW: _("may not hold a system of its category (low)"),
}


def may_hold(provider: Provider | None, app: App) -> bool:
    """Whether `provider` may hold `app`; where nobody is named, nobody forbids it."""
    return provider is None or not objections(provider.terms, app.nature)


def why_not(provider: Provider | None, app: App) -> Sentence | None:
    """What `provider` may not do with `app`, to stand after its name; None when it may hold it."""
    found = objections(provider.terms, app.nature) if provider else ()
    return all_of(_said(one, app) for one in found) if found else None


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


def _said(objection: Objection, app: App) -> Sentence:
    if objection is Objection.DATA_CLASS and app.data_class:
        return say(_MAY_NOT_HOLD[app.data_class])
    if objection is Objection.CATEGORY and app.category:
        return say(_MAY_NOT_HOLD[app.category])
    return say(_("keeps data abroad, while systems of public bodies stay in Indonesia"))
