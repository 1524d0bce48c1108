"""The Pulumi CLI, ended as Ctrl-C ends it when whoever watches wants an end.

The Automation API's own way to end a run only takes its lock away. Interrupted, the engine
finishes the steps that it is at, begins no other, and writes its state.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import IO, Final

from pulumi.automation import CommandResult, PulumiCommand
from pulumi.automation.errors import create_command_error

from dcim.planning.watch import Watch

OnOutput = Callable[[str], object]
LOOK_EVERY_S: Final = 0.2
PATIENCE_S: Final = 60.0
"""How long the engine may take to finish its steps before it is told again, which ends it at once.
"""

_WITH_US: Final = """
import ctypes, os, signal, sys
prctl = getattr(ctypes.CDLL(None), "prctl", None)  # only Linux has it
if prctl:
    prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG of linux/prctl.h
if os.getppid() == int(sys.argv[1]):
    os.execvp(sys.argv[2], sys.argv[2:])
"""
"""Becomes the command, which is killed when we are. An engine that outlived us would take what our
provider had just made for not made, as its call was cut off, and forget it for good; one that was
killed leaves a note of what it had begun, by which the next run knows it.
"""

_CHANGING: Final = frozenset({"up", "destroy"})
_LONG: Final = frozenset({"up", "preview", "refresh", "destroy"})


_PAST: Final = {
    "kind": "update",
    "startTime": "2000-01-01T00:00:00.000Z",
    "message": "",
    "environment": {},
    "config": {},
    "result": "succeeded",
}
_UNREAD: Final = {"output": "{}", "history": json.dumps([_PAST])}
"""What the Automation API asks of the CLI after each `up`, with secrets in plain, and we never
read: three starts of it, a quarter of the time that an `up` of five machines took."""


class StoppableEngine(PulumiCommand):
    """`command`, which an end that `watch` tells of interrupts while it works on a stack."""

    def __init__(self, command: PulumiCommand, watch: Watch) -> None:
        # The command has been found and its version judged already.
        self.command, self.version, self.watch = command.command, command.version, watch

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        """What the CLI said.

        Raises: CommandError when it ended with another code than 0.
        """
        if args[:1] == ["stack"] and args[1] in _UNREAD:
            return CommandResult(_UNREAD[args[1]], "", 0)
        settings = {**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        if (command := Path(self.command)).is_absolute():  # its plugins lie beside it
            settings["PATH"] = f"{command.parent}{os.pathsep}{settings.get('PATH', '')}"
        with subprocess.Popen(
            [*self._launched(args), self.command, "--non-interactive", *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=settings,
            encoding="utf-8",
            process_group=0,  # Ctrl-C reaches us alone: told twice, it leaves its steps
        ) as process:
            said, complained = _Lines(process.stdout, on_output), _Lines(process.stderr, on_error)
            self._wait(process, can_stop=not _LONG.isdisjoint(args[:1]))
            result = CommandResult(said.text(), complained.text(), process.returncode)
        if result.code:
            raise create_command_error(result)
        return result

    def _launched(self, args: list[str]) -> list[str]:
        """What goes before the command, so that an engine which changes things ends with us."""
        if _CHANGING.isdisjoint(args[:1]):
            return []
        return [sys.executable, "-I", "-S", "-c", _WITH_US, str(os.getpid())]

    def _wait(self, process: subprocess.Popen[str], *, can_stop: bool) -> None:
        try:
            self._watch(process, can_stop=can_stop)
        except KeyboardInterrupt:  # it ends with us: a second one leaves its steps
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE_S)
            raise

    def _watch(self, process: subprocess.Popen[str], *, can_stop: bool) -> None:
        told_at = 0.0
        while process.poll() is None:
            if can_stop and self.watch.is_stopped() and monotonic() - told_at > PATIENCE_S:
                process.send_signal(signal.SIGINT)
                told_at = monotonic()
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_EVERY_S)


class _Lines:
    """Reads a stream to its end in a thread of its own."""

    def __init__(self, stream: IO[str] | None, tell: OnOutput | None) -> None:
        self._stream, self._tell, self._read = stream, tell, list[str]()
        self._thread = Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        for line in self._stream or ():
            self._read.append(line.rstrip())
            if self._tell is not None:
                self._tell(line.rstrip())

    def text(self) -> str:
        """All of it, once it has ended."""
        self._thread.join()
        return "\n".join(self._read)
