"""Who signs in, with what, and how far: users, groups, limits by object, tokens of programs."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from ipaddress import ip_address, ip_network
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import verify_password
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dcim.record.json_columns import TEXTS, ShapedField
from dcim.record.people.organisation import Tenant

TOKEN_PREFIX: Final = "nbt_"  # noqa: S105  NetBox's clients know a token by this mark
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _nothing() -> list[str]:
    return []


class Group(models.Model):
    """Users with the same rights; one that bears a role's name gives that role."""

    name = models.CharField(_("name"), max_length=150, unique=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    last_updated = models.DateTimeField(_("last updated"), auto_now=True)

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ("name",)

    def __str__(self) -> str:
        """The group's name."""
        return self.name


class User(AbstractUser):
    """A person or program that signs in."""

    description = models.CharField(_("description"), max_length=200, blank=True)
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("office"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        help_text=_("Whose apps someone with the role opd sees."),
    )
    groups = models.ManyToManyField(  # type: ignore[assignment]  # our groups, not Django's
        Group, verbose_name=_("groups"), blank=True, related_name="users"
    )
    # Rights are roles and limits of ours; Django's rows of permissions are never asked.
    user_permissions = None  # type: ignore[assignment]
    date_joined = models.DateTimeField(_("date joined"), default=timezone.now, editable=False)
    last_login = models.DateTimeField(_("last sign-in"), null=True, blank=True, editable=False)
    last_updated = models.DateTimeField(_("last updated"), auto_now=True)

    has_old_hash = False  # as the last check of the password found

    class Meta(AbstractUser.Meta):
        ordering = ("username",)

    def __str__(self) -> str:
        """The name to sign in with."""
        return self.username

    def check_password(self, raw_password: str | None) -> bool:
        """Whether it is the password; Django's would hash it anew past the change log."""
        is_right, self.has_old_hash = verify_password(raw_password, self.password)
        return is_right


class ObjectPermission(models.Model):
    """Actions on kinds of objects, all of them or those that fulfil constraints.

    Constraints are Django look-ups on the object: one set of them, or a list of which any holds;
    `$user` in a value is who asks, `$tenant` that user's office.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    enabled = models.BooleanField(_("enabled"), default=True)
    object_types = ShapedField(
        _("object types"), shape=TEXTS, help_text=_('A list, for example ["dcim.site"].')
    )
    actions = ShapedField(
        _("actions"),
        shape=TEXTS,
        help_text=_("Any of: view, add, change, delete, approve."),
    )
    constraints = models.JSONField(
        _("constraints"),
        null=True,
        blank=True,
        help_text=_('Look-ups, for example {"site__slug": "pdr"}. Empty: every one.'),
    )
    groups = models.ManyToManyField(
        Group, verbose_name=_("groups"), blank=True, related_name="permissions"
    )
    users = models.ManyToManyField(
        User, verbose_name=_("users"), blank=True, related_name="permissions"
    )
    created = models.DateTimeField(_("created"), auto_now_add=True)
    last_updated = models.DateTimeField(_("last updated"), auto_now=True)

    class Meta:
        verbose_name = _("permission")
        verbose_name_plural = _("permissions")
        ordering = ("name",)

    def __str__(self) -> str:
        """The permission's name."""
        return self.name


class TokenVersion(models.IntegerChoices):
    """How a token is written: 40 hexadecimal digits, or `nbt_KEY.SECRET`."""

    V1 = 1, "v1"
    V2 = 2, "v2"


class ApiToken(models.Model):
    """A program's key, of which only a keyed digest is kept, and how far it reaches.

    A token never opens more than its user may. `key` names it: the part of a v2 token before the
    dot, of a v1 token no part at all.
    """

    user = models.ForeignKey(
        User, verbose_name=_("user"), on_delete=models.CASCADE, related_name="api_tokens"
    )
    version = models.PositiveSmallIntegerField(
        _("version"), default=TokenVersion.V2, editable=False
    )
    key = models.CharField(_("key"), max_length=12, unique=True, editable=False)
    digest = models.CharField(_("digest"), max_length=64, unique=True, editable=False)
    description = models.CharField(_("description"), max_length=200, blank=True)
    enabled = models.BooleanField(_("enabled"), default=True)
    write_enabled = models.BooleanField(_("write enabled"), default=True)
    expires = models.DateTimeField(_("expires"), null=True, blank=True)
    allowed_ips = ShapedField(
        _("allowed networks"),
        shape=TEXTS,
        default=_nothing,
        blank=True,
        help_text=_('Where programs may call from, for example ["10.0.0.0/8"]. Empty: anywhere.'),
    )
    allowed_paths = ShapedField(
        _("allowed paths"),
        shape=TEXTS,
        default=_nothing,
        blank=True,
        help_text=_('What it opens, for example ["/api/plugins/planner/plans/"]. Empty: all.'),
    )
    allowed_methods = ShapedField(
        _("allowed methods"),
        shape=TEXTS,
        default=_nothing,
        blank=True,
        help_text=_("A list of: GET, POST, PUT, PATCH, DELETE. Empty: all."),
    )
    last_used = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("-created", "id")

    def __str__(self) -> str:
        """The public half of the token, or the name of one that has none."""
        return f"{TOKEN_PREFIX}{self.key}" if self.version == TokenVersion.V2 else f"v1 {self.key}"

    def clean(self) -> None:
        """Limits are lists that can be read; a slip must not open more than was meant."""
        errors = {
            name: reason
            for name, reason in (
                ("allowed_ips", _wrong(self.allowed_ips, _is_network)),
                ("allowed_paths", _wrong(self.allowed_paths, _is_path)),
                ("allowed_methods", _wrong(self.allowed_methods, METHODS.__contains__)),
            )
            if reason is not None
        }
        if errors:
            raise ValidationError(errors)

    def is_valid(self) -> bool:
        """Whether the token opens anything now."""
        expired = self.expires is not None and self.expires <= timezone.now()
        return self.enabled and not expired and self.user.is_active

    @property
    def is_limited(self) -> bool:
        """Whether it opens less, or less long, than its user may."""
        limits = (self.allowed_ips, self.allowed_paths, self.allowed_methods, self.expires)
        return not self.write_enabled or any(limits)

    def matches(self, secret: str) -> bool:
        """Whether `secret` is this token's, compared in constant time."""
        return hmac.compare_digest(self.digest, digest_of(secret))

    def opens_from(self, address: str) -> bool:
        """Whether a program at `address` may use it; one whose address is not known may not."""
        if not self.allowed_ips:
            return True
        try:
            caller = ip_address(address)
        except ValueError:
            return False
        return any(caller in ip_network(one, strict=False) for one in self.allowed_ips)

    def opens(self, method: str, path: str) -> bool:
        """Whether it may be used for `method` on `path`; HEAD and OPTIONS only read."""
        reads = method in {"GET", "HEAD", "OPTIONS"}
        if not (reads or self.write_enabled):
            return False
        if self.allowed_methods and ("GET" if reads else method) not in self.allowed_methods:
            return False
        return not self.allowed_paths or path.startswith(tuple(self.allowed_paths))


class FailedSignIn(models.Model):
    """A password that did not fit, kept as long as it counts."""

    username = models.CharField(max_length=150, db_index=True)
    source_address = models.CharField(max_length=45, db_index=True)
    time = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """Name and address."""
        return f"{self.username} {self.source_address}"


def _wrong(stated: object, is_right: object) -> str | None:
    """What is wrong with a list of limits, or None."""
    if not isinstance(stated, list):
        return str(_("Write a list of texts."))
    for one in stated:
        if not isinstance(one, str) or not is_right(one):  # type: ignore[operator]
            return str(_("“%(value)s” is no such limit.") % {"value": str(one)[:60]})
    return None


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _is_path(text: str) -> bool:
    """A whole folder of the API, so that a prefix never ends inside a name."""
    return text.startswith("/api/") and text.endswith("/") and ".." not in text


def digest_of(secret: str) -> str:
    """The keyed digest under which a token's secret is stored.

    A secret holds 160 bits of chance or more, so a fast digest is safe; the server's key makes a
    stolen table useless by itself.
    """
    return hmac.new(settings.SECRET_KEY.encode(), secret.encode(), hashlib.sha256).hexdigest()


def new_key() -> tuple[str, str]:
    """A fresh public key (12 characters) and secret (40 characters)."""
    return secrets.token_hex(6), secrets.token_urlsafe(30)


def new_v1_token() -> str:
    """A fresh token of the first version: 40 hexadecimal digits."""
    return secrets.token_hex(20)
