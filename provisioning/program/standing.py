"""What a stack holds already: the URN of every resource by kind and name.

A resource's URN names its parent, the app. Without this, a machine that is handed from one app to
another would be made anew and then deleted under its old name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NotRequired, TypedDict

from dcim.planning.document import AppLine, Change, DocumentKind, PlanDocument, Target, digest_of
from dcim.planning.document_grounds import NOT_STATED
from provisioning.provider.resources import PACKAGE
from provisioning.provider.wire import name_of

AS_IS: Final = "as_is"
"""The stack's output that says which state of the record was applied before anything else."""

PLANNED: Final = "planned"
"""The stack's output that says what a plan made of it since; absent where none was applied."""

_PROVIDER: Final = f"pulumi:providers:{PACKAGE}"
_ENDPOINTS: Final = {
    "pulumi:providers:openstack": "authUrl",
    "pulumi:providers:proxmoxve": "endpoint",
}
_STACK: Final = "pulumi:pulumi:Stack"
_NOT_MADE: Final = ("pulumi:", "lumbung:index:App", "lumbung:index:SharedNetworks")
"""The stack, providers and components: they stand on no hypervisor."""


class Resource(TypedDict):
    """One resource of an exported stack, as far as we read it."""

    urn: str
    type: str
    id: NotRequired[str]
    inputs: NotRequired[dict[str, str]]
    outputs: NotRequired[dict[str, str]]
    protect: NotRequired[bool]
    delete: NotRequired[bool]


class Operation(TypedDict):
    """What the engine has begun with a resource: creating, updating, deleting."""

    resource: Resource
    type: str


class State(TypedDict, total=False):
    """The part of an exported stack that we read."""

    resources: list[Resource] | None
    pending_operations: list[Operation] | None


@dataclass(frozen=True, slots=True)
class Standing:
    """URNs and identities by kind and resource name, where they stand, the as-is and plan below.

    That is the URI of a hypervisor, or the address at which a cloud's API answers.
    `with_more_disks` are the machines that had disks beside the one of their volume.
    """

    urns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    uri: str = ""
    cloud: str = ""
    as_is: str = ""
    planned: str = ""
    ids: Mapping[tuple[str, str], str] = field(default_factory=dict)
    with_more_disks: frozenset[str] = frozenset()

    def aliases(self, kind: str, name: str) -> list[str]:
        """The URN under which the resource stands now, if it does."""
        urn = self.urns.get((kind, name))
        return [] if urn is None else [urn]


def standing_of(state: State) -> Standing:
    """What stands, from the exported state of a stack."""
    resources = state.get("resources") or []
    keys = {_key_of(resource["urn"]): resource["urn"] for resource in resources}
    uris = [one["inputs"].get("uri", "") for one in resources if one["type"] == _PROVIDER]
    notes = next((one.get("outputs", {}) for one in resources if one["type"] == _STACK), {})
    clouds = [
        one["inputs"].get(_ENDPOINTS[one["type"]], "")
        for one in resources
        if one["type"] in _ENDPOINTS
    ]
    return Standing(
        {key: urn for key, urn in keys.items() if not key[0].startswith(_NOT_MADE)},
        next(iter(uris), ""),
        next(iter(clouds), ""),
        notes.get(AS_IS, ""),
        notes.get(PLANNED, ""),
        {_key_of(one["urn"]): one["id"] for one in resources if "id" in one},
        frozenset(
            name_of(one["urn"]) for one in resources if one.get("outputs", {}).get("beside_gib")
        ),
    )


def as_is_digest(target: Target, owners: Mapping[str, str]) -> str:
    """Tells apart how the machines and networks of `target` stand before a plan.

    Only what is made of them counts: a machine that moved to another host is no other machine.
    """
    made = tuple(
        replace(vm, id=None, host=None, workloads=(), shared_with=()) for vm in target.standing
    )
    codes = sorted({vm.app for vm in made} & owners.keys())
    standing = replace(
        target,
        vms=made,
        reclaim=(),
        capacity=(),
        may_hold=NOT_STATED,
        n_plus_one=None,
        name_servers=(),  # what stands is told no more
        ssh_keys=(),
    )
    return digest_of(
        PlanDocument(
            kind=DocumentKind.AS_IS,
            name="",
            stance="",
            base_serial=0,
            targets=(standing,),
            apps=tuple(AppLine(code=code, owner=owners[code]) for code in codes),
        )
    )


def planned_digest(target: Target, owners: Mapping[str, str]) -> str:
    """Tells apart how the machines and networks of `target` stand after a plan."""
    after = tuple(
        replace(vm, change=Change.KEEP, runs_now=None, stands=None, reason="") for vm in target.vms
    )
    return as_is_digest(replace(target, vms=after, reclaim=()), owners)


def _key_of(urn: str) -> tuple[str, str]:
    """Type and name: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`."""
    *_, types, name = urn.split("::")
    return types.rpartition("$")[2], name
