"""Opens Pulumi stacks: where state lies, what protects secrets in it, and one run per target at a
time.

State is kept in files under LUMBUNG_DATA/pulumi unless PULUMI_BACKEND_URL names another place.
Secrets come from the environment only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from pulumi.automation import (
    LocalWorkspaceOptions,
    ProjectSettings,
    PulumiCommand,
    Stack,
    create_or_select_stack,
)

from dcim.planning.watch import UNWATCHED, Watch
from dcim.vocabulary.data_folder import data_folder, generated_secret
from provisioning.engine.state.holding import (
    held_in_database,
    held_on_machine,
    is_held,
    is_held_in_database,
    is_postgresql,
    named_backend,
    told_to_engine,
)
from provisioning.engine.state.leftovers import check_room, clear_leftovers
from provisioning.provider.resources import PACKAGE

PROJECT: Final = "lumbung"
QUICK: Final = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
"""Settings with which the engine writes its state once at the end instead of after each step."""

_QUIET: Final = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
}
PROVIDERS: Final = "PULUMI_DEBUG_PROVIDERS"
PASSPHRASE: Final = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105  # the name of a variable


def state_folder() -> Path:
    """Where stacks, the engine's own files and the generated passphrase lie; made when missing."""
    return data_folder("pulumi")


def state_is_ours() -> bool:
    """Whether state lies in our own folder, so that `alone` tells that nobody works on a target."""
    return _backend() == state_folder().as_uri()


def _backend() -> str:
    return named_backend() or state_folder().as_uri()


@contextmanager
def alone(
    target: str, say: Callable[[str], None], run: str = "", watch: Watch = UNWATCHED
) -> Iterator[None]:
    """Waits until no other run of this machine works on `target`; `run` is what others are told.

    Raises: Stopped when `watch` wants an end of the waiting; Refused, naming who it is, when
    another machine works on it in a shared database.
    """
    lock = data_folder("pulumi", "locks") / f"{target}.lock"
    with held_on_machine(lock, target, run, say, watch), ExitStack() as shared:
        if is_postgresql(_backend()):
            shared.enter_context(held_in_database(_backend(), target, run))
        if state_is_ours():
            check_room(state_folder())
            clear_leftovers(state_folder() / ".pulumi", PROJECT, target, say)
        yield


def is_at_work(target: str) -> bool:
    """Whether a run works on `target` now: one of this machine, or of any that shares the database.

    Raises: StateUnreachable; MissingComponent without psycopg.
    """
    if is_held(data_folder("pulumi", "locks") / f"{target}.lock"):
        return True
    return is_postgresql(_backend()) and is_held_in_database(_backend(), target)


def exported(command: PulumiCommand, target: str) -> str:
    """The stack of `target` as JSON, with its secrets as ciphers; none is made.

    Raises: StackNotFoundError when there is none, CommandError when it can't be read.
    """
    place = {**told_to_engine(_backend()), "PULUMI_HOME": str(state_folder() / "home")}
    name = f"organization/{PROJECT}/{target}"
    asked = ["stack", "export", "--stack", name]
    return command.run(asked, str(state_folder()), {**_QUIET, **place}).stdout


def open_stack(command: PulumiCommand, target: str, *, provider_port: int) -> Stack:
    """The stack of `target`, made when missing, with the provider on the port, without program."""
    folder = data_folder("pulumi", "workspaces", target)
    project = ProjectSettings(PROJECT, "python")
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


def passphrase_place() -> str:
    """Where the passphrase of the stacks is read from, in words."""
    of_file = os.environ.get(f"{PASSPHRASE}_FILE")
    if not of_file and os.environ.get(PASSPHRASE):
        return PASSPHRASE
    return of_file or str(_passphrase_file())


def _passphrase_file() -> Path:
    return state_folder() / "passphrase"


def _settings(provider_port: int) -> Mapping[str, str]:
    providers = [f"{PACKAGE}:{provider_port}", *filter(None, [os.environ.get(PROVIDERS)])]
    settings = {
        PROVIDERS: ",".join(providers),
        **told_to_engine(_backend()),
        **_QUIET,
    }
    if not os.environ.get(f"{PASSPHRASE}_FILE"):
        settings[PASSPHRASE] = os.environ.get(PASSPHRASE) or generated_secret(_passphrase_file())
    return settings
