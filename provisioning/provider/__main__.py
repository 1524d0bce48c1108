"""What `pulumi-resource-lumbung` runs: the engine gives its address and reads the port."""

from __future__ import annotations

import asyncio
import contextlib
import sys

from provisioning.provider.serving import serve_as_plugin

if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve_as_plugin(sys.argv[1] if len(sys.argv) > 1 else ""))
