"""Keeps the paths of this machine's files out of the state.

The SDK notes with each resource the Python stack that made it: twenty file names, three quarters of
the state's bytes, written anew at each step of a run. A state is shared; nobody reads them in it.
"""

from __future__ import annotations

import pulumi.runtime.resource
from pulumi.runtime.proto import source_pb2


def leave_out_traces() -> None:
    """Makes the SDK of this process note none. There is no setting for it in 3.259."""
    pulumi.runtime.resource._get_stack_trace = _no_trace


def _no_trace() -> source_pb2.StackTrace:
    return source_pb2.StackTrace()
