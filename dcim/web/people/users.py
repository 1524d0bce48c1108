"""Pages of users, for those who administer them."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.urls import reverse

from dcim.actions.accounts.users import create_user
from dcim.record.people.account import User
from dcim.web.forms.edit import CreatePage
from dcim.web.forms.records import RecordForm
from dcim.web.objects.details import DetailPage


class UserPage(DetailPage):
    """A user, with the way to a new password."""

    template_name = "people/user.html"

    def more(self, obj: User) -> dict[str, Any]:
        """Where the password is set."""
        return {"password_url": reverse("set_password", args=[obj.pk])}


class UserCreatePage(CreatePage):
    """A new user, who signs in once a password is set."""

    def create(self, form: RecordForm) -> Model:
        """The user, without a password yet."""
        by = self.actor(form.cleaned_data["changelog_message"])
        return create_user(form.values(), password=None, by=by)
