"""What is wrong with the inputs of a resource, before a hypervisor hears of it.

Each fault names the field, the reason and the way out. Values that Pulumi does not know yet in a
preview are taken as right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields
from ipaddress import ip_interface
from typing import Final

from pulumi.runtime.rpc import UNKNOWN

from dcim.vocabulary.guests import (
    HOSTS_WAY_OUT,
    KEYS_WAY_OUT,
    is_host_address,
    is_public_key,
)
from dcim.vocabulary.naming import (
    NAME_WAY_OUT,
    RANGE_WAY_OUT,
    is_allowed_name,
    is_allowed_range,
)
from provisioning.provider.specs import SPECS, Kind, Plain, Properties

_MODES: Final = ("isolated", "nat", "bridge")


@dataclass(frozen=True, slots=True)
class Fault:
    """A field with a reason and the way out in one sentence or two."""

    field: str
    reason: str


def faults(kind: Kind, new: Properties, old: Properties) -> list[Fault]:
    """Everything wrong with `new` inputs, seen alone and against the `old` ones (empty if none)."""
    wrong = [*_unnamed(kind, new), *_wrong_values(kind, new)]
    if kind is Kind.VOLUME and not wrong:
        wrong.extend(_shrinking(new, old))
    return wrong


def _unnamed(kind: Kind, new: Properties) -> Iterator[Fault]:
    known = {field.name: field for field in fields(SPECS[kind])}
    for name in sorted(new.keys() - known.keys() - {"__defaults"}):
        yield Fault(name, f"is not a field of this resource. Known: {', '.join(known)}.")
    for name, field in known.items():
        if field.default is MISSING and new.get(name) is None:
            yield Fault(name, "is missing. Give it a value.")


def _wrong_values(kind: Kind, new: Properties) -> Iterator[Fault]:
    for name, (is_right, way_out) in _VALUES[kind].items():
        value = new.get(name)
        if value is not None and value != UNKNOWN and not is_right(value):
            yield Fault(name, f"is {value!r}. {way_out}")


def _shrinking(new: Properties, old: Properties) -> Iterator[Fault]:
    before, after = old.get("size_gib"), new.get("size_gib")
    if isinstance(before, int) and isinstance(after, int) and after < before:
        yield Fault(
            "size_gib",
            f"would shrink from {before} to {after} GiB, and what is written at its end would be"
            f" lost. Plan at least {before} GiB, or make a new machine and move the data.",
        )


def _is_name(value: Plain) -> bool:
    return isinstance(value, str) and is_allowed_name(value)


def _is_text(value: Plain) -> bool:
    return isinstance(value, str)


def _is_count(value: Plain) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_vlan(value: Plain) -> bool:
    return _is_count(value) and isinstance(value, int) and value <= 4094


def _is_range(value: Plain) -> bool:
    return is_allowed_range(str(value))


def _are_addresses(value: Plain) -> bool:
    try:
        return isinstance(value, list) and bool([ip_interface(str(one)) for one in value] or True)
    except ValueError:
        return False


def _are_hosts(value: Plain) -> bool:
    return isinstance(value, list) and all(is_host_address(str(one)) for one in value)


_NAME_RULE: Final = (_is_name, NAME_WAY_OUT)
_COUNT_RULE: Final = (_is_count, "Give a whole number of at least 1.")
_TEXT_RULE: Final = (_is_text, "Give a text.")
_Rule = tuple[Callable[[Plain], bool], str]
_VALUES: Final[dict[Kind, dict[str, _Rule]]] = {
    Kind.NETWORK: {
        "name": _NAME_RULE,
        "mode": (lambda value: not value or value in _MODES, f"Choose one of {', '.join(_MODES)}."),
        "cidr": (_is_range, RANGE_WAY_OUT),
        "vlan": (_is_vlan, "Give a number from 1 to 4094."),
    },
    Kind.VOLUME: {
        "name": _NAME_RULE,
        "size_gib": _COUNT_RULE,
        "pool": _NAME_RULE,
        "image": _TEXT_RULE,
    },
    Kind.DOMAIN: {
        "name": _NAME_RULE,
        "vcpus": _COUNT_RULE,
        "memory_mib": _COUNT_RULE,
        "volume": (lambda value: "/" in str(value), "Give the id of a volume: POOL/NAME."),
        "network": _NAME_RULE,
        "addresses": (_are_addresses, "Give a list of addresses like 10.64.10.12/24."),
        "app": _TEXT_RULE,
        "owner": _TEXT_RULE,
        "allocation": _TEXT_RULE,
        "gateway": (lambda value: not value or _are_hosts([value]), HOSTS_WAY_OUT),
        "name_servers": (lambda value: _are_hosts(value), HOSTS_WAY_OUT),
        "ssh_keys": (
            lambda value: isinstance(value, list) and all(is_public_key(str(one)) for one in value),
            KEYS_WAY_OUT,
        ),
        "running": (lambda value: isinstance(value, bool), "Give true or false."),
    },
}
