"""Signing in by name and password, and the lock-out after failures.

Every way in that takes a password comes through `sign_in`. A failure counts against the name and
against the address it came from; too many of either refuse further tries for a while, without
looking at the password. Names that nobody bears are counted alike: nothing tells them apart.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth import authenticate
from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dcim.actions.changes import Actor, Change, log_changes, state_of
from dcim.actions.refusals import writing
from dcim.record.people.account import FailedSignIn, User
from dcim.vocabulary.errors import NotPermitted

MOST_OF_A_NAME: Final = 5
MOST_FROM_AN_ADDRESS: Final = 20
WINDOW: Final = timedelta(minutes=15)
LONGEST_NAME: Final = 150
log: Final = logging.getLogger("dcim.security")


class Passwords(ModelBackend):
    """Who a name and password belong to; what they may do, `dcim.actions.rights` says.

    A name that nobody bears costs the same time as a wrong password: Django hashes for it too.
    """

    def get_user_permissions(self, user_obj: object, obj: object = None) -> set[str]:
        """None: Django's rows of permissions are never asked."""
        return set()

    def get_group_permissions(self, user_obj: object, obj: object = None) -> set[str]:
        """None, as above."""
        return set()

    def get_all_permissions(self, user_obj: object, obj: object = None) -> set[str]:
        """None, as above."""
        return set()


def sign_in(
    username: str, password: str, *, address: str, request: HttpRequest | None = None
) -> User:
    """The user with that name and password.

    Raises: NotPermitted when they fit nobody who may sign in, or after too many failures.
    """
    name = _plain(username)
    _refuse(name, address, allowed=0)
    # Counted before the password is looked at, so that many at once get no more tries than few;
    # committed by itself, so that it stays when the attempt is refused.
    now = timezone.now()
    with writing():
        FailedSignIn.objects.filter(time__lte=now - WINDOW).delete()
        attempt = FailedSignIn.objects.create(username=name, source_address=address, time=now)
    _refuse(name, address, allowed=1, attempt=attempt)
    user = authenticate(request, username=username, password=password)
    if isinstance(user, User):
        with writing():
            FailedSignIn.objects.filter(username=name).delete()
        if user.has_old_hash:
            _hash_anew(user, password, address)
        return user
    log.info("Failed sign-in as %r from %s.", name, address or "an unknown address")
    if _of_name(name).count() == MOST_OF_A_NAME:
        _note_lock(name, address, now + WINDOW)
    raise NotPermitted(
        _("Name and password do not fit."),
        hint=_("Mind capitals, or ask an administrator."),
    )


def unlock(user: User, *, by: Actor) -> int:
    """Forget the failures under the user's name; how many there were."""
    with writing():
        count, _each = _of_name(_plain(user.username)).delete()
        if count:
            state = state_of(_held(user.pk))
            log_changes([Change(user, user.pk, {**state, "failed_sign_ins": count}, state)], by=by)
    return count


def _plain(username: str) -> str:
    return username.strip().lower()[:LONGEST_NAME]


def _of_name(name: str) -> QuerySet[FailedSignIn]:
    return FailedSignIn.objects.filter(username=name, time__gt=timezone.now() - WINDOW)


def _from_address(address: str) -> QuerySet[FailedSignIn]:
    since = timezone.now() - WINDOW
    return FailedSignIn.objects.filter(source_address=address, time__gt=since)


def _refuse(name: str, address: str, *, allowed: int, attempt: FailedSignIn | None = None) -> None:
    """Refuse when the name or the address has its failures, `allowed` of which are this try."""
    counted = ((_of_name(name), MOST_OF_A_NAME), (_from_address(address), MOST_FROM_AN_ADDRESS))
    for failures, most in counted:
        times = list(failures.order_by("-time").values_list("time", flat=True)[: most + allowed])
        if len(times) < most + allowed:
            continue
        if attempt is not None:
            with writing():
                attempt.delete()
        raise _locked(times[-1] + WINDOW)


def _locked(until: datetime) -> NotPermitted:
    minutes = max(1, -int((timezone.now() - until) // timedelta(minutes=1)))
    return NotPermitted(
        ngettext(
            "Too many failed sign-ins. Try again in %(minutes)s minute.",
            "Too many failed sign-ins. Try again in %(minutes)s minutes.",
            minutes,
        )
        % {"minutes": minutes},
        hint=_("An administrator can lift the lock."),
    )


def _note_lock(name: str, address: str, until: datetime) -> None:
    """Tell the log of the server, and the change log where the name is someone's."""
    log.warning("Sign-ins as %r are locked until %s; last try from %s.", name, until, address)
    user = User.objects.filter(username__iexact=name).first()
    if user is None:
        return
    by = Actor.system(f"Failed sign-ins, the last from {address or 'an unknown address'}")
    with writing():
        state = state_of(_held(user.pk))
        locked = {**state, "locked_until": until.isoformat()}
        log_changes([Change(user, user.pk, state, locked)], by=by)


def _hash_anew(user: User, password: str, address: str) -> None:
    """Keep the password, which was right, under today's way of hashing."""
    by = Actor.of(user, message="Password hashed anew at sign-in", source_address=address)
    with writing():
        held = _held(user.pk)
        if held.password != user.password:
            return  # somebody has set another one meanwhile
        before = state_of(held)
        held.set_password(password)
        held.save(update_fields=["password", "last_updated"])
        log_changes([Change(held, held.pk, before, state_of(held))], by=by)
    user.password = held.password


def _held(pk: int) -> User:
    """The user as stored, locked, so that the state that is logged is the newest."""
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
