"""The border of the pages: who may see and write, and how a refusal is answered."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar, Final, NamedTuple, TypeVar, cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.forms import CharField
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from dcim.actions.accounts.callers import address_of
from dcim.actions.changes import Actor
from dcim.actions.rights import may, may_all, visible
from dcim.catalog.resource import Resource
from dcim.record.people.account import User
from dcim.vocabulary.errors import (
    LumbungError,
    MissingComponent,
    NotPermitted,
    Refused,
    UnknownThing,
)
from dcim.web.values.addresses import list_of

STATUS_OF_ERROR: Final[dict[type[LumbungError], HTTPStatus]] = {
    UnknownThing: HTTPStatus.NOT_FOUND,
    NotPermitted: HTTPStatus.FORBIDDEN,
    Refused: HTTPStatus.CONFLICT,
    MissingComponent: HTTPStatus.SERVICE_UNAVAILABLE,
}

ModelT = TypeVar("ModelT", bound=Model)
__all__ = ("Crumb", "Page", "ResourcePage", "may", "parameter", "refusal")


class Crumb(NamedTuple):
    """One step of the way from the home page to here."""

    label: str
    url: str = ""


class Page(LoginRequiredMixin, TemplateView):
    """A page for people who signed in; what can't be answered is said with reason and way out."""

    title: ClassVar[Any] = ""
    permission_model: ClassVar[type[Model] | None] = None
    whole: ClassVar[bool] = False  # tells of all objects at once, so is for those who see all

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the request, or say why not."""
        if request.user.is_authenticated and (seen := self.seen_model()) is not None:
            self.require("view", seen, may_all if self.whole else may)
        try:
            return super().dispatch(request, *args, **kwargs)
        except LumbungError as err:
            return refusal(request, err)

    @property
    def user(self) -> User:
        """Who asks."""
        return cast("User", self.request.user)  # LoginRequiredMixin lets no one else in

    def seen_model(self) -> type[Model] | None:
        """Whose objects a reader must be permitted to view; None where each part is asked for."""
        return self.permission_model

    def may_view(self, model: type[Model]) -> bool:
        """Whether the reader may see objects of `model`."""
        return may(self.user, "view", model)

    def seen(self, rows: QuerySet[ModelT]) -> QuerySet[ModelT]:
        """Those of `rows` that the reader may see."""
        return visible(rows, self.user)

    def crumbs(self) -> list[Crumb]:
        """The way from the home page to this one."""
        return [Crumb(str(self.title))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Title and way, beside what the page adds."""
        context = {"title": str(self.title), "crumbs": self.crumbs(), **kwargs}
        return super().get_context_data(**context)

    def actor(self, message: str = "") -> Actor:
        """Who writes, for the change log."""
        address = address_of(self.request.META)
        return Actor.of(self.user, message=message, source_address=address)

    def require(
        self, deed: str, model: type[Model], judge: Callable[[User, str, type[Model]], bool] = may
    ) -> None:
        """Refuse who may not do the deed (view, add, change, delete) on objects of `model`."""
        if judge(self.user, deed, model):
            return
        if deed == "view":
            raise PermissionDenied(
                _("Your account may not see this. Ask an administrator for the right to view it.")
            )
        raise PermissionDenied(
            _("Your account may not do this. Ask an administrator for the right to write.")
        )


class ResourcePage(Page):
    """A page about a resource's objects; the URL configuration hands the resource over."""

    @property
    def resource(self) -> Resource:
        """What the page is about."""
        return cast("Resource", self.kwargs["resource"])

    def seen_model(self) -> type[Model] | None:
        """Who may not view the resource's objects sees no page about them."""
        return self.resource.model

    @property
    def plural(self) -> str:
        """The heading of the resource's list."""
        return str(capfirst(self.resource.model._meta.verbose_name_plural))

    @property
    def singular(self) -> str:
        """What one object is called."""
        return str(self.resource.model._meta.verbose_name)

    def crumbs(self) -> list[Crumb]:
        """The list comes before every page of an object."""
        return [Crumb(self.plural, list_of(self.resource))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The resource's names, and what the reader may do."""
        model = self.resource.model
        rights = {
            f"may_{deed}": self.resource.writable and may(self.user, deed, model)
            for deed in ("add", "change", "delete")
        }
        names = {"resource": self.resource, "plural": self.plural, "singular": self.singular}
        return super().get_context_data(**{**names, **rights, **kwargs})


def parameter(given: QueryDict, name: str) -> str:
    """The text of a parameter; "" for what no database takes, such as NUL."""
    try:
        return str(CharField(required=False).clean(given.get(name, "")))
    except ValidationError:
        return ""


def refusal(request: HttpRequest, err: LumbungError) -> HttpResponseBase:
    """The page that says what can't be done, why, and the way out."""
    status = next(
        (status for kind, status in STATUS_OF_ERROR.items() if isinstance(err, kind)),
        HTTPStatus.BAD_REQUEST,
    )
    return render(
        request, "frame/refused.html", {"error": err, "title": _("Not possible")}, status=status
    )
