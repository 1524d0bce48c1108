"""What Pulumi's language host starts for an ordinary project: the program, beside its engine.

It is put next to the host under the name that the host looks for, and run by the Python that comes
first on PATH; there it finds the SDK, and ours.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import runpy
import sys
from pathlib import Path
from typing import Final

import pulumi
from pulumi.runtime import Settings, configure, run_in_stack

TOLD_ALREADY: Final = 32
"""The exit code with which the host adds no words of its own."""


def main() -> int:
    """Runs the program that the host names; what goes wrong is told to the engine.

    The configuration stands in the environment, where the SDK reads it by itself.
    """
    options = _options()
    if options.pwd:
        os.chdir(options.pwd)
    configure(
        Settings(
            project=options.project,
            stack=options.stack,
            monitor=options.monitor,
            engine=options.engine,
            parallel=options.parallel,
            dry_run=options.dry_run == "true",
            organization=options.organization or "organization",
        )
    )
    program = str(Path(options.program).resolve())
    sys.path.insert(0, program)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(run_in_stack(lambda: _run(program)))
    except Exception as err:  # noqa: BLE001  # the border: the engine tells it
        pulumi.log.error(str(err) or type(err).__name__)
        loop.run_until_complete(asyncio.sleep(0.2))  # the engine hears it by a task of the loop
        return TOLD_ALREADY
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ("monitor", "engine", "project", "stack", "pwd", "tracing", "organization"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--dry_run")
    parser.add_argument("--parallel", type=int)
    parser.add_argument("program")
    return parser.parse_args()


def _run(program: str) -> None:
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    sys.exit(main())
