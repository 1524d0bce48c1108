"""What new machines are told at their first start, in columns: the rules, as a form says them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dcim.vocabulary.guests import (
    HOSTS_WAY_OUT,
    KEYS_WAY_OUT,
    is_host_address,
    is_public_key,
    keys_of,
    words_of,
)


def valid_name_servers(text: str) -> None:
    """Raises: ValidationError, with the first of `text` that is no address of a host."""
    for word in words_of(text):
        if not is_host_address(word):
            reason = gettext("“%(word)s” is not the address of a host.") % {"word": word}
            raise ValidationError(f"{reason} {gettext(HOSTS_WAY_OUT)}")


def valid_ssh_keys(text: str) -> None:
    """Raises: ValidationError, with the number of the first key of `text` that is none.

    Notes: it is not repeated, as it may be a private one.
    """
    for number, key in enumerate(keys_of(text), 1):
        if not is_public_key(key):
            reason = gettext("Key %(number)s is not a public SSH key.") % {"number": number}
            raise ValidationError(f"{reason} {gettext(KEYS_WAY_OUT)}")


def name_servers_field() -> models.CharField[str, str]:
    """A column with the addresses that new machines ask for names."""
    return models.CharField(
        _("name servers"),
        max_length=200,
        blank=True,
        validators=[valid_name_servers],
        help_text=_(
            "Addresses that new machines ask for names, the first one first, with spaces between"
            " them."
        ),
    )


def ssh_keys_field() -> models.TextField[str, str]:
    """A column with the public keys that new machines let in."""
    return models.TextField(
        _("SSH keys"),
        blank=True,
        validators=[valid_ssh_keys],
        help_text=_(
            "Public keys of those who may log in to new machines, one a line. Empty: nobody can,"
            " unless the image lets somebody in."
        ),
    )
