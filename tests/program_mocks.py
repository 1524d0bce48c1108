"""The Pulumi program by mocks: every resource counts as made, and what was asked for is kept."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pulumi
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks

from dcim.planning.document import PlanDocument
from provisioning.program.build import build
from provisioning.program.standing import Standing
from provisioning.provider.specs import Kind


class Recorder(Mocks):
    """Takes every resource as made, and remembers what it was asked for.

    A lookup answers with its arguments, and with an id of its kind and name.
    """

    def __init__(self) -> None:
        self.made: list[MockResourceArgs] = []
        self.asked: list[tuple[str, dict[str, object]]] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, object]]:
        self.made.append(args)
        identity = f"default/{args.name}" if args.typ == Kind.VOLUME else f"{args.name}"
        return identity, dict(args.inputs)

    def call(self, args: MockCallArgs) -> tuple[dict[str, object], list[tuple[str, str]]]:
        self.asked.append((args.token, dict(args.args)))
        what = args.token.rpartition(":")[2]
        name = args.args.get("name") or "-".join(
            str(whole(one)) for _, one in sorted(args.args.items())
        )
        return {**args.args, "id": f"{what}/{name}", "name": name}, []

    def inputs(self, kind: str, name: str) -> dict[str, Any]:
        (found,) = [one for one in self.made if (one.typ, one.name) == (kind, name)]
        return {name: whole(value) for name, value in found.inputs.items()}

    def names(self, kind: str) -> list[str]:
        return sorted(one.name for one in self.made if one.typ == kind)


def whole(value: object) -> object:
    """Numbers travel as floats; whole ones are integers."""
    if isinstance(value, Mapping):
        return {name: whole(one) for name, one in value.items()}
    if isinstance(value, list):
        return [whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@contextmanager
def own_loop() -> Iterator[None]:
    """An event loop for the SDK, gone with all that it leaves open."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    asyncio.set_event_loop(None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
    gc.freeze()  # what stays is not looked through again after each test


def registered(plan: PlanDocument, standing: Standing | None = None) -> Recorder:
    """What the program registers for the plan's target “pdr-kvm”."""
    recorder = Recorder()
    pulumi.runtime.set_mocks(recorder, project="lumbung", stack="pdr-kvm")
    settle = pulumi.runtime.test(lambda: build(plan, "pdr-kvm", standing))  # type: ignore[no-untyped-call]  # the SDK's
    settle()
    return recorder
