"""Public names of things: `KIND:NAME`, the same in commands, API, pages and plan documents."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from dcim.vocabulary.errors import InvalidInput

# What an app's code may be. Codes and tiers are joined with a slash, so neither has one.
APP_CODE: Final = r"[A-Za-z0-9][A-Za-z0-9_-]*"


class ThingKind(StrEnum):
    """Kinds of node of the dependency graph, apps first, power last."""

    APP = "app"
    WORKLOAD = "workload"
    VM = "vm"
    HOST = "host"
    CLUSTER = "cluster"
    ALLOCATION = "allocation"
    PROVIDER = "provider"
    SWITCH = "switch"
    ROUTER = "router"
    PSU = "psu"
    OUTLET = "outlet"
    PDU = "pdu"
    RACK = "rack"
    LOCATION = "location"
    SITE = "site"
    FEED = "feed"
    PANEL = "panel"
    BACKUP = "backup"
    GROUP = "group"


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A thing by its kind and its public name.

    >>> str(Ref.parse("rack:PDR-R01"))
    'rack:PDR-R01'
    """

    kind: ThingKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The thing that `text` names.

        Raises: InvalidInput when `text` is not KIND:NAME with a known kind.
        """
        kind, colon, name = text.partition(":")
        if not colon or not name:
            raise InvalidInput(
                f"“{text}” does not name a thing.",
                field="thing",
                hint="Write KIND:NAME, for example rack:PDR-R01.",
            )
        try:
            return cls(ThingKind(kind), name)
        except ValueError as err:
            known = ", ".join(ThingKind)
            raise InvalidInput(
                f"“{kind}” is not a kind of thing.", field="thing", hint=f"Known kinds: {known}."
            ) from err
