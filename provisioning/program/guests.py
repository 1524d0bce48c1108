"""What new machines are told at their first start, whichever driver makes them.

The plan says it of its target, the environment of the run of all: whose keys come in, and whom the
guest asks for names.
"""

from __future__ import annotations

import os
import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final

from dcim.planning.document import Target
from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import InvalidInput

SSH_KEYS: Final = "LUMBUNG_SSH_KEYS"
NAME_SERVERS: Final = "LUMBUNG_NAME_SERVERS"
_PUBLIC: Final = re.compile(r"(ssh|ecdsa|sk)-\S+ \S+.*")


def ssh_keys(target: Target) -> list[str]:
    """The public keys that may log in: the plan's, then those of the file of LUMBUNG_SSH_KEYS.

    Raises: InvalidInput when it can't be read, or holds anything else; it is not told what.
    """
    path = os.environ.get(SSH_KEYS)
    keys = [*target.ssh_keys, *(_keys_in(Path(path)) if path else ())]
    return list(dict.fromkeys(keys))


def _keys_in(path: Path) -> list[str]:
    way_out = _("Name a file with one public key a line, such as id_ed25519.pub.")
    try:
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as err:
        raise InvalidInput(
            tell(_("the file %(path)s can't be read."), path=path), field=SSH_KEYS, hint=way_out
        ) from err
    keys = [line for line in lines if line and not line.startswith("#")]
    if not all(map(_PUBLIC.fullmatch, keys)):
        raise InvalidInput(
            tell(_("the file %(path)s holds something that is no public key."), path=path),
            field=SSH_KEYS,
            hint=way_out,
        )
    return keys


def name_servers(target: Target) -> list[str]:
    """Whom the guest asks for names: the plan's servers, else those of LUMBUNG_NAME_SERVERS.

    Raises: InvalidInput for what is no address.
    """
    named = os.environ.get(NAME_SERVERS, "").replace(",", " ").split()
    for one in named:
        try:
            ip_address(one)
        except ValueError as err:
            raise InvalidInput(
                tell(_("“%(text)s” is no address."), text=one),
                field=NAME_SERVERS,
                hint=_("Write addresses, with commas between them."),
            ) from err
    return [*target.name_servers] or named


def gateway(target: Target, network: str | None) -> str:
    """The first address of the range, as in the planner; an isolated network leads nowhere."""
    found = next((one for one in target.networks if one.name == network), None)
    if found is None or found.cidr is None or found.mode == "isolated":
        return ""
    return str(ip_network(found.cidr)[1])
