"""One search box over every object of the catalogue."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.catalog import RESOURCES
from dcim.catalog.resource import Resource
from dcim.web.frame.access import Page, parameter
from dcim.web.frame.finding import found_by, names_in
from dcim.web.frame.navigation import links_called
from dcim.web.values import formats
from dcim.web.values.addresses import list_of
from dcim.web.values.formats import Shown
from dcim.web.values.rows import named

MOST_PER_KIND: Final = 8


@dataclass(frozen=True, slots=True)
class Hits:
    """The first objects of one kind that match, and where all of them are."""

    label: str
    first: list[Shown]
    has_more: bool
    url: str
    is_exact: bool


class SearchPage(Page):
    """What contains the searched text, kind by kind; what bears it as a whole comes first."""

    template_name = "frame/search.html"
    title = gettext_lazy("Search")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The hits per kind."""
        text = parameter(self.request.GET, "q")
        found = found_by(text, self._searched(), self.user, MOST_PER_KIND + 1) if text else {}
        title = _("Search for “%(text)s”") % {"text": text} if text else _("Search")
        pages = links_called(text, self.request.path, self.user)
        hits = [_hits(one, keys, text) for one, keys in found.items()]
        hits.sort(key=lambda one: not one.is_exact)
        context = super().get_context_data(hits=hits, pages=pages, **kwargs)
        return context | {"title": title, "text": text}

    def _searched(self) -> list[Resource]:
        """What the reader may see."""
        return [one for one in RESOURCES if one.search and self.may_view(one.model)]


def _hits(resource: Resource, keys: Collection[int], text: str) -> Hits:
    rows = list(named(resource.model).filter(pk__in=keys))
    names, sought = names_in(resource), text.casefold()
    bearing = {
        one.pk for one in rows if any(_folded(getattr(one, name)) == sought for name in names)
    }
    rows.sort(key=lambda one: one.pk not in bearing)
    first = [_hit(one) for one in rows[:MOST_PER_KIND]]
    url = f"{list_of(resource)}?{urlencode({'q': text})}"
    label = str(capfirst(resource.model._meta.verbose_name_plural))
    return Hits(label, first, len(rows) > MOST_PER_KIND, url, is_exact=bool(bearing))


def _folded(value: object) -> str:
    return str(value or "").casefold()


def _hit(obj: Any) -> Shown:
    shown = formats.shown_object(obj)
    name = str(getattr(obj, "name", ""))
    named_too = "" if name in shown.text else name
    return Shown(shown.text, url=shown.url, title=getattr(obj, "description", "") or named_too)
