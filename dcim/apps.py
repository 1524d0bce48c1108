"""The one Django app of the record."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class DcimConfig(AppConfig):
    """The record and all that is built on it."""

    name = "dcim"
    verbose_name = _("Data centre")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give every role its group once the tables stand."""
        post_migrate.connect(give_roles_groups, sender=self)


def give_roles_groups(**_options: object) -> None:
    """Make the groups of the roles; by name, since the rooms above may not be imported here."""
    import_string("dcim.actions.accounts.users.give_roles_groups")()
