"""What a stack holds already: the URN of every resource by kind and name.

A resource's URN names its parent, the app. Without this, a machine that is handed from one app to
another would be made anew and then deleted under its old name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from provisioning.provider.specs import Kind


@dataclass(frozen=True, slots=True)
class Standing:
    """URNs by kind and resource name."""

    urns: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def aliases(self, kind: Kind, name: str) -> list[str]:
        """The URN under which the resource stands now, if it does."""
        urn = self.urns.get((kind, name))
        return [] if urn is None else [urn]


def standing_of(urns: Iterable[str]) -> Standing:
    """What stands, from the URNs of a stack's state."""
    kinds = set(Kind)
    return Standing({key: urn for urn in urns if (key := _key_of(urn))[0] in kinds})


def _key_of(urn: str) -> tuple[str, str]:
    """Type and name: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`."""
    *_, types, name = urn.split("::")
    return types.rpartition("$")[2], name
