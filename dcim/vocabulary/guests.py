"""What new machines are told at their first start: who may log in, and whom they ask for names.

The record keeps both as text that people write; plans and the provider's own check take them apart
by the same rules.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final


def _(text: str) -> str:
    """Mark `text` for the translators; forms translate it when they show it."""
    return text


KEYS_WAY_OUT: Final = _("Give public keys, one line each: ssh-ed25519 AAAA… Never a private one.")
HOSTS_WAY_OUT: Final = _("Give addresses without a width, like 10.64.10.1.")

_PUBLIC_KEY: Final = re.compile(r"(ssh|ecdsa|sk)-[A-Za-z0-9@.-]+ [A-Za-z0-9+/=]+( [^\r\n]*)?")


def is_public_key(text: str) -> bool:
    """Whether `text` is one public SSH key, as a line of authorized_keys without options.

    >>> is_public_key("ssh-ed25519 AAAAC3Nz admin@paser"), is_public_key("-----BEGIN")
    (True, False)
    """
    return _PUBLIC_KEY.fullmatch(text) is not None


def is_host_address(text: str) -> bool:
    """Whether `text` is the address of one host.

    >>> is_host_address("10.64.10.1"), is_host_address("10.64.10.1/24")
    (True, False)
    """
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


def words_of(text: str) -> tuple[str, ...]:
    """The addresses in `text`, between spaces and commas.

    >>> words_of("10.64.0.53, 10.64.1.53")
    ('10.64.0.53', '10.64.1.53')
    """
    return tuple(text.replace(",", " ").split())


def keys_of(text: str) -> tuple[str, ...]:
    r"""The keys in `text`, one a line; empty lines and those with a # before them are passed over.

    >>> keys_of("# admin\nssh-ed25519 AAAA a\n")
    ('ssh-ed25519 AAAA a',)
    """
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))
