"""Which driver serves a URI."""

from __future__ import annotations

from dcim.vocabulary.hypervisors import REHEARSAL, check_hypervisor_uri, is_rehearsal
from provisioning.provider.driver import Driver
from provisioning.provider.on_libvirt.driver import Libvirt
from provisioning.provider.rehearsal import Rehearsal


def driver_for(uri: str) -> Driver:
    """The driver that serves `uri`; nothing is opened yet.

    Raises: InvalidInput when the URI is not one.
    """
    check_hypervisor_uri(uri)
    return Rehearsal(uri.removeprefix(REHEARSAL)) if is_rehearsal(uri) else Libvirt(uri)
