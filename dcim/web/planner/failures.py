"""Pages that answer for many failures at once: what they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Page as Leaf
from django.core.paginator import Paginator
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from dcim.graph.failures.tally import COLUMNS, Cost
from dcim.graph.selection import FILTERS, PLACES
from dcim.vocabulary.choices import SystemCategory
from dcim.vocabulary.things import Ref, ThingKind
from dcim.web.values.things import KIND_LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django_stubs_ext import StrOrPromise

ROWS: Final = 50
CATEGORY_LABELS: Final[Mapping[str, StrOrPromise]] = {
    SystemCategory.STRATEGIC: _("Strategic"),
    SystemCategory.HIGH: _("High"),
    SystemCategory.LOW: _("Low"),
    "": _("Not stated"),
}


@dataclass(frozen=True, slots=True)
class ShownCost:
    """What a failure costs, as a row of a table shows it."""

    down: int
    degraded: int
    down_by_category: list[tuple[StrOrPromise, int]]
    users_down: int
    users_degraded: int
    owners: int


def shown_cost(cost: Cost) -> ShownCost:
    """The sums, and the apps that stop by category."""
    return ShownCost(
        sum(cost.apps_down),
        sum(cost.apps_degraded),
        [
            (CATEGORY_LABELS[name], apps)
            for name, apps in zip(COLUMNS, cost.apps_down, strict=True)
            if apps
        ],
        sum(cost.users_down),
        sum(cost.users_degraded),
        cost.owners,
    )


def filters_of(asked: QueryDict) -> dict[str, list[str]]:
    """The filters that an address names."""
    return {name: asked.getlist(name) for name in FILTERS}


def filter_fields(asked: QueryDict, kinds: Iterable[ThingKind]) -> dict[str, Any]:
    """What the filters of a page need: kinds to choose from, and what is filled in."""
    return {
        "kinds": [(kind.value, KIND_LABELS[kind]) for kind in ThingKind if kind in kinds],
        "kind": asked.get("kind", ""),
        "within": asked.get("within", ""),
        "tenant": asked.get("tenant", ""),
        "places": ", ".join(PLACES),
    }


def leaf_of(rows: Any, asked: QueryDict, size: int = ROWS) -> Leaf[Any]:
    """The page of rows that is asked for; the nearest one where there is none."""
    return Paginator(rows, size).get_page(asked.get("page"))


def sortable(
    request: HttpRequest, names: Mapping[str, StrOrPromise], ordering: str
) -> list[tuple[StrOrPromise, str, str]]:
    """Columns that can be sorted: what each is called, where it leads, how it is sorted now.

    The largest come first; once more turns the order round.
    """
    found = []
    for name, label in names.items():
        wanted = name if ordering == f"-{name}" else f"-{name}"
        asked = request.GET.copy()
        asked["ordering"] = wanted
        asked.pop("page", None)
        state = {name: "ascending", f"-{name}": "descending"}.get(ordering, "")
        found.append((label, f"?{asked.urlencode()}", state))
    return found


def impact_page(*failed: Ref) -> str:
    """The address that says what falls with things."""
    query = urlencode({"failed": [str(one) for one in failed]}, doseq=True)
    return f"{reverse('impact')}?{query}"
