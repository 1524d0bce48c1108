"""Why each app ends where it does, in sentences for whoever owns it.

What happens, why, and what would change it; where room binds, pool, class, asked and free. Decides
nothing.
"""

from __future__ import annotations

from typing import Final

from dcim.planning.capacity.ledger import shortage
from dcim.planning.document import Outcome
from dcim.planning.estate import App
from dcim.planning.holding import why_not
from dcim.planning.reactivation.candidate import ASK, IN_PLACE
from dcim.planning.reactivation.draft import Draft
from dcim.planning.reactivation.verdicts import Stance, counted, in_words
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices import AppStatus, Blocker

MOST_NAMED: Final = 5


class Reasons:
    """The sentences of one draft."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.outcomes = {app.code: draft.outcome(app) for app in draft.snapshot.apps}
        self.up = {app.code for app in draft.snapshot.apps if app.status is AppStatus.ACTIVE}
        self.up.update(draft.choice.placed)
        self.left = {pool: draft.left(pool) for pool in draft.rooms.pools}
        self.providers = {provider.slug: provider for provider in draft.snapshot.providers}

    def reason(self, app: App) -> str:
        """Why `app` ends where it does."""
        decided = self.draft.decisions[app.code]
        if decided.outcome is not None:
            return decided.reason
        if app.code not in self.draft.choice.placed:
            return f"{self._why_left_out(app)}{self._refused(app)}"
        return f"{self._cure(app)}: {self._how(app)}{self._waits(app)}{self._refused(app)}"

    def _cure(self, app: App) -> str:
        if app.blocker is None:
            return "Nothing but room holds it back"
        cured = self.draft.stance is Stance.BLOCKERS_CURED
        if cured and app.blocker is not Blocker.SERVER:
            return f"Once its blocker “{app.blocker.value}” is cured"
        return "It lacks only a server"

    def _how(self, app: App) -> str:
        chosen = self.draft.choice.placed[app.code]
        lacking = self.draft.machines(app.code, chosen)
        if chosen == IN_PLACE:
            there = self.draft.carriers[app.code]
            return f"it comes back on the {counted(there)} that it still holds; no room is needed."
        what = f"{counted(lacking)} ({in_words(self._demand(app, chosen))})"
        if chosen == ASK:
            return (
                f"it waits for a grant of {self._asked_name()} for {what}: {self._shortage(app)}. "
                "It comes back with the grant, or once what is lacking is added here."
            )
        return (
            f"{chosen} takes {what} for it; with the whole plan done it has "
            f"{in_words(self.left[chosen])} left.{self._after_reclaim(app)} "
            "Without that room it would have to wait for a grant."
        )

    def _after_reclaim(self, app: App) -> str:
        vms = sorted(self.draft.names[vm] for vm in self.draft.first.get(app.code, ()))
        if not vms:
            return ""
        named = ", ".join(vms[:MOST_NAMED])
        more = f" and {len(vms) - MOST_NAMED} more" if len(vms) > MOST_NAMED else ""
        return f" First go {named}{more}, whose room it needs."

    def _waits(self, app: App) -> str:
        chosen = self.draft.choice.placed[app.code]
        if self.outcomes[app.code] is not Outcome.REVIVE_ON_GRANT or chosen == ASK:
            return ""
        waiting = (one for one in app.hard if self.outcomes[one] is Outcome.REVIVE_ON_GRANT)
        return f" It comes up only after {next(waiting)}, which it rests on, has its grant."

    def _why_left_out(self, app: App) -> str:
        down = [code for code in app.hard if code not in self.up]
        decided = [code for code in down if self.draft.decisions[code].outcome is not None]
        if decided or (down and self._has_place(app)):
            needed = (decided or down)[0]
            return (
                f"It rests on {needed}, which is not up in this plan (outcome: "
                f"{self.outcomes[needed].value.replace('_', ' ')}). Bring {needed} back first, or "
                "take away the dependency."
            )
        return f"No place for it: {self._shortage(app)}; {self._why_not_asked(app)}."

    def _why_not_asked(self, app: App) -> str:
        provider = self.draft.asked_provider
        if not self.draft.may_ask:
            return "and this plan asks for nothing: add what is lacking"
        if provider is None:
            return "and the record has no PDN to ask: add what is lacking"
        if refused := why_not(provider, app):
            return f"and {self._asked_name()} {refused}: add what is lacking here"
        if ASK in self.draft.options[app.code]:
            share = in_words(self.draft.most_asked) if self.draft.most_asked else "nothing"
            return (
                f"and what may be asked of {self._asked_name()} ({share}) goes to apps that count "
                "more for it: add what is lacking here, or have that raised"
            )
        return (
            "and its other machines do not stand at the PDN, while an app stays whole: add what is "
            "lacking there"
        )

    def _has_place(self, app: App) -> bool:
        options = self.draft.options[app.code]
        if IN_PLACE in options or (ASK in options and self._may_be_asked(app)):
            return True
        pools = [pool for pool in options if pool != ASK]
        return any(self._demand(app, pool).fits_in(self.left[pool]) for pool in pools)

    def _may_be_asked(self, app: App) -> bool:
        most = self.draft.most_asked
        return most is None or self._demand(app, ASK).fits_in(most - self.draft.asked())

    def _shortage(self, app: App) -> str:
        """What every pool that is open to anyone lacks for `app`."""
        found = [self._shortage_in(pool, app) for pool in self.draft.rooms.pools]
        return "; ".join(one for one in found if one) or "no pool here is open for new machines"

    def _shortage_in(self, pool: str, app: App) -> str:
        demand, ledger = self._demand(app, pool), self.draft.ledgers[pool]
        if pool in self.draft.options[app.code]:
            short = shortage(pool, demand, self.left[pool])
            return short or f"{pool} has the sum ({in_words(demand)}) but no hosts that take it"
        provider = self.providers.get(ledger.provider or "")
        if refused := why_not(provider, app):
            return f"{pool} {refused}"
        for vm in self.draft.machines(app.code, pool):
            if not vm.amounts.fits_in(ledger.max_unit):
                large = shortage(pool, vm.amounts, ledger.max_unit).replace("free", "largest")
                return f"{large} in one machine for {vm.name}"
        return ""

    def _refused(self, app: App) -> str:
        """The planned machines of `app` that are not made, and why."""
        rooms = self.draft.rooms
        without = [vm.name for vm in rooms.refused if app.code in vm.apps]
        amiss = sorted(vm.name for vm in rooms.barred if app.code in vm.apps)
        said = f" Planned before, but without room: {', '.join(without)}." if without else ""
        if amiss:
            said += f" Planned before where it may not be held: {', '.join(amiss)}."
        return said

    def _asked_name(self) -> str:
        provider = self.draft.asked_provider
        return (provider.name or provider.slug) if provider else ""

    def _demand(self, app: App, option: str) -> Amounts:
        return total(vm.amounts for vm in self.draft.machines(app.code, option))
