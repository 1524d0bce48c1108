"""Who may do what with which objects: roles and limits, turned into conditions on rows.

Every list, page and file takes its rows through `visible`; every write is judged once more, after
it, by `keep_within`: an object outside the limit is refused and nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.apps import apps
from django.core.exceptions import FieldError, ValidationError
from django.db import Error
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from dcim.catalog import BY_KIND, UNLOGGED, kind_of
from dcim.catalog.roles import (
    ACTIONS,
    ADMINISTERED,
    EVERYONE,
    OFFICE,
    ROLES,
    USER,
    VIEW,
    Constraints,
    Grant,
)
from dcim.record.log.changes import ObjectChange
from dcim.record.people.account import ObjectPermission, User
from dcim.vocabulary.errors import InvalidInput, NotPermitted

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

ModelT = TypeVar("ModelT", bound=Model)
EVERY_OBJECT: Final = Q()
NO_OBJECT: Final = Q(pk__in=[])
KEPT_AS: Final = "_grants"
SECRET: Final = frozenset({"password", "digest", "key", "secret", "token", "session"})
MOST_CONSTRAINTS: Final = 50
DEEPEST_PATH: Final = 8


def grants_of(user: User) -> tuple[Grant, ...]:
    """All that the user is granted by roles and permissions; asked for once per user object."""
    kept: tuple[Grant, ...] | None = user.__dict__.get(KEPT_AS)
    if kept is None:
        names = user.groups.values_list("name", flat=True)
        of_roles = (one for name in names if name in ROLES for one in ROLES[name].grants)
        mine = ObjectPermission.objects.filter(
            Q(users=user) | Q(groups__users=user), enabled=True
        ).distinct()
        kept = user.__dict__[KEPT_AS] = (*EVERYONE, *of_roles, *map(_grant_of, mine))
    return kept


def reach(user: User | AnonymousUser, action: str, model: type[Model]) -> Q | None:
    """The condition on the objects of `model` that the user may do `action` with.

    Returns: None when there can be none; `EVERY_OBJECT` when there is no limit.
    """
    if not isinstance(user, User) or not user.is_active:
        return None
    if user.is_superuser:
        return EVERY_OBJECT
    kind = kind_of(model)
    if action != VIEW and kind in ADMINISTERED:
        return None
    limits = [_limit(grant, user) for grant in grants_of(user) if grant.covers(action, kind)]
    if not limits:
        return None
    limit = EVERY_OBJECT if EVERY_OBJECT in limits else Q(*limits, _connector=Q.OR)
    return limit & _of_seen_objects(user) if model is ObjectChange else limit


def visible(
    rows: QuerySet[ModelT], user: User | AnonymousUser, action: str = VIEW
) -> QuerySet[ModelT]:
    """Those of `rows` that the user may do `action` with, each once."""
    limit = reach(user, action, rows.model)
    if limit is None:
        return rows.none()
    if limit == EVERY_OBJECT:
        return rows
    # Limits may look along references of many: joined, they would repeat rows.
    return rows.filter(pk__in=rows.model._default_manager.filter(limit).order_by().values("pk"))


def may(
    user: User | AnonymousUser, action: str, model: type[Model], obj: Model | None = None
) -> bool:
    """Whether the user may do `action` with `obj`, or with any object of `model` at all."""
    limit = reach(user, action, model)
    if limit is None or limit == EVERY_OBJECT or obj is None:
        return limit is not None
    return model._default_manager.filter(limit, pk=obj.pk).exists()


def may_all(user: User | AnonymousUser, action: str, model: type[Model]) -> bool:
    """Whether the user may do `action` with every object of `model`."""
    return reach(user, action, model) == EVERY_OBJECT


def require(
    user: User | AnonymousUser, action: str, model: type[Model], obj: Model | None = None
) -> None:
    """Let pass who may do `action`.

    Raises: NotPermitted, saying what is missing.
    """
    if not may(user, action, model, obj):
        raise NotPermitted(
            _("Your account may not do this: %(action)s %(kind)s.")
            % {"action": action, "kind": kind_of(model)},
            hint=_("Ask an administrator for the right."),
        )


def keep_within(
    model: type[Model], objects: Sequence[Model], action: str, *, user: User | None
) -> None:
    """Refuse a write of objects that lie outside what the user may do `action` with.

    Called inside the transaction: before and after a change, after a creation, before a deletion.
    Commands act for whoever operates the server, so they name no user and are not limited.

    Raises: NotPermitted; the transaction is to be given up.
    """
    if user is None or not objects:
        return
    limit = reach(user, action, model)
    if limit == EVERY_OBJECT:
        return
    inside: set[Any] = set()
    if limit is not None:
        keys = [one.pk for one in objects]
        inside.update(
            model._default_manager.filter(limit, pk__in=keys).values_list("pk", flat=True)
        )
    outside = next((one for one in objects if one.pk not in inside), None)
    if outside is not None:
        raise NotPermitted(
            _("%(object)s lies outside what your account may write.") % {"object": outside},
            hint=_("Ask an administrator, or choose other values."),
        )


def second_person(author: User | None, by: User | None, model: type[Model], obj: Model) -> User:
    """Who approves: someone with the right on `obj` who is not its author.

    Raises: NotPermitted for the author, for who lacks the right, and for commands.
    """
    if by is None:
        raise NotPermitted(
            _("Only someone who has signed in can approve."), hint=_("Use the page or a token.")
        )
    if author is not None and author.pk == by.pk:
        raise NotPermitted(
            _("Whoever made it can't approve it."), hint=_("Ask a second person with the right.")
        )
    require(by, "approve", model, obj)
    return by


def check_permissions(permissions: Sequence[ObjectPermission]) -> None:
    """Refuse permissions that could not be judged: unknown kinds, actions or look-ups.

    Raises: InvalidInput, naming the field and the value.
    """
    for one in permissions:
        _check_list("object_types", one.object_types, BY_KIND, _("no type of object"))
        _check_list("actions", one.actions, ACTIONS, _("no action"))
        _check_constraints(one)


def _of_seen_objects(user: User) -> Q:
    """The entries of the change log about objects that the user may see: they hold all values.

    What has been deleted is told only to who sees every object of its kind.
    """
    seen, hidden = EVERY_OBJECT, list[str]()
    for model in apps.get_app_config("dcim").get_models():
        if model in UNLOGGED:
            continue
        kind, limit = kind_of(model), reach(user, VIEW, model)
        if limit is None:
            hidden.append(kind)
        elif limit != EVERY_OBJECT:
            keys = model._default_manager.filter(limit).order_by().values("pk")
            of_kind = Q(changed_object_type=kind)
            seen &= ~of_kind | (of_kind & Q(changed_object_id__in=keys))
    return seen & ~Q(changed_object_type__in=hidden) if hidden else seen


def _grant_of(permission: ObjectPermission) -> Grant:
    stated = permission.constraints or []
    only = stated if isinstance(stated, list) else [stated]
    return Grant(tuple(permission.actions), tuple(permission.object_types), only=tuple(only))


def _limit(grant: Grant, user: User) -> Q:
    only = [_condition(one, user) for one in grant.only]
    limit = Q(*only, _connector=Q.OR) if only else EVERY_OBJECT
    for one in grant.never:
        limit &= ~_condition(one, user)
    return limit


def _condition(constraints: Constraints, user: User) -> Q:
    """The look-ups with the user's own values for the marks; without an office, none fit."""
    if user.tenant_id is None and any(OFFICE in _values(one) for one in constraints.values()):
        return NO_OBJECT
    return Q(**{path: _filled(value, user) for path, value in constraints.items()})


def _values(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _filled(value: Any, user: User) -> Any:
    if isinstance(value, list):
        return [_filled(one, user) for one in value]
    own = {USER: user.pk, OFFICE: user.tenant_id}
    return own.get(value, value) if isinstance(value, str) else value


def _check_list(field: str, stated: Any, known: Iterable[str], what: str) -> None:
    if not isinstance(stated, list) or not stated:
        raise InvalidInput(_("Write a list with at least one entry."), field=field)
    for one in stated:
        if not isinstance(one, str) or one not in known:
            raise InvalidInput(
                _("“%(value)s” is %(what)s.") % {"value": str(one)[:60], "what": what}, field=field
            )


def _check_constraints(permission: ObjectPermission) -> None:
    """Every set of look-ups must make a query on every kind that the permission names."""
    stated = permission.constraints
    sets = stated if isinstance(stated, list) else [] if stated is None else [stated]
    if len(sets) > MOST_CONSTRAINTS or not all(isinstance(one, Mapping) and one for one in sets):
        raise InvalidInput(
            _("Write an object of look-ups, or a list of at most %(most)s of them.")
            % {"most": MOST_CONSTRAINTS},
            field="constraints",
        )
    for constraints in sets:
        for path, value in constraints.items():
            _check_path(path)
            for kind in permission.object_types:
                _check_look_up(BY_KIND[kind].model, path, value)


def _check_path(path: str) -> None:
    parts = path.split("__")
    if len(parts) > DEEPEST_PATH or any(part in SECRET for part in parts):
        raise InvalidInput(
            _("“%(path)s” can't be looked into.") % {"path": path[:60]}, field="constraints"
        )


def _check_look_up(model: type[Model], path: str, value: Any) -> None:
    asker = User(pk=1, tenant_id=1)
    try:
        # Evaluated, for some values are judged by the database only.
        model._default_manager.filter(**{path: _filled(value, asker)}).exists()
    except (Error, FieldError, ValidationError, ValueError, TypeError, OverflowError) as err:
        raise InvalidInput(
            _("“%(path)s” with that value is no look-up on %(kind)s.")
            % {"path": path[:60], "kind": kind_of(model)},
            field="constraints",
        ) from err
