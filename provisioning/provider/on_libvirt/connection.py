"""Reaching a hypervisor through libvirt: connections, and libvirt's faults told as ours.

Connections are kept per URI for the life of the process: `test:///default` forgets everything when
its last connection closes. One on which a question stayed unanswered is left to itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import MissingComponent
from provisioning.provider.driver import HypervisorFailed
from provisioning.provider.on_libvirt.patience import (
    Silent,
    keep_alive,
    run_event_loop,
    within_limit,
)

if TYPE_CHECKING:
    import libvirt

T = TypeVar("T")
_CONNECTIONS: Final[dict[str, libvirt.virConnect]] = {}
_GIVEN_UP_AT: Final[dict[str, float]] = {}
_OPENING: Final = threading.Lock()


def open_connection(uri: str) -> libvirt.virConnect:
    """The connection to `uri`, opened when there is none that lives.

    Raises: Silent when the host does not answer in time; whoever waited meanwhile hears
    the same at once, for an engine asks for many things at a time.
    """
    asked_at = monotonic()
    with _OPENING:  # two threads must not open two connections
        connection = _CONNECTIONS.get(uri)
        if connection is None or not connection.isAlive():
            if _GIVEN_UP_AT.get(uri, 0.0) > asked_at:
                raise Silent(uri)
            connection = _CONNECTIONS[uri] = _opened(uri)
        return connection


def _opened(uri: str) -> libvirt.virConnect:
    import libvirt

    libvirt.registerErrorHandler(lambda _context, _error: None, None)  # raised, not printed
    run_event_loop()
    try:
        connection = within_limit(uri, lambda: libvirt.open(uri))
    except Silent:
        _GIVEN_UP_AT[uri] = monotonic()
        raise
    keep_alive(connection)
    return connection


def asked(uri: str, ask: Callable[[libvirt.virConnect], T]) -> T:
    """What `ask` sees on the hypervisor, without changing it.

    Raises: libvirtError when it can't be reached, Silent when it does not answer in time.
    """
    connection = open_connection(uri)
    try:
        return within_limit(uri, lambda: ask(connection))
    except Silent:
        with _OPENING:  # what is asked next opens another
            if _CONNECTIONS.get(uri) is connection:
                del _CONNECTIONS[uri]
        raise


def close_connection(uri: str) -> None:
    """Lets the connection to `uri` go: what is asked next opens another."""
    with _OPENING:
        connection = _CONNECTIONS.pop(uri, None)
        if connection is not None:
            connection.close()


@contextmanager
def connected_apart(uri: str) -> Iterator[libvirt.virConnect]:
    """A connection of its own, for sending data: where another thread calls on the same one
    meanwhile, libvirt can lose its answer, and it would wait for ever.
    """
    connection = _opened(uri)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def calling(uri: str) -> Iterator[None]:
    """Turns libvirt's faults into ours, naming the hypervisor and the way out."""
    try:
        import libvirt
    except ImportError as err:
        raise MissingComponent(
            tell(
                _("libvirt for Python is needed to reach %(uri)s, and it is not installed."),
                uri=uri,
            ),
            field="hypervisor",
            hint=_("Install libvirt-dev, then pip install 'lumbung[provisioning,libvirt]'."),
        ) from err
    try:
        yield
    except libvirt.libvirtError as err:
        raise HypervisorFailed(
            tell(
                _("%(uri)s says: %(words)s."),
                uri=uri,
                words=err.get_error_message() or err,
            ),
            field="hypervisor",
            hint=_("See that the host is up, that you may use it, and that names are free."),
        ) from err


def found(look_up: Callable[[], T], *absent: str) -> T | None:
    """What `look_up` finds; None when libvirt answers with one of the named error codes."""
    import libvirt

    try:
        return look_up()
    except libvirt.libvirtError as err:
        if err.get_error_code() in {getattr(libvirt, code) for code in absent}:
            return None
        raise


def is_test(connection: libvirt.virConnect) -> bool:
    """Whether it is libvirt's own test driver, which can do less than a hypervisor."""
    return str(connection.getType()) == "TEST"
