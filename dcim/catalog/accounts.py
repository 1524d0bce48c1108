"""Who signs in and how far: users, groups, limits by object, tokens."""

from __future__ import annotations

from typing import Final

from dcim.catalog.resource import Resource
from dcim.record.people.account import ApiToken, Group, ObjectPermission, User

USER = Resource(
    model=User,
    kind="users.user",
    path="users/users",
    columns=("username", "first_name", "last_name", "groups", "tenant", "is_active", "last_login"),
    brief=("username",),
    search=("username", "first_name", "last_name", "email", "description"),
    hidden=frozenset({"password", "is_staff"}),
    via={"group": "groups"},
)
GROUP = Resource(
    model=Group,
    kind="users.group",
    path="users/groups",
    columns=("name", "description"),
    brief=("name", "description"),
    search=("name", "description"),
    counts={"user_count": "users"},
)
PERMISSION = Resource(
    model=ObjectPermission,
    kind="users.permission",
    path="users/permissions",
    columns=("name", "object_types", "actions", "groups", "users", "enabled"),
    brief=("name", "description", "enabled", "object_types", "actions"),
    search=("name", "description"),
    via={"user": "users", "group": "groups"},
)
TOKEN = Resource(
    model=ApiToken,
    kind="users.token",
    path="users/tokens",
    columns=("key", "user", "description", "enabled", "write_enabled", "expires", "last_used"),
    brief=("key", "enabled", "write_enabled", "description"),
    search=("key", "description"),
    hidden=frozenset({"digest"}),
    writable=False,
)
RESOURCES: Final = (USER, GROUP, PERMISSION, TOKEN)
