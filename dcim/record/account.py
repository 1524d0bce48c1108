"""Who signs in, and with what: users and the tokens of programs."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

TOKEN_PREFIX: Final = "nbt_"  # noqa: S105  NetBox's clients know a token by this mark


class User(AbstractUser):
    """A person or program that signs in."""

    class Meta(AbstractUser.Meta):
        ordering = ("username",)


class ApiToken(models.Model):
    """A program's key: `nbt_KEY.SECRET`, of which only the key and a digest are kept."""

    user = models.ForeignKey(
        User, verbose_name=_("user"), on_delete=models.CASCADE, related_name="api_tokens"
    )
    key = models.CharField(_("key"), max_length=12, unique=True, editable=False)
    digest = models.CharField(_("digest"), max_length=64, editable=False)
    description = models.CharField(_("description"), max_length=200, blank=True)
    enabled = models.BooleanField(_("enabled"), default=True)
    write_enabled = models.BooleanField(_("write enabled"), default=True)
    expires = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("-created", "id")

    def __str__(self) -> str:
        """The public half of the token."""
        return f"{TOKEN_PREFIX}{self.key}"

    def is_valid(self) -> bool:
        """Whether the token opens anything now."""
        expired = self.expires is not None and self.expires <= timezone.now()
        return self.enabled and not expired and self.user.is_active

    def matches(self, secret: str) -> bool:
        """Whether `secret` is this token's, compared in constant time."""
        return hmac.compare_digest(self.digest, digest_of(secret))


def digest_of(secret: str) -> str:
    """The keyed digest under which a token's secret is stored.

    A secret holds 240 bits of chance, so a fast digest is safe; the server's key makes a stolen
    table useless by itself.
    """
    return hmac.new(settings.SECRET_KEY.encode(), secret.encode(), hashlib.sha256).hexdigest()


def new_key() -> tuple[str, str]:
    """A fresh public key (12 characters) and secret (40 characters)."""
    return secrets.token_hex(6), secrets.token_urlsafe(30)
