"""Users and the tokens of programs."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.changes import Actor, Change, log_changes, state_of
from dcim.actions.refusals import writing
from dcim.actions.rights import keep_within
from dcim.catalog.roles import ROLES
from dcim.record.people.account import (
    TOKEN_PREFIX,
    ApiToken,
    Group,
    TokenVersion,
    User,
    digest_of,
    new_key,
    new_v1_token,
)
from dcim.vocabulary.errors import InvalidInput, NotPermitted, UnknownThing

LAST_USED_GRAIN_S: Final = 60
V1_TOKEN: Final = re.compile(r"\A[0-9a-f]{40}\Z")
LONGEST_TOKEN: Final = 200


def create_first_admin(*, by: Actor) -> tuple[User, str]:
    """The user `admin` with every right, and its generated password, kept nowhere in clear."""
    password = secrets.token_urlsafe(12)
    values = {"username": "admin", "is_staff": True, "is_superuser": True}
    return create_user(values, password=password, by=by), password


def create_user(values: Mapping[str, Any], *, password: str | None, by: Actor) -> User:
    """A new user; without a password one that signs in by tokens only.

    Raises: InvalidInput, also for a password that is easily guessed.
    """
    single = {name: value for name, value in values.items() if name != "groups"}
    user = User(**single)
    if password is None:
        user.set_unusable_password()
    else:
        _check_password(password, user)
        user.set_password(password)
    return record.create(User, {**values, "password": user.password}, by=by)


def set_password(user: User, password: str, *, by: Actor) -> User:
    """The user with a new password; sessions signed in with the old one end.

    Raises: InvalidInput when the password is easily guessed.
    """
    _check_password(password, user)
    with writing():
        stored = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        before = state_of(stored)
        stored.set_password(password)
        stored.save(update_fields=["password", "last_updated"])
        log_changes([Change(stored, stored.pk, before, state_of(stored))], by=by)
    return stored


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as err:
        raise InvalidInput(
            err.messages[0], field="password", errors={"password": list(err.messages)}
        ) from err


def give_roles_groups() -> None:
    """Make the groups of the roles that have none yet."""
    missing = set(ROLES) - set(Group.objects.filter(name__in=ROLES).values_list("name", flat=True))
    Group.objects.bulk_create(
        [Group(name=one, description=str(ROLES[one].description)) for one in sorted(missing)],
        ignore_conflicts=True,
    )


def give_roles(user: User, names: Sequence[str], *, by: Actor) -> User:
    """The user with exactly the groups called `names`.

    Raises: UnknownThing for a name that no group has.
    """
    groups = {one.name: one for one in Group.objects.filter(name__in=names)}
    for name in names:
        if name not in groups:
            raise UnknownThing(
                _("There is no group “%(name)s”.") % {"name": name},
                field="role",
                hint=_("The roles are: %(roles)s.") % {"roles": ", ".join(ROLES)},
            )
    return record.update(user, {"groups": [groups[one] for one in names]}, by=by)


def issue_token(
    user: User, values: Mapping[str, Any], *, by: Actor, version: int = TokenVersion.V2
) -> tuple[ApiToken, str]:
    """A new token of `user` with limits `values`, and its text, which is shown only now.

    Raises:
        InvalidInput: the user may not sign in, the expiry has passed, a limit can't be read.
        NotPermitted: who asks may make no token of that user.
    """
    if not user.is_active:
        raise InvalidInput(
            f"{user} may not sign in.", field="user", hint="Activate the user first."
        )
    expires = values.get("expires")
    if expires is not None and expires <= timezone.now():
        raise InvalidInput("The expiry has passed.", field="expires", hint="Choose a later time.")
    key, secret = new_key()
    text = f"{TOKEN_PREFIX}{key}.{secret}"
    if version == TokenVersion.V1:
        text = secret = new_v1_token()
    token = ApiToken(user=user, version=version, key=key, digest=digest_of(secret), **values)
    with writing():
        token.full_clean()
        token.save()
        keep_within(ApiToken, [token], "add", user=by.user)
        _check_owner(user, by.user)
        log_changes([Change(token, token.pk, None, state_of(token))], by=by)
    return token, text


def _check_owner(owner: User, maker: User | None) -> None:
    """Only superusers make tokens of others, whatever is granted: a token is all its owner may.

    Raises: NotPermitted.
    """
    if maker is not None and maker.pk != owner.pk and not maker.is_superuser:
        raise NotPermitted(
            _("Only an administrator makes tokens of others."),
            hint=_("Leave the user out to make one of your own."),
        )


def create_token(
    user: User,
    *,
    by: Actor,
    description: str = "",
    expires: datetime | None = None,
    read_only: bool = False,
    version: int = TokenVersion.V2,
    **limits: Any,
) -> str:
    """The text of a new token of `user`, in the only form it is ever shown in.

    Raises: as `issue_token`.
    """
    values = {"description": description, "expires": expires, "write_enabled": not read_only}
    return issue_token(user, {**values, **limits}, by=by, version=version)[1]


def revoke_token(named: str, *, by: Actor) -> ApiToken:
    """The token whose key `named` is, closed for good; its row stays for the log.

    Args:
        named: The key, with or without the mark before it and the secret after it; or a whole
            token of the first version.
        by: Who revokes it.

    Raises: UnknownThing when no token has the key.
    """
    text = named.strip()
    key = text.removeprefix(TOKEN_PREFIX).removeprefix("v1 ").partition(".")[0]
    token = ApiToken.objects.filter(key=key).first()
    if token is None and V1_TOKEN.match(text):
        token = ApiToken.objects.filter(digest=digest_of(text)).first()
    if token is None:
        raise UnknownThing(
            _("No token has the key “%(key)s”.") % {"key": key},
            field="key",
            hint=_("List a user's keys with ./manage.py token --list USER."),
        )
    return record.update(token, {"enabled": False}, by=by)


def find_token(text: str) -> ApiToken | None:
    """The valid token that `text` is, or None; its last use is noted once a minute at most."""
    token = _stored_token(text) if len(text) <= LONGEST_TOKEN else None
    if token is None or not token.is_valid():
        return None
    now = timezone.now()
    if token.last_used is None or (now - token.last_used).total_seconds() > LAST_USED_GRAIN_S:
        with suppress(OperationalError):  # a long write of another's keeps nobody out
            ApiToken.objects.filter(pk=token.pk).update(last_used=now)
    return token


def expiry_of(text: str) -> datetime | None:
    """When the token that `text` is expired, if it has: told only to who holds its secret."""
    token = _stored_token(text) if len(text) <= LONGEST_TOKEN else None
    expires = token.expires if token else None
    return expires if expires and expires <= timezone.now() else None


def _stored_token(text: str) -> ApiToken | None:
    """Told by the mark: a key and a secret that are judged, or a digest that is looked up."""
    rows = ApiToken.objects.select_related("user")
    if text.startswith(TOKEN_PREFIX):
        key, _dot, secret = text.removeprefix(TOKEN_PREFIX).partition(".")
        token = rows.filter(key=key, version=TokenVersion.V2).first() if "\0" not in key else None
        return token if token is not None and token.matches(secret) else None
    if V1_TOKEN.match(text):
        return rows.filter(digest=digest_of(text), version=TokenVersion.V1).first()
    return None
