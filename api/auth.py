"""Who asks, and whether they may: tokens of programs, sessions of people, model permissions.

Tokens come under either keyword, `Token` or `Bearer`, as NetBox's clients send them. A bad or
missing one is answered with 403, which those clients expect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Model
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from dcim.actions.accounts import find_token
from dcim.record.account import ApiToken, User

if TYPE_CHECKING:  # the views load this module while they are loaded themselves
    from rest_framework.views import APIView

KEYWORDS: Final = frozenset({"token", "bearer"})
PERMISSION_OF_METHOD: Final = {
    "POST": "add",
    "PUT": "change",
    "PATCH": "change",
    "DELETE": "delete",
}


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Token nbt_KEY.SECRET`, or `Bearer` in place of `Token`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        keyword, _, text = request.headers.get("Authorization", "").strip().partition(" ")
        if keyword.lower() not in KEYWORDS:
            return None
        token = find_token(text.strip())
        if token is None:
            raise exceptions.AuthenticationFailed("Invalid token.")
        return token.user, token


class SessionAuthentication(authentication.SessionAuthentication):
    """The sign-in of the pages; unsafe methods need the CSRF token."""


class ModelPermissions(permissions.BasePermission):
    """Signed in, and permitted the method on the view's `permission_model` if it names one."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the method is allowed.

        Raises: PermissionDenied when a token that only reads is used to write.
        """
        user = request.user
        if not user.is_authenticated:
            return False
        reads = request.method in permissions.SAFE_METHODS
        if not reads and isinstance(request.auth, ApiToken) and not request.auth.write_enabled:
            raise exceptions.PermissionDenied("This token may only read.")
        model: type[Model] | None = getattr(view, "permission_model", None)
        if model is None:
            return True
        action = PERMISSION_OF_METHOD.get(request.method or "", "view")
        options = model._meta
        return user.has_perm(f"{options.app_label}.{action}_{options.model_name}")
