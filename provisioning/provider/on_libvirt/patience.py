"""How long a hypervisor may be silent: libvirt itself waits for ever on one that never answers.

A question (opening a connection, a look at something) is given up after the limit. A change may
take as long as it takes, so there the host is asked again and again whether it lives at all: that
needs libvirt's event loop, which runs beside us for the life of the process.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Final, TypeVar

from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import InvalidInput
from provisioning.provider.driver import HypervisorFailed

if TYPE_CHECKING:
    import libvirt

T = TypeVar("T")
SECONDS: Final = "LUMBUNG_HYPERVISOR_SECONDS"
USUAL_SECONDS: Final = "60"
_UNANSWERED: Final = 5
"""So many signs of life asked for in a row, and none given: the connection is given up."""


class Silent(HypervisorFailed):
    """A hypervisor takes calls and answers none."""

    def __init__(self, uri: str) -> None:
        super().__init__(
            tell(_("%(uri)s has not answered within %(seconds)s s."), uri=uri, seconds=limit_s()),
            field="hypervisor",
            hint=tell(
                _("See that host and libvirtd are well; %(setting)s gives a slow one longer."),
                setting=SECONDS,
            ),
        )


def limit_s() -> int:
    """How many seconds a hypervisor may be silent.

    Raises: InvalidInput when the setting is no such number.
    """
    told = os.environ.get(SECONDS) or USUAL_SECONDS
    if not told.isdecimal() or int(told) < 1:
        raise InvalidInput(
            tell(_("“%(told)s” is no number of seconds."), told=told),
            field=SECONDS,
            hint=_("Give a whole one, from 1."),
        )
    return int(told)


def within_limit(uri: str, ask: Callable[[], T]) -> T:
    """What `ask` gives, or raises.

    Raises: Silent when it takes longer than the limit.

    Notes: nothing ends a call into libvirt, so one that is given up keeps its thread until the host
    hangs up; it never keeps the process from ending.
    """
    limit, answer = limit_s(), Future[T]()

    def asked() -> None:
        try:
            answer.set_result(ask())
        except BaseException as err:  # noqa: BLE001  # raised where the answer is waited for
            answer.set_exception(err)

    threading.Thread(target=asked, name=f"asking {uri}", daemon=True).start()
    try:
        return answer.result(limit)
    except TimeoutError as err:
        raise Silent(uri) from err


@cache
def run_event_loop() -> None:
    """Runs libvirt's event loop, once a process and before its first connection."""
    import libvirt

    libvirt.virEventRegisterDefaultImpl()

    def run() -> None:
        while True:
            libvirt.virEventRunDefaultImpl()

    threading.Thread(target=run, name="libvirt-events", daemon=True).start()


def keep_alive(connection: libvirt.virConnect) -> None:
    """Closes `connection` under whoever waits on it, once the host gives no sign of life."""
    import libvirt

    every_s = max(1, round(limit_s() / (_UNANSWERED + 1)))
    with suppress(libvirt.libvirtError):  # a driver of this process lives as long as we do
        connection.setKeepAlive(every_s, _UNANSWERED)
