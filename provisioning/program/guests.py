"""What new machines are told at their first start, whichever driver makes them."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network

from dcim.planning.document import Target
from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.guests import HOSTS_WAY_OUT, KEYS_WAY_OUT, is_host_address, is_public_key


def ssh_keys(target: Target) -> list[str]:
    """The public keys that may log in.

    Raises: InvalidInput for anything else, which is not told: it may be a private one.
    """
    return _told(target, "ssh_keys", is_public_key, KEYS_WAY_OUT)


def name_servers(target: Target) -> list[str]:
    """Whom the guest asks for names.

    Raises: InvalidInput for what is no address.
    """
    return _told(target, "name_servers", is_host_address, HOSTS_WAY_OUT)


def _told(target: Target, field: str, is_right: Callable[[str], bool], hint: str) -> list[str]:
    told: list[str] = [*getattr(target, field)]
    wrong = [number for number, one in enumerate(told, 1) if not is_right(one)]
    if wrong:
        raise InvalidInput(
            tell(_("number %(number)s can't be told to a guest."), number=wrong[0]),
            field=f"targets.{target.name}.{field}",
            hint=hint,
        )
    return told


def gateway(target: Target, network: str | None) -> str:
    """The first address of the range, as in the planner; an isolated network leads nowhere."""
    found = next((one for one in target.networks if one.name == network), None)
    if found is None or found.cidr is None or found.mode in {"", "isolated"}:
        return ""
    return str(ip_network(found.cidr)[1])
