"""A stored plan laid over the record as it is now, or beside another plan, and what differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from dcim.actions.plans.making import document_of
from dcim.actions.rights import may_all, visible
from dcim.graph.load.record import current_graph
from dcim.planning.differences.differences import PlanDifference, differences
from dcim.planning.load.hosts import load_hosts
from dcim.planning.load.record import load_snapshot
from dcim.planning.questions.after import graph_after
from dcim.planning.questions.comparison import Comparison, compare
from dcim.record.log.reading import one_view
from dcim.record.people.account import User
from dcim.record.planner.plans import Plan
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import InvalidInput, NotPermitted, UnknownThing
from dcim.vocabulary.things import Ref

MOST_DIGITS: Final = 19  # what a key of a table may have


def compare_plan(plan: Plan, failed: Sequence[Ref]) -> Comparison:
    """What the graph answers before and after the plan, in one consistent view of the record.

    Raises: UnknownThing for a name that neither side knows; BadDocument for a damaged plan.
    """
    with one_view():
        before = current_graph()
        after = graph_after(before, load_snapshot(), document_of(plan), load_hosts())
    return compare(before, after, failed)


def difference_of_plans(first: Plan, second: Plan) -> PlanDifference:
    """What the two decide otherwise, whatever has become of the record since.

    Raises: BadDocument for a damaged plan; InvalidInput where both are one plan.
    """
    if first.pk == second.pk:
        raise InvalidInput(
            _("A plan does not differ from itself."),
            field="with",
            hint=_("Choose another plan."),
        )
    return differences(document_of(first), document_of(second))


def plan_seen(pk: int, reader: User) -> Plan:
    """The plan with the id, for who sees it, and all apps that it is compared by.

    Raises: UnknownThing, NotPermitted.
    """
    plan = visible(Plan.objects.filter(pk=pk), reader).first()
    if plan is None:
        raise UnknownThing(
            _("There is no plan with the id %(id)s.") % {"id": pk},
            hint=_("Look it up in the list."),
        )
    if not may_all(reader, "view", ServiceApp):
        raise NotPermitted(
            _("This tells of all apps; your account sees a part of them only."),
            hint=_("Ask an administrator for the right."),
        )
    return plan


def other_plan_seen(text: str, reader: User) -> Plan:
    """The plan to lay beside another, by its id as it was written.

    Raises: InvalidInput where nothing is named; UnknownThing, NotPermitted.
    """
    if not text:
        raise InvalidInput(
            _("Say which plan to compare with."),
            field="with",
            hint=_("Choose another plan."),
        )
    if not (text.isascii() and text.isdecimal() and len(text) < MOST_DIGITS):
        raise UnknownThing(
            _("There is no plan with the id %(id)s.") % {"id": text},
            field="with",
            hint=_("Look it up in the list."),
        )
    return plan_seen(int(text), reader)


def plan_called(name: str | None) -> Plan:
    """The newest plan, or the one with the id.

    Raises: UnknownThing.
    """
    plans = Plan.objects.order_by("-pk")
    chosen = plans.filter(pk=int(name)) if name and name.isdecimal() else plans
    plan = chosen.first() if name is None or name.isdecimal() else None
    if plan is None:
        raise UnknownThing(
            _("There is no plan %(name)s.") % {"name": name or ""},
            field="plan",
            hint=_("Make one with %(command)s, or name the id of one.")
            % {"command": "./manage.py plan"},
        )
    return plan
