"""Who does the work: this very thread, Dask in this process, or a Dask cluster by its address.

Tasks are pure functions of what they are handed, so Dask may do one again where a worker was lost,
and no answer depends on who did what in which order.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import ModuleType
from typing import Any, Final, Protocol, TypeAlias

from dcim.vocabulary.errors import InvalidInput, MissingComponent

Handle: TypeAlias = Any  # the answer itself, or Dask's promise of it
# Asked after each answer how many there are; false: leave the others undone.
GoesOn: TypeAlias = Callable[[int], bool]
SCHEMES: Final = ("tcp://", "tls://", "inproc://", "ucx://", "ws://", "wss://")
CONNECT_S: Final = 10
PAUSE_S: Final = 0.02
LOOPBACK: Final = "127.0.0.1:0"


class Workers(Protocol):
    """Those who do tasks."""

    def submit(self, task: Callable[..., object], *args: object) -> Handle:
        """Have `task` done; an argument may be what an earlier task is to answer."""

    def results(self, handles: Mapping[str, Handle], goes_on: GoesOn) -> dict[str, Any]:
        """The answers by name, as far as `goes_on` let them come.

        Raises: what a task raised; MissingComponent when the workers are gone.
        """


class Alone:
    """Does each task at once, in this thread: for few regencies, and for tests."""

    def submit(self, task: Callable[..., object], *args: object) -> Handle:
        """The answer."""
        return task(*args)

    def results(self, handles: Mapping[str, Handle], goes_on: GoesOn) -> dict[str, Any]:
        """The answers, which are there already."""
        goes_on(len(handles))
        return {**handles}


class Dask:
    """Hands tasks to the workers of a Dask scheduler."""

    def __init__(self, client: Any, where: str) -> None:
        self.client, self.where = client, where

    def submit(self, task: Callable[..., object], *args: object) -> Handle:
        """Dask's promise of the answer."""
        return self.client.submit(task, *args, pure=False)

    def results(self, handles: Mapping[str, Handle], goes_on: GoesOn) -> dict[str, Any]:
        """The answers, as they come in."""
        names = {future.key: name for name, future in handles.items()}
        found: dict[str, Any] = {}
        coming = _distributed().as_completed(handles.values(), loop=self.client.loop)
        while coming.count() and goes_on(len(found)):
            if not coming.has_ready():
                self._check()
                time.sleep(PAUSE_S)
                continue
            for future in coming.next_batch(block=False):
                found[names[future.key]] = self._answer(future)
        if coming.count():
            self.client.cancel([one for name, one in handles.items() if name not in found])
        else:
            goes_on(len(found))
        return found

    def _answer(self, future: Any) -> Any:
        from distributed.client import FutureCancelledError
        from distributed.scheduler import KilledWorker

        try:
            return self._result(future)
        except KilledWorker as err:
            raise MissingComponent(
                f"workers of {self.where} died over the same task again and again.",
                field="scheduler",
                hint="Give each worker more memory, or look into its log.",
            ) from err
        except (ImportError, FutureCancelledError) as err:
            self._check()
            raise MissingComponent(
                f"the workers of {self.where} can't do the work: {err}.",
                field="scheduler",
                hint="Install this version of Lumbung, with the extra “server”, where they run.",
            ) from err

    def _result(self, future: Any) -> Any:
        """The answer; a worker that is lost before it is fetched has others work it out again."""
        while True:
            try:
                return future.result(timeout=CONNECT_S)
            except TimeoutError:
                self._check()

    def _check(self) -> None:
        """Refuse to wait for a scheduler that is gone."""
        if self.client.status != "running":
            raise MissingComponent(
                f"the scheduler at {self.where} went away.",
                field="scheduler",
                hint="Start it again, then this command; or leave out --scheduler to work here.",
            )


@contextmanager
def dask_here(threads: int | None = None) -> Iterator[Workers]:
    """Dask in this process, in as many threads as there are cores.

    Notes: tasks and answers go over no port. Dask opens one for its own pages all the same: here on
    the loopback, and with no page behind it.
    """
    distributed = _distributed()
    with (
        _quiet(),
        distributed.LocalCluster(
            processes=False,
            n_workers=1,
            threads_per_worker=threads or os.cpu_count(),
            dashboard_address=LOOPBACK,
            worker_dashboard_address=LOOPBACK,
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield Dask(client, "this process")


@contextmanager
def dask_at(address: str, *, wait_s: float = CONNECT_S) -> Iterator[Workers]:
    """The Dask cluster whose scheduler listens at `address`, like tcp://10.64.0.9:8786.

    Args:
        address: with its scheme.
        wait_s: how long to wait for the scheduler, and again for a worker of its.

    Raises:
        InvalidInput: no address of a scheduler.
        MissingComponent: no scheduler there, or none of its workers.

    Notes: with tls:// the keys are those of Dask's own configuration (distributed.comm.tls).
    """
    if not address.startswith(SCHEMES):
        raise InvalidInput(
            f"“{address}” is no address of a scheduler.",
            field="scheduler",
            hint="Write one like tcp://10.64.0.9:8786 or tls://10.64.0.9:8786.",
        )
    distributed = _distributed()
    way_out = "Start one with “dask scheduler”, or leave out --scheduler to work in this process."
    try:
        client = distributed.Client(address, timeout=wait_s, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as err:
        raise MissingComponent(
            f"no Dask scheduler answers at {address}.", field="scheduler", hint=way_out
        ) from err
    with client:
        try:
            client.wait_for_workers(1, timeout=wait_s)
        except TimeoutError as err:
            raise MissingComponent(
                f"the scheduler at {address} has no workers.",
                field="scheduler",
                hint=f"Start some with “dask worker {address}”.",
            ) from err
        yield Dask(client, address)


def _distributed() -> ModuleType:
    try:
        import distributed
    except ImportError as err:
        raise MissingComponent(
            "planning many regencies needs Dask, which is not installed.",
            field="distributed",
            hint="Run make setup, or install the extra “server”.",
        ) from err
    logging.getLogger("distributed").setLevel(logging.WARNING)
    return distributed


def _quiet() -> AbstractContextManager[object]:
    import dask

    routes: dict[str, object] = {
        f"distributed.{one}.http.routes": [] for one in ("scheduler", "worker")
    }
    return dask.config.set(routes)
