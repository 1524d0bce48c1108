"""Opens Pulumi stacks: where state lies, what protects secrets in it, and one run per target at a
time.

State is kept in files under LUMBUNG_DATA/pulumi unless PULUMI_BACKEND_URL names another place.
Secrets come from the environment only.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pulumi.automation import (
    LocalWorkspaceOptions,
    ProjectBackend,
    ProjectSettings,
    PulumiCommand,
    Stack,
    create_or_select_stack,
)

from provisioning.provider.data_folder import data_folder
from provisioning.provider.resources import PACKAGE

PROJECT: Final = "lumbung"
QUICK: Final = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
"""Settings with which the engine writes its state once at the end instead of after each step."""

PASSPHRASE: Final = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105  # the name of a variable


def state_folder() -> Path:
    """Where stacks, the engine's own files and the generated passphrase lie; made when missing."""
    folder = data_folder() / "pulumi"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def alone(target: str, say: Callable[[str], None]) -> Iterator[None]:
    """Waits until no other run of this machine works on `target`."""
    path = state_folder() / "locks" / f"{target}.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{target}: waiting for another run to end …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def open_stack(command: PulumiCommand, target: str, *, provider_port: int) -> Stack:
    """The stack of `target`, made when missing, with the provider on the port, without program."""
    folder = state_folder() / "workspaces" / target
    folder.mkdir(parents=True, exist_ok=True)
    backend = os.environ.get("PULUMI_BACKEND_URL") or state_folder().as_uri()
    project = ProjectSettings(PROJECT, "python", backend=ProjectBackend(backend))
    options = LocalWorkspaceOptions(
        work_dir=str(folder),
        pulumi_home=str(state_folder() / "home"),
        pulumi_command=command,
        project_settings=project,
        env_vars=_settings(provider_port),
    )
    return create_or_select_stack(target, project_name=PROJECT, program=_no_program, opts=options)


def _no_program() -> None:
    """Each question to the engine brings its own program."""


def _settings(provider_port: int) -> Mapping[str, str]:
    settings = {
        "PULUMI_DEBUG_PROVIDERS": f"{PACKAGE}:{provider_port}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    if not os.environ.get(f"{PASSPHRASE}_FILE"):
        settings[PASSPHRASE] = os.environ.get(PASSPHRASE) or _generated_passphrase()
    return settings


def _generated_passphrase() -> str:
    """This installation's own passphrase, made once and readable by its owner alone."""
    path = state_folder() / "passphrase"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("utf-8").strip()
    with os.fdopen(descriptor, "w") as file:
        passphrase = secrets.token_urlsafe(32)
        file.write(f"{passphrase}\n")
    return passphrase
