"""The provider: answers the Pulumi engine about networks, volumes and domains of one hypervisor.

A preview of what is new touches no hypervisor. Which calls a hypervisor needs is the driver's
business; what a right input is, that of `checks`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckFailure,
    CheckRequest,
    CheckResponse,
    ConfigureRequest,
    ConfigureResponse,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    PropertyDiff,
    PropertyDiffKind,
    Provider,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)
from pulumi.runtime.rpc import UNKNOWN

from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import InvalidInput, Refused
from dcim.vocabulary.hypervisors import check_hypervisor_uri, is_same_hypervisor
from provisioning.provider.checks import faults
from provisioning.provider.driver import Driver
from provisioning.provider.opening import driver_for
from provisioning.provider.specs import (
    AMONG,
    BRIDGE,
    LEFT_ALONE,
    OBSERVED,
    SPECS,
    Kind,
    Plain,
    Properties,
    Spec,
    VolumeSpec,
    differs,
    kind_of,
    meant,
    properties_of,
    spec_of,
)
from provisioning.provider.storage import look_at, without_beside
from provisioning.provider.wire import name_of, plain, wrapped

REPLACING: Final = {
    Kind.NETWORK: {"name"},
    Kind.VOLUME: {"name", "pool"},
    Kind.DOMAIN: {"name", "volume"},
}
"""Fields whose change makes a new resource; every other changes the one there is."""

ONLY_AT_CREATION: Final = {"image", "gateway", "name_servers", "ssh_keys"}
"""Fields that a later change leaves alone: a new image must never wipe a running machine's disk,
and a guest reads only once what it is told at its first start."""

IMPORTED: Final = "__imported"
"""Among the inputs of a machine that a preview is about to take over.

It is not marked yet, and so does not carry the notes of the plan; nothing else differs.
"""


class LumbungProvider(Provider):
    """One hypervisor for the life of the provider."""

    def __init__(self) -> None:
        self._uri = ""
        self._driver: Driver | None = None

    async def check_config(self, request: CheckRequest) -> CheckResponse:
        inputs = plain(request.new_inputs)
        uri = inputs.get("uri")
        try:
            if uri != UNKNOWN:
                check_hypervisor_uri(str(uri or ""))
        except InvalidInput as err:
            return CheckResponse(failures=[CheckFailure("uri", f"{err.reason} {err.hint}")])
        return CheckResponse(inputs=wrapped(inputs))

    async def diff_config(self, request: DiffRequest) -> DiffResponse:
        before, after = (plain(one).get("uri") for one in (request.old_state, request.new_inputs))
        moved = not is_same_hypervisor(str(before or ""), str(after or ""))
        return DiffResponse(replaces=["uri"] if moved else [])  # the engine sees changes by itself

    async def configure(self, request: ConfigureRequest) -> ConfigureResponse:
        uri = str(plain(request.args).get("uri") or "")
        if self._uri and not is_same_hypervisor(self._uri, uri):
            raise Refused(
                tell(
                    _("the stack was made on %(made_on)s, and the plan now names %(named)s."),
                    made_on=self._uri,
                    named=uri,
                ),
                field="hypervisor",
                hint=_("Reclaim by a plan what stands there first, or give the target a new name."),
            )
        self._uri, self._driver = uri, driver_for(uri)
        return ConfigureResponse(
            accept_secrets=False,
            supports_preview=True,
            accept_outputs=False,
            accept_resources=False,
        )

    async def check(self, request: CheckRequest) -> CheckResponse:
        inputs = plain(request.new_inputs)
        wrong = faults(_kind_of(request.type), inputs, plain(request.old_inputs))
        if wrong:
            return CheckResponse(failures=[CheckFailure(one.field, one.reason) for one in wrong])
        return CheckResponse(inputs=wrapped(inputs))

    async def diff(self, request: DiffRequest) -> DiffResponse:
        kind = _kind_of(request.type)
        changed = changed_fields(kind, plain(request.old_state), plain(request.new_inputs))
        replaces = [name for name in changed if name in REPLACING[kind]]
        return DiffResponse(
            changes=bool(changed),
            replaces=replaces,
            delete_before_replace=True,  # names are identities: old and new can't stand together
            diffs=changed,
            detailed_diff={
                name: PropertyDiff(_diff_kind(name in replaces), True) for name in changed
            },
        )

    async def create(self, request: CreateRequest) -> CreateResponse:
        inputs = plain(request.properties)
        if request.preview:
            return CreateResponse(properties=wrapped(inputs))
        spec, name = spec_of(_kind_of(request.type), inputs), name_of(request.urn)
        await asyncio.to_thread(self._make, self._hypervisor.create, spec, name)
        outputs = await self._outputs_of(spec, name)
        return CreateResponse(resource_id=spec.identity, properties=outputs)

    async def read(self, request: ReadRequest) -> ReadResponse:
        kind = _kind_of(request.type)
        olds, name = plain(request.properties), name_of(request.urn)
        seen = await self._seen(kind, request.resource_id, name, olds.get("beside_gib"))
        if seen is None:
            return ReadResponse(resource_id="")
        asked = {**olds, **{field: one for field, one in plain(request.inputs).items() if one}}
        one_of = AMONG.keys() & seen.keys()
        seen = {**seen, **{field: meant(seen, field, asked.get(field)) for field in one_of}}
        values = wrapped(_outputs(kind, {**olds, **seen}))
        is_bare = kind is Kind.DOMAIN and not olds and "app" not in seen
        inputs = {**values, IMPORTED: PropertyValue(True)} if is_bare else values
        return ReadResponse(resource_id=request.resource_id, properties=values, inputs=inputs)

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        kind = _kind_of(request.type)
        olds = plain(request.olds)
        at_creation = {name: value for name, value in olds.items() if name in ONLY_AT_CREATION}
        news = {**plain(request.news), **at_creation}
        if request.preview:
            return UpdateResponse(properties=wrapped(news))
        spec, name = spec_of(kind, news), name_of(request.urn)
        update = partial(self._hypervisor.update, before=olds)
        await asyncio.to_thread(self._make, update, spec, name)
        return UpdateResponse(properties=await self._outputs_of(spec, name))

    async def delete(self, request: DeleteRequest) -> None:
        kind = _kind_of(request.type)
        await asyncio.to_thread(self._hypervisor.delete, kind, request.resource_id)

    def _make(self, deed: Callable[[Spec], None], spec: Spec, name: str) -> None:
        """Has the driver do `deed`, which knows of no disk but the one of the spec."""
        if isinstance(spec, VolumeSpec):
            spec = without_beside(self._hypervisor, spec, name)
        deed(spec)

    async def _seen(
        self, kind: Kind, identity: str, name: str, beside: Plain = None
    ) -> Properties | None:
        return await asyncio.to_thread(look_at, self._hypervisor, kind, identity, name, beside)

    async def _outputs_of(self, spec: Spec, name: str) -> dict[str, PropertyValue]:
        """The spec as it was carried out, with what only the hypervisor knows."""
        kind, outputs = kind_of(spec), properties_of(spec)
        if kind in OBSERVED:
            told = await self._seen(kind, spec.identity, name) or {}
            silent = [field for field in LEFT_ALONE & outputs.keys() if not outputs[field]]
            outputs.update({field: told.get(field) for field in (*OBSERVED[kind], *silent)})
        return wrapped(outputs)

    @property
    def _hypervisor(self) -> Driver:
        if self._driver is None:
            raise Refused(_("the provider was not told its hypervisor."), field="uri")
        return self._driver


def _kind_of(type_chain: str) -> Kind:
    """The kind at the end of a URN's chain of types: `lumbung:index:App$lumbung:index:Volume`."""
    return Kind(type_chain.rpartition("$")[2])


def changed_fields(kind: Kind, old: Properties, new: Properties) -> list[str]:
    """Fields that become others where `old` stands and `new` is asked for.

    Notes: a network carries a tag only as a bridge; in other modes none is seen.
    """
    names = [name for name in _compared(kind) if differs(old, name, new.get(name))]
    is_bridge = (new.get("mode") or old.get("mode")) == BRIDGE
    return names if is_bridge else [name for name in names if name != "vlan"]


def drifted_fields(kind: Kind, old: Properties, new: Properties) -> list[str]:
    """Fields that are seen to be others than they were."""
    return [name for name in _compared(kind) if (old.get(name) or None) != (new.get(name) or None)]


def _compared(kind: Kind) -> list[str]:
    return sorted(SPECS[kind].__dataclass_fields__.keys() - ONLY_AT_CREATION)


def _diff_kind(replaces: bool) -> PropertyDiffKind:
    return PropertyDiffKind.UPDATE_REPLACE if replaces else PropertyDiffKind.UPDATE


def _outputs(kind: Kind, seen: Properties) -> dict[str, Plain]:
    """What a state keeps of what was seen."""
    observed = {name: seen.get(name) for name in OBSERVED.get(kind, ())}
    return {**properties_of(spec_of(kind, seen)), **observed}
