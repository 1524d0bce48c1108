"""The page of one change: all that was before and after."""

from __future__ import annotations

from typing import Any

from dcim.catalog import BY_KIND
from dcim.record.log.changes import ObjectChange
from dcim.web.objects.details import DetailPage
from dcim.web.values.addresses import page_of
from dcim.web.values.differences import shown_changes


class ChangePage(DetailPage):
    """A change, field by field, and the other changes of the same request."""

    template_name = "objects/change.html"

    def more(self, obj: ObjectChange) -> dict[str, Any]:
        """The differences, and what else the request wrote."""
        seen = self.seen(ObjectChange.objects.all())
        together = seen.filter(request_id=obj.request_id).exclude(pk=obj.pk)
        return {
            "change": shown_changes([obj])[0],
            "together": together[:20],
            "object_url": self._page_of_changed(obj),
        }

    def _page_of_changed(self, entry: ObjectChange) -> str:
        """The page of the object that was changed, while it exists and may be seen."""
        resource = BY_KIND.get(entry.changed_object_type)
        if resource is None:
            return ""
        rows = self.seen(resource.model._default_manager.all())
        found = rows.filter(pk=entry.changed_object_id).first()
        return page_of(found) if found is not None else ""
