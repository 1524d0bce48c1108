"""What a stack holds already: the URN of every resource by kind and name.

A resource's URN names its parent, the app. Without this, a machine that is handed from one app to
another would be made anew and then deleted under its old name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NotRequired, TypedDict

from provisioning.provider.resources import PACKAGE
from provisioning.provider.specs import Kind

_PROVIDER: Final = f"pulumi:providers:{PACKAGE}"


class _Resource(TypedDict):
    urn: str
    type: str
    inputs: NotRequired[dict[str, str]]


class State(TypedDict, total=False):
    """The part of an exported stack that we read."""

    resources: list[_Resource] | None


@dataclass(frozen=True, slots=True)
class Standing:
    """URNs by kind and resource name, and the URI of the hypervisor that they stand on."""

    urns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    uri: str = ""

    def aliases(self, kind: Kind, name: str) -> list[str]:
        """The URN under which the resource stands now, if it does."""
        urn = self.urns.get((kind, name))
        return [] if urn is None else [urn]


def standing_of(state: State) -> Standing:
    """What stands, from the exported state of a stack."""
    resources = state.get("resources") or []
    keys = {_key_of(resource["urn"]): resource["urn"] for resource in resources}
    uris = [one["inputs"].get("uri", "") for one in resources if one["type"] == _PROVIDER]
    kinds = set(Kind)
    return Standing(
        {key: urn for key, urn in keys.items() if key[0] in kinds}, next(iter(uris), "")
    )


def _key_of(urn: str) -> tuple[str, str]:
    """Type and name: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`."""
    *_, types, name = urn.split("::")
    return types.rpartition("$")[2], name
