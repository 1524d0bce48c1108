"""Who asks, and whether they may: tokens of programs, sessions of people, roles and limits.

Tokens come under either keyword, `Token` or `Bearer`, as NetBox's clients send them; which kind one
is shows in the token itself. A bad or missing one is answered with 403, which those clients expect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Model
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from dcim.actions.accounts.callers import address_of
from dcim.actions.accounts.users import expiry_of, find_token
from dcim.actions.rights import may, may_all
from dcim.catalog.roles import VIEW
from dcim.record.people.account import ApiToken, User

if TYPE_CHECKING:  # the views load this module while they are loaded themselves
    from rest_framework.views import APIView

KEYWORDS: Final = frozenset({"token", "bearer"})
ACTION_OF_METHOD: Final = {
    "POST": "add",
    "PUT": "change",
    "PATCH": "change",
    "DELETE": "delete",
}


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Token nbt_KEY.SECRET`, or `Bearer` in place of `Token`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's user, where the token opens what is asked.

        Raises: AuthenticationFailed, PermissionDenied: both are answered with 403.
        """
        keyword, _, text = request.headers.get("Authorization", "").strip().partition(" ")
        if keyword.lower() not in KEYWORDS:
            return None
        token = find_token(text.strip())
        if token is None:
            raise exceptions.AuthenticationFailed(_why_not(text.strip()))
        address = address_of(request.META)
        if not token.opens_from(address):
            where = address or "an unknown address"
            raise exceptions.AuthenticationFailed(f"This token may not be used from {where}.")
        method = request.method or ""
        if method not in permissions.SAFE_METHODS and not token.write_enabled:
            raise exceptions.PermissionDenied("This token may only read.")
        if not token.opens(method, request.path_info):
            raise exceptions.PermissionDenied(
                f"This token does not open {method} {request.path_info}."
            )
        return token.user, token


def _why_not(text: str) -> str:
    """Why a token opens nothing; that it has expired is said only to who holds it."""
    expired = expiry_of(text)
    return f"This token expired on {expired.isoformat()}." if expired else "Invalid token."


class SessionAuthentication(authentication.SessionAuthentication):
    """The sign-in of the pages; unsafe methods need the CSRF token."""


class ModelPermissions(permissions.BasePermission):
    """Signed in, and permitted the method on the view's `permission_model` if it names one.

    Which objects that reaches, the view asks of `rights.visible`; one that answers about all of
    them at once says so as `whole`, and is for those who see all.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the method is allowed."""
        user = request.user
        if not isinstance(user, User):
            return False
        model: type[Model] | None = getattr(view, "permission_model", None)
        action = action_of(request, view)
        judge = may_all if getattr(view, "whole", False) else may
        return model is None or judge(user, action, model)


def action_of(request: Request, view: APIView) -> str:
    """What the request does with objects; a view of a deed names it as its `permission_action`."""
    deed: str | None = getattr(view, "permission_action", None)
    if deed is not None and request.method == "POST":
        return deed
    return ACTION_OF_METHOD.get(request.method or "", VIEW)


def signed_in(request: Request) -> User:
    """The user behind a request that has passed the permissions."""
    if not isinstance(request.user, User):
        raise exceptions.NotAuthenticated
    return request.user
