"""The page of apps that are held by providers which may not hold them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from dcim.actions.holding.misplaced import misplaced_apps
from dcim.record.planner.service_apps import ServiceApp
from dcim.web.frame.access import Page
from dcim.web.planner.failures import leaf_of


class MisplacedPage(Page):
    """Each app and provider, how the app is held there, and why it may not be."""

    template_name = "planner/misplaced.html"
    title = _("Apps held where they may not be")
    permission_model = ServiceApp

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What is found in the record as it is now."""
        rows = leaf_of(misplaced_apps(self.user), self.request.GET)
        return super().get_context_data(rows=rows, **kwargs)
