"""Keeps the paths of this machine's files out of the state, and out of what a run tells.

The SDK notes with each resource the Python stack that made it: twenty file names, three quarters of
the state's bytes, written anew at each step of a run. A state is shared; nobody reads them in it.
"""

from __future__ import annotations

from collections.abc import Callable

import pulumi.runtime.resource
from pulumi.runtime.proto import source_pb2

from dcim.vocabulary.errors import LumbungError


class Program:
    """A Pulumi program, and the fault of ours that ended it: the engine gives but a trace of it."""

    def __init__(self, register: Callable[[], None]) -> None:
        self._register = register
        self.fault: LumbungError | None = None

    def __call__(self) -> None:
        """Registers what the program makes; the fault is raised too, so that the engine ends."""
        try:
            self._register()
        except LumbungError as err:
            self.fault = err
            raise


def leave_out_traces() -> None:
    """Makes the SDK of this process note none. There is no setting for it in 3.259."""
    pulumi.runtime.resource._get_stack_trace = _no_trace


def _no_trace() -> source_pb2.StackTrace:
    return source_pb2.StackTrace()
