"""The driver `rehearsal:NAME`: a file that behaves as an empty hypervisor.

One JSON file per rehearsal under LUMBUNG_DATA, which says of itself that it is a rehearsal. Every
change replaces the file whole under a lock, so that readers and killed processes never meet half of
one.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, TypedDict, cast

from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.data_folder import data_folder
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.hypervisors import REHEARSAL
from provisioning.provider.driver import (
    NOTHING,
    HypervisorFailed,
    gone,
    refuse_cutting,
    refuse_shrinking,
)
from provisioning.provider.specs import (
    ISOLATED,
    LEFT_ALONE,
    DomainSpec,
    Kind,
    NetworkSpec,
    Plain,
    Properties,
    Spec,
    VolumeSpec,
    kind_of,
    properties_of,
)

NOTE: Final = "A rehearsal: no hypervisor stands behind this file."


class _Shelf(TypedDict):
    note: str
    resources: dict[str, dict[str, dict[str, Plain]]]  # by kind, then by identity


class Rehearsal:
    """An empty hypervisor kept in a file."""

    def __init__(self, name: str) -> None:
        self._path = _file_of(name)

    def create(self, spec: Spec) -> None:
        if isinstance(spec, NetworkSpec):
            spec = replace(spec, mode=spec.mode or ISOLATED)
        wanted = properties_of(spec)
        with self._changing() as shelf:
            self._check_rests_on(shelf, spec)
            there = shelf["resources"].setdefault(kind_of(spec), {})
            if there.setdefault(spec.identity, wanted) != wanted:
                raise HypervisorFailed(
                    tell(_("%(identity)s exists already and differs."), identity=spec.identity),
                    field=kind_of(spec).rpartition(":")[2],
                    hint=_("Give ours another name in the plan."),
                )

    def read(self, kind: Kind, identity: str) -> Properties | None:
        return self._load()["resources"].get(kind, {}).get(identity)

    def update(self, spec: Spec, before: Properties = NOTHING) -> None:
        with self._changing() as shelf:
            self._check_rests_on(shelf, spec)
            there = shelf["resources"].get(kind_of(spec), {})
            if spec.identity not in there:
                raise gone(spec.identity)
            _refuse_cutting(shelf, kind_of(spec), spec.identity)
            if isinstance(spec, VolumeSpec):
                size_gib = cast("int", there[spec.identity]["size_gib"])  # written by properties_of
                refuse_shrinking(spec.identity, size_gib, spec.size_gib)
            wanted, seen = properties_of(spec), there[spec.identity]
            kept = {name: seen[name] for name in LEFT_ALONE & wanted.keys() if not wanted[name]}
            there[spec.identity] = {**wanted, **kept}

    def delete(self, kind: Kind, identity: str) -> None:
        with self._changing() as shelf:
            _refuse_cutting(shelf, kind, identity)
            shelf["resources"].get(kind, {}).pop(identity, None)

    def names(self, kind: Kind) -> set[str]:
        return set(self._load()["resources"].get(kind, {}))

    def adopt(self, spec: Spec) -> None:
        """All that a rehearsal holds is ours already."""

    def beside(self, machine: str, volume: str) -> int | None:
        """Nobody plugs a disk into what is only rehearsed."""
        return 0

    def _check_rests_on(self, shelf: _Shelf, spec: Spec) -> None:
        """A domain needs its volume and network, as on a real hypervisor."""
        if not isinstance(spec, DomainSpec):
            return
        for kind, identity in ((Kind.VOLUME, spec.volume), (Kind.NETWORK, spec.network)):
            if identity and identity not in shelf["resources"].get(kind, {}):
                raise InvalidInput(
                    tell(
                        _("domain %(machine)s needs %(identity)s, which is not there."),
                        machine=spec.name,
                        identity=identity,
                    ),
                    field=kind.rpartition(":")[2].lower(),
                    hint=_("Create it first."),
                )

    @contextmanager
    def _changing(self) -> Iterator[_Shelf]:
        try:
            with self._path.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                shelf = self._load()
                yield shelf
                new = self._path.with_suffix(".new")
                new.write_text(json.dumps(shelf, indent=1, sort_keys=True), "utf-8")
                new.replace(self._path)
        except OSError as err:
            raise HypervisorFailed(
                tell(
                    _("the rehearsal %(rehearsal)s can't be written: %(words)s."),
                    rehearsal=self._path.name,
                    words=err.strerror,
                ),
                hint=tell(
                    _("See that there is room for %(path)s, and that it is yours."), path=self._path
                ),
            ) from err

    def _load(self) -> _Shelf:
        try:
            return cast("_Shelf", json.loads(self._path.read_text("utf-8")))  # written by _changing
        except FileNotFoundError:
            return {"note": NOTE, "resources": {}}
        except (ValueError, UnicodeDecodeError) as err:
            raise HypervisorFailed(
                tell(
                    _("the rehearsal %(rehearsal)s can't be read: %(words)s."),
                    rehearsal=self._path.name,
                    words=err,
                ),
                hint=tell(_("Remove %(path)s and its stack, then preview again."), path=self._path),
            ) from err


def _refuse_cutting(shelf: _Shelf, kind: Kind, identity: str) -> None:
    domains = shelf["resources"].get(Kind.DOMAIN, {}) if kind is Kind.NETWORK else {}
    running = (name for name, one in domains.items() if one["running"])
    refuse_cutting(identity, (name for name in running if domains[name]["network"] == identity))


def forget(uri: str) -> None:
    """Empties the rehearsal that `uri` names."""
    _file_of(uri.removeprefix(REHEARSAL)).unlink(missing_ok=True)


def _file_of(name: str) -> Path:
    return data_folder("rehearsal") / f"{name}.json"
