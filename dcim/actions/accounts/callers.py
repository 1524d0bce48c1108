"""Where a request comes from, as far as that can be known."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings


def address_of(meta: Mapping[str, Any]) -> str:
    """The caller's address: the peer's, or what trusted proxies say of it; "" when unknown.

    Proxies append to X-Forwarded-For, so it is read from its end as far as the writers are trusted
    (LUMBUNG_TRUSTED_PROXIES): what a caller wrote there itself is never believed.
    """
    address = _plain(str(meta.get("REMOTE_ADDR", "")))
    hops = [_plain(one) for one in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    while address and hops and _is_trusted(address):
        address = hops.pop()
    return address


def _plain(text: str) -> str:
    """An address in one form, IPv4 mapped into IPv6 as IPv4; "" for what is none."""
    try:
        address = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


def _is_trusted(address: str) -> bool:
    return any(ip_address(address) in ip_network(one) for one in settings.TRUSTED_PROXIES)
