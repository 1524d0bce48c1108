"""What can't be right in the graph, by kind, each with the way out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from dcim.actions.questions.failures import findings_seen
from dcim.graph.facts import Node, Thing
from dcim.graph.load.record import current_graph
from dcim.graph.needs.findings import MEANINGS, WAYS_OUT, Finding, FindingKind, Findings
from dcim.record.people.organisation import Tenant
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.asked import chosen
from dcim.web.frame.access import Page, parameter
from dcim.web.planner.failures import leaf_of
from dcim.web.values.things import MODELS, NamedThing, named_things

if TYPE_CHECKING:
    from django.db.models import Field
    from django_stubs_ext import StrOrPromise

LABELS: Final[dict[FindingKind, StrOrPromise]] = {
    FindingKind.RESTS_ON_IDLE: _("apps on what does not run"),
    FindingKind.CIRCLE: _("circles"),
    FindingKind.APP_ON_NOTHING: _("apps on nothing"),
    FindingKind.TIER_ON_NOTHING: _("tiers without a machine"),
    FindingKind.TIER_SHORT: _("tiers with too few instances"),
    FindingKind.LEANS_ON_IDLE: _("apps with less to spare than recorded"),
    FindingKind.MACHINE_WITHOUT_APP: _("machines without an app"),
}
TONES: Final = {FindingKind.LEANS_ON_IDLE: "plan", FindingKind.MACHINE_WITHOUT_APP: "plan"}


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many findings there are of a kind."""

    kind: str
    label: StrOrPromise
    tone: str
    count: int


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding with the pages of what is in it; `status` is that of what is to be put right."""

    chain: list[NamedThing]
    owner: str
    status: str
    status_label: StrOrPromise


class FindingsPage(Page):
    """`findings/?kind=circle`: the findings of one kind, the gravest kind that there is first."""

    template_name = "planner/findings.html"
    title = _("Findings")
    permission_model = ServiceApp

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The counts, and the findings of a kind."""
        found = findings_seen(current_graph(), self.user)
        asked = parameter(request.GET, "kind")
        kind = chosen(FindingKind, asked, "kind") if asked else next(iter(found.counts), None)
        rows = leaf_of(found.of_kind(kind), request.GET)
        context = self.get_context_data(
            serial=found.serial,
            counts=_counts(found),
            kind=kind,
            label=LABELS[kind] if kind else "",
            meaning=MEANINGS[kind] if kind else "",
            way_out=WAYS_OUT[kind] if kind else "",
            rows=rows,
            shown=_shown(rows),
        )
        return self.render_to_response(context)


def _counts(found: Findings) -> list[KindCount]:
    """Every kind; those without findings are good news."""
    return [
        KindCount(kind.value, label, TONES.get(kind, "bad") if count else "good", count)
        for kind, label in LABELS.items()
        for count in (found.counts[kind],)
    ]


def _shown(rows: Iterable[Finding]) -> list[ShownFinding]:
    slugs = {row.subject.owner for row in rows if isinstance(row.subject, Thing)}
    owners = dict(Tenant.objects.filter(slug__in=slugs).values_list("slug", "name"))
    return [_shown_row(row, owners) for row in rows]


def _shown_row(row: Finding, owners: dict[str, str]) -> ShownFinding:
    chain = list(named_things(row.chain).values())
    status, label = _status(row.culprit)
    return ShownFinding(
        chain=chain + chain[:1] if row.kind is FindingKind.CIRCLE else chain,
        owner=owners.get(row.subject.owner, "") if isinstance(row.subject, Thing) else "",
        status=status,
        status_label=label,
    )


def _status(node: Node) -> tuple[str, StrOrPromise]:
    """The record's word and how it is called; nothing for what has no status."""
    if not isinstance(node, Thing) or not node.status:
        return "", ""
    field = cast("Field[str, str]", MODELS[node.kind]._meta.get_field("status"))  # a stored one
    return node.status, dict(field.flatchoices).get(node.status, node.status)
