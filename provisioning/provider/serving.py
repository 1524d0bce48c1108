"""Serves the provider to a Pulumi engine: within this process, or as a plugin of its own.

Within the process is what our own engine uses: one port, one hypervisor, and libvirt's test driver,
which forgets everything when its process ends, lives through a whole run. Both answer the engine
with the sentence of our errors instead of a stack trace.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import grpc
import grpc.aio
from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]  # ships no types
from pulumi.provider.experimental.provider import Provider
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from dcim.planning.sentences import Told, tell_error
from dcim.vocabulary.errors import LumbungError
from provisioning.provider.provider import IMPORTED, LumbungProvider

VERSION: Final = "0.1.0"
MAX_MESSAGE_BYTES: Final = 400 * 2**20  # as the engine's own channels
_TOLD: Final[deque[Told]] = deque(maxlen=100)
"""What providers of this process have refused; the engine hands on the words alone."""

if TYPE_CHECKING:  # generic for type checkers only
    _Context = grpc.aio.ServicerContext[object, object]
    _Handler = grpc.RpcMethodHandler[object, object]
    _Call = Callable[[object, _Context], Awaitable[object]]


class Servicer(ProviderServicer):
    """The SDK's servicer, which an engine can also attach to."""

    async def Attach(self, request: object, context: _Context) -> object:
        return Empty()

    async def Diff(self, request: provider_pb2.DiffRequest, context: _Context) -> object:
        """A machine that is about to be taken over will have been marked by then."""
        if IMPORTED in request.old_inputs:
            return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)
        return await super().Diff(request, context)

    async def Handshake(self, request: object, context: _Context) -> None:
        """Declines: the engine then does without, and the SDK would log a stack trace."""
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, "no handshake")


class OneSentence(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]  # not so when it runs
    """Answers with the sentence of our errors, where gRPC would print a stack trace."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[_Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> _Handler:
        handler = await continuation(handler_call_details)
        call: _Call | None = getattr(handler, "unary_unary", None)  # None: no such method
        if call is None or not inspect.iscoroutinefunction(call):
            return handler

        async def answer(request: object, context: _Context) -> object:
            try:
                return await call(request, context)
            except LumbungError as err:
                _TOLD.append(tell_error(err))
                await context.abort(grpc.StatusCode.UNKNOWN, str(err))

        return grpc.unary_unary_rpc_method_handler(
            answer, handler.request_deserializer, handler.response_serializer
        )


def told_by_provider(words: str) -> Told | None:
    """What a provider of this process told, where the engine's `words` repeat it."""
    return next((one for one in reversed(_TOLD) if " ".join(one.split()) in words), None)


async def start(
    engine_address: str = "", provider: Provider | None = None
) -> tuple[grpc.aio.Server, int]:
    """A running server of `provider` (a fresh one of ours), and its port on this machine."""
    limits = [("grpc.max_receive_message_length", MAX_MESSAGE_BYTES)]
    server = grpc.aio.server(interceptors=[OneSentence()], options=limits)
    servicer = Servicer([], VERSION, provider or LumbungProvider(), engine_address)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, port


@contextmanager
def serving(provider: Provider | None = None) -> Iterator[int]:
    """Serves `provider` (a fresh one of ours) on a thread while the block runs; gives the port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="lumbung-provider", daemon=True)
    thread.start()
    server, port = asyncio.run_coroutine_threadsafe(start(provider=provider), loop).result()
    try:
        yield port
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(grace=1), loop).result()
        # An engine that was killed leaves calls behind: nobody else may begin before they end.
        asyncio.run_coroutine_threadsafe(loop.shutdown_default_executor(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def serve_as_plugin(engine_address: str) -> None:
    """Serves until the engine ends this process; the port goes to stdout, as plugins must."""
    server, port = await start(engine_address)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.wait_for_termination()
