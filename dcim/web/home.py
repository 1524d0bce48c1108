"""The first page: the numbers that matter."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dcim.web.access import Crumb, Page


class HomePage(Page):
    """What runs, what is free, what falls, what is planned, what was changed."""

    template_name = "home.html"
    title = _("Overview")

    def crumbs(self) -> list[Crumb]:
        """The way starts here."""
        return []
