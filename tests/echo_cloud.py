"""A provider that takes everything as made: it stands for a cloud whose own can't be had here."""

from __future__ import annotations

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckRequest,
    CheckResponse,
    ConfigureRequest,
    ConfigureResponse,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    InvokeRequest,
    InvokeResponse,
    Provider,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)


class EchoCloud(Provider):
    """Answers with what it was told; ids and names found are numbers."""

    def __init__(self) -> None:
        self._made = 0

    async def check_config(self, request: CheckRequest) -> CheckResponse:
        return CheckResponse(inputs=request.new_inputs)

    async def diff_config(self, request: DiffRequest) -> DiffResponse:
        return DiffResponse()

    async def configure(self, request: ConfigureRequest) -> ConfigureResponse:
        return ConfigureResponse(
            accept_secrets=False,
            supports_preview=True,
            accept_outputs=False,
            accept_resources=False,
        )

    async def check(self, request: CheckRequest) -> CheckResponse:
        return CheckResponse(inputs=request.new_inputs)

    async def diff(self, request: DiffRequest) -> DiffResponse:
        return DiffResponse(changes=request.old_state != request.new_inputs)

    async def create(self, request: CreateRequest) -> CreateResponse:
        self._made += 1
        return CreateResponse(resource_id=str(self._made), properties=request.properties)

    async def read(self, request: ReadRequest) -> ReadResponse:
        return ReadResponse(
            resource_id=request.resource_id, properties=request.properties, inputs=request.inputs
        )

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        return UpdateResponse(properties=request.news)

    async def delete(self, request: DeleteRequest) -> None:
        return None

    async def invoke(self, request: InvokeRequest) -> InvokeResponse:
        found = {"id": PropertyValue("found"), "name": PropertyValue("found")}
        return InvokeResponse(return_value={**request.args, **found})
