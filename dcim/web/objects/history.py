"""The page of an object's history: every change of it, and the object as it was at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from dcim.actions.changes import State
from dcim.actions.log.states import state_at
from dcim.record.log.changes import ObjectChange
from dcim.vocabulary.choices import ChangeAction
from dcim.web.frame.access import ResourcePage, parameter
from dcim.web.values.differences import Difference, shown_changes

CHANGES_PER_PAGE: Final = 100


class HistoryPage(ResourcePage):
    """What the change log tells the reader of an object, which may be gone."""

    template_name = "objects/history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The changes, newest first, and the state that was asked for."""
        kind, pk = self.resource.kind, self.kwargs["pk"]
        entries = self.seen(ObjectChange.objects.all())
        of_object = entries.filter(changed_object_type=kind, changed_object_id=pk)
        newest = of_object.first()
        if newest is None:
            raise Http404(
                _("The change log tells nothing of this %(kind)s.") % {"kind": self.singular}
            )
        page = Paginator(of_object, CHANGES_PER_PAGE).get_page(self.request.GET.get("page"))
        asked = parameter(self.request.GET, "at")
        at = _moment(asked)
        past = state_at(kind, pk, at, entries) if at is not None else None
        return super().get_context_data(
            title=_("History of %(object)s") % {"object": newest.object_repr},
            changes=shown_changes(list(page)),
            page=page,
            pages=list(page.paginator.get_elided_page_range(page.number)),
            asked=asked,
            at=at,
            is_wrong=bool(asked) and at is None,
            past=past,
            facts=self._facts(past.state) if past is not None and past.state else [],
            **kwargs,
        )

    def _facts(self, state: State) -> list[Difference]:
        """What was set, by today's names of the fields and of what they referred to."""
        made = ObjectChange(
            changed_object_type=self.resource.kind,
            action=ChangeAction.CREATE.value,
            prechange_data=None,
            postchange_data=dict(state),
        )
        (shown,) = shown_changes([made])
        return shown.differences


def _moment(text: str) -> datetime | None:
    """The moment that is written, where the data centre is unless it says otherwise."""
    try:
        moment = parse_datetime(text)
        if moment is None:
            return None
        at = moment if moment.tzinfo else timezone.make_aware(moment)
        return at.astimezone(timezone.get_default_timezone())
    except (ValueError, OverflowError):
        return None
