"""From a plan document to machines: Pulumi's program, its provider, its engine, and runs."""

from __future__ import annotations

import os

# gRPC would meddle with each fork that libvirt makes to start ssh, and what it logs there stands in
# place of ssh's own words. It reads this when it is imported.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
