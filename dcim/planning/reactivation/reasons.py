"""Why each app ends where it does, in sentences for whoever owns it.

What happens, why, and what would change it; where room binds, pool, class, asked and free. Decides
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dcim.planning.capacity.ledger import oversize, shortage
from dcim.planning.document import Outcome
from dcim.planning.estate import App
from dcim.planning.holding import why_not
from dcim.planning.reactivation.candidate import ASK, IN_PLACE
from dcim.planning.reactivation.draft import Draft
from dcim.planning.reactivation.verdicts import Stance, counted, in_words
from dcim.planning.sentences import Sentence, say
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices import AppStatus, Blocker, _

MOST_NAMED: Final = 5
_CURED: Final = {
    Blocker.DOMAIN: _("Once its blocker “domain” is cured"),
    Blocker.CODE: _("Once its blocker “code” is cured"),
    Blocker.OPERATOR: _("Once its blocker “operator” is cured"),
}
_NOT_UP: Final = {
    Outcome.STAYS: _("stays"),
    Outcome.REVIVE: _("revive"),
    Outcome.REVIVE_AFTER_RECLAIM: _("revive after reclaim"),
    Outcome.REVIVE_ON_GRANT: _("revive on grant"),
    Outcome.REPAIR: _("repair"),
    Outcome.MIGRATE: _("migrate"),
    Outcome.RETIRE: _("retire"),
    Outcome.LEFT_OUT: _("left out"),
}


class Reasons:
    """The sentences of one draft."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.outcomes = {app.code: draft.outcome(app) for app in draft.snapshot.apps}
        self.up = {app.code for app in draft.snapshot.apps if app.status is AppStatus.ACTIVE}
        self.up.update(draft.choice.placed)
        self.left = {pool: draft.left(pool) for pool in draft.rooms.pools}
        self.providers = {provider.slug: provider for provider in draft.snapshot.providers}

    def why(self, app: App) -> tuple[Sentence, ...]:
        """Why `app` ends where it does."""
        decided = self.draft.decisions[app.code]
        if decided.outcome is not None:
            return decided.why
        if app.code not in self.draft.choice.placed:
            return (*self._why_left_out(app), *self._refused(app))
        how, *then = self._how(app)
        first = say(_("%(cure)s: %(how)s"), cure=self._cure(app), how=how)
        return (first, *then, *self._waits(app), *self._refused(app))

    def _cure(self, app: App) -> Sentence:
        if app.blocker is None:
            return say(_("Nothing but room holds it back"))
        if self.draft.stance is Stance.BLOCKERS_CURED and app.blocker in _CURED:
            return say(_CURED[app.blocker])
        return say(_("It lacks only a server"))

    def _how(self, app: App) -> tuple[Sentence, ...]:
        chosen = self.draft.choice.placed[app.code]
        lacking = self.draft.machines(app.code, chosen)
        if chosen == IN_PLACE:
            text = _("it comes back on the %(machines)s that it still holds; no room is needed.")
            return (say(text, machines=counted(self.draft.carriers[app.code])),)
        what = say(
            _("%(machines)s (%(amounts)s)"),
            machines=counted(lacking),
            amounts=in_words(self._demand(app, chosen)),
        )
        return self._on_grant(app, what) if chosen == ASK else self._in_pool(app, chosen, what)

    def _on_grant(self, app: App, what: Sentence) -> tuple[Sentence, ...]:
        text = _("it waits for a grant of %(provider)s for %(what)s: %(lacking)s.")
        waits = say(text, provider=self._asked_name(), what=what, lacking=self._shortage(app))
        back = _("It comes back with the grant, or once what is lacking is added here.")
        return (waits, say(back))

    def _in_pool(self, app: App, pool: str, what: Sentence) -> tuple[Sentence, ...]:
        text = _("%(pool)s takes %(what)s for it; with the whole plan done it has %(left)s left.")
        takes = say(text, pool=pool, what=what, left=in_words(self.left[pool]))
        without = say(_("Without that room it would have to wait for a grant."))
        return (takes, *self._after_reclaim(app), without)

    def _after_reclaim(self, app: App) -> tuple[Sentence, ...]:
        vms = sorted(self.draft.names[vm] for vm in self.draft.first.get(app.code, ()))
        if not vms:
            return ()
        named, more = ", ".join(vms[:MOST_NAMED]), len(vms) - MOST_NAMED
        if more > 0:
            text = _("First go %(vms)s and %(more)s more, whose room it needs.")
            return (say(text, vms=named, more=more),)
        return (say(_("First go %(vms)s, whose room it needs."), vms=named),)

    def _waits(self, app: App) -> tuple[Sentence, ...]:
        chosen = self.draft.choice.placed[app.code]
        if self.outcomes[app.code] is not Outcome.REVIVE_ON_GRANT or chosen == ASK:
            return ()
        waiting = (one for one in app.hard if self.outcomes[one] is Outcome.REVIVE_ON_GRANT)
        text = _("It comes up only after %(app)s, which it rests on, has its grant.")
        return (say(text, app=next(waiting)),)

    def _why_left_out(self, app: App) -> tuple[Sentence, ...]:
        down = [code for code in app.hard if code not in self.up]
        decided = [code for code in down if self.draft.decisions[code].outcome is not None]
        if decided or (down and self._has_place(app)):
            return self._rests_on((decided or down)[0])
        text = _("No place for it: %(lacking)s; %(asking)s.")
        return (say(text, lacking=self._shortage(app), asking=self._why_not_asked(app)),)

    def _rests_on(self, needed: str) -> tuple[Sentence, ...]:
        text = _("It rests on %(app)s, which is not up in this plan (outcome: %(outcome)s).")
        rests = say(text, app=needed, outcome=say(_NOT_UP[self.outcomes[needed]]))
        way_out = _("Bring %(app)s back first, or take away the dependency.")
        return (rests, say(way_out, app=needed))

    def _why_not_asked(self, app: App) -> Sentence:
        provider = self.draft.asked_provider
        if not self.draft.may_ask:
            return say(_("and this plan asks for nothing: add what is lacking"))
        if provider is None:
            return say(_("and the record has no PDN to ask: add what is lacking"))
        if refused := why_not(provider, app):
            text = _("and %(provider)s %(refused)s: add what is lacking here")
            return say(text, provider=self._asked_name(), refused=refused)
        if ASK in self.draft.options[app.code]:
            most = self.draft.most_asked
            text = _(
                "and what may be asked of %(provider)s (%(share)s) goes to apps that count more "
                "for it: add what is lacking here, or have that raised"
            )
            share = in_words(most) if most else say(_("nothing"))
            return say(text, provider=self._asked_name(), share=share)
        return say(
            _(
                "and its other machines do not stand at the PDN, while an app stays whole: add "
                "what is lacking there"
            )
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

    def _shortage(self, app: App) -> tuple[Sentence, ...]:
        """What every pool that is open to anyone lacks for `app`."""
        found = [self._shortage_in(pool, app) for pool in self.draft.rooms.pools]
        lacking = tuple(one for one in found if one)
        return lacking or (say(_("no pool here is open for new machines")),)

    def _shortage_in(self, pool: str, app: App) -> Sentence | None:
        demand, ledger = self._demand(app, pool), self.draft.ledgers[pool]
        if pool in self.draft.options[app.code]:
            no_hosts = _("%(pool)s has the sum (%(amounts)s) but no hosts that take it")
            short = shortage(pool, demand, self.left[pool])
            return short or say(no_hosts, pool=pool, amounts=in_words(demand))
        provider = self.providers.get(ledger.provider or "")
        if refused := why_not(provider, app):
            return say(_("%(pool)s %(refused)s"), pool=pool, refused=refused)
        for vm in self.draft.machines(app.code, pool):
            if large := oversize(pool, vm.amounts, ledger.max_unit):
                return say(_("%(large)s in one machine for %(vm)s"), large=large, vm=vm.name)
        return None

    def _refused(self, app: App) -> Iterator[Sentence]:
        """The planned machines of `app` that are not made, and why."""
        rooms = self.draft.rooms
        without = [vm.name for vm in rooms.refused if app.code in vm.apps]
        amiss = sorted(vm.name for vm in rooms.barred if app.code in vm.apps)
        if without:
            text = _("Planned before, but without room: %(vms)s.")
            yield say(text, vms=", ".join(without))
        if amiss:
            text = _("Planned before where it may not be held: %(vms)s.")
            yield say(text, vms=", ".join(amiss))

    def _asked_name(self) -> str:
        provider = self.draft.asked_provider
        return (provider.name or provider.slug) if provider else ""

    def _demand(self, app: App, option: str) -> Amounts:
        return total(vm.amounts for vm in self.draft.machines(app.code, option))
