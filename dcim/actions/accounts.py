"""Users and the tokens of programs."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.changes import Actor, Change, log_changes, state_of
from dcim.actions.refusals import writing
from dcim.record.account import TOKEN_PREFIX, ApiToken, User, digest_of, new_key
from dcim.vocabulary.errors import InvalidInput, UnknownThing

LAST_USED_GRAIN_S: Final = 60


def create_first_admin(*, by: Actor) -> tuple[User, str]:
    """The user `admin` with every right, and its generated password, kept nowhere in clear."""
    password = secrets.token_urlsafe(12)
    user = User(username="admin", is_staff=True, is_superuser=True)
    user.set_password(password)
    with writing():
        user.full_clean()
        user.save()
        log_changes([Change(user, user.pk, None, state_of(user))], by=by)
    return user, password


def create_token(
    user: User,
    *,
    by: Actor,
    description: str = "",
    expires: datetime | None = None,
    read_only: bool = False,
) -> str:
    """A new token of `user`, in the only form it is ever shown in.

    Raises: InvalidInput when the user may not sign in or the expiry has passed.
    """
    if not user.is_active:
        raise InvalidInput(
            f"{user} may not sign in.", field="user", hint="Activate the user first."
        )
    if expires is not None and expires <= timezone.now():
        raise InvalidInput("The expiry has passed.", field="expires", hint="Choose a later time.")
    key, secret = new_key()
    token = ApiToken(
        user=user,
        key=key,
        digest=digest_of(secret),
        description=description,
        expires=expires,
        write_enabled=not read_only,
    )
    with writing():
        token.save()
        log_changes([Change(token, token.pk, None, state_of(token))], by=by)
    return f"{TOKEN_PREFIX}{key}.{secret}"


def revoke_token(named: str, *, by: Actor) -> ApiToken:
    """The token whose key `named` is, closed for good; its row stays for the log.

    Args:
        named: The key, with or without the mark before it and the secret after it.
        by: Who revokes it.

    Raises: UnknownThing when no token has the key.
    """
    key = named.strip().removeprefix(TOKEN_PREFIX).partition(".")[0]
    token = ApiToken.objects.filter(key=key).first()
    if token is None:
        raise UnknownThing(
            _("No token has the key “%(key)s”.") % {"key": key},
            field="key",
            hint=_("List a user's keys with ./manage.py token --list USER."),
        )
    return record.update(token, {"enabled": False}, by=by)


def find_token(text: str) -> ApiToken | None:
    """The valid token that `text` is, or None; its last use is noted once a minute at most."""
    key, dot, secret = text.removeprefix(TOKEN_PREFIX).partition(".")
    if not dot:
        return None
    token = ApiToken.objects.select_related("user").filter(key=key).first()
    if token is None or not token.matches(secret) or not token.is_valid():
        return None
    now = timezone.now()
    if token.last_used is None or (now - token.last_used).total_seconds() > LAST_USED_GRAIN_S:
        ApiToken.objects.filter(pk=token.pk).update(last_used=now)
    return token
