"""Machines on a hypervisor that libvirt reaches."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import Refused
from provisioning.provider.driver import NOTHING, gone
from provisioning.provider.on_libvirt import networks, volumes
from provisioning.provider.on_libvirt.connection import connected_apart, found, is_test
from provisioning.provider.on_libvirt.domain_xml import (
    disks_of,
    domain_seen,
    domain_xml,
    edited,
    files_of,
    notes_for,
    seed_name,
)
from provisioning.provider.on_libvirt.marks import (
    METADATA,
    PREFIX,
    mark_xml,
    refuse_foreign,
    uuid_of,
)
from provisioning.provider.on_libvirt.seed import seed_iso
from provisioning.provider.on_libvirt.uses import refuse_base
from provisioning.provider.resizing import needs_restart
from provisioning.provider.specs import (
    DomainSpec,
    Kind,
    Plain,
    Properties,
    properties_of,
)

if TYPE_CHECKING:
    import libvirt

SHUTDOWN_SECONDS = 60.0


def create(connection: libvirt.virConnect, spec: DomainSpec, uri: str) -> None:
    """Makes the machine, or brings to an end what an interrupted run had begun."""
    if _own(connection, spec.name) is not None:
        update(connection, spec)
        return
    import libvirt

    volumes.refuse_writing_on(connection, spec.volume, spec.name)
    if not is_test(connection):  # it holds no volumes that could be read
        told = replace(spec, gateway=networks.way_out(connection, spec))
        with connected_apart(uri) as apart:
            volumes.write(apart, _seed_of(spec.name, spec.volume), seed_iso(told), spec.name)
    domain = connection.defineXML(domain_xml(spec, _machine(connection)))
    try:
        _switch(domain, spec)
    except libvirt.libvirtError:
        _undefine(domain)  # one that won't start is not left half made
        volumes.remove_unused(connection, _seed_of(spec.name, spec.volume))
        raise


def read(connection: libvirt.virConnect, name: str) -> Properties | None:
    domain = _find(connection, name)
    if domain is None:
        return None
    running: Plain = bool(domain.isActive())
    seen = domain_seen(_xml(domain))
    seen["volume"] = volumes.identity_of(connection, str(seen["volume"]))
    if isinstance(disks := seen.get("disks"), list):
        seen["disks"] = [volumes.identity_of(connection, str(one)) for one in disks]
    return {**seen, "running": running}


def update(connection: libvirt.virConnect, spec: DomainSpec, before: Properties = NOTHING) -> None:
    """Leaves the machine as `spec` says; only what can't be done while it runs restarts it."""
    domain = _own(connection, spec.name)
    if domain is None:
        raise gone(spec.name)
    seen = domain_seen(domain.XMLDesc(0))
    is_to_restart = bool(domain.isActive()) and needs_restart(seen, properties_of(spec))
    new = edited(_xml(domain, with_secrets=True), spec, str(before.get("network") or ""))
    domain = connection.defineXML(new)
    if domain.isActive() and (is_to_restart or not spec.running):
        _stop(domain)
    if domain.isActive():
        _resize_running(domain, spec)
        _annotate(domain, spec)
    _switch(domain, spec)


def delete(connection: libvirt.virConnect, name: str) -> None:
    """The machine, and the CD that we made for it; disks are for who knows whose they are.

    Raises: Refused, HypervisorFailed for what would leave it half removed: it goes on running.
    """
    domain = _own(connection, name)
    if domain is None:
        return
    _refuse_half_removing(connection, domain)
    if domain.isActive():
        _stop(domain)
    is_made_by_us = domain.UUIDString() == uuid_of(Kind.DOMAIN, name)
    seeds = [one for one in files_of(_xml(domain)) if one.endswith(f"/{seed_name(name)}")]
    _undefine(domain)
    for seed in seeds if is_made_by_us else ():
        volumes.remove_unused(connection, seed)


def _refuse_half_removing(connection: libvirt.virConnect, domain: libvirt.virDomain) -> None:
    """Snapshots keep a machine defined, and a disk on which others rest stays.

    Notes: our disk has the name of its machine; one that was taken over is the first.
    """
    name, count = domain.name(), domain.snapshotNum()
    if count:
        raise Refused(
            tell(
                _("%(machine)s has snapshots (%(count)s), which would go with it."),
                machine=name,
                count=count,
            ),
            field="domain",
            hint=tell(
                _(
                    "Look whether anybody needs them, remove them on the host (virsh"
                    " snapshot-list %(machine)s; virsh snapshot-delete %(machine)s SNAPSHOT), then"
                    " apply again."
                ),
                machine=name,
            ),
        )
    disks = [volumes.identity_of(connection, disk.source) for disk in disks_of(_xml(domain))]
    ours = next((one for one in disks if one.partition("/")[2] == name), next(iter(disks), ""))
    volume = volumes.find(connection, ours) if ours else None
    if volume is not None:
        refuse_base(connection, volume, ours)


def _seed_of(machine: str, volume: str) -> str:
    """Beside the machine's disk."""
    return f"{volume.partition('/')[0]}/{seed_name(machine)}"


def adopt(connection: libvirt.virConnect, spec: DomainSpec) -> None:
    """Marks the machine as ours and touches nothing else.

    Raises: Refused for one that libvirt forgets when it stops.
    """
    domain = _find(connection, spec.name)
    if domain is None:
        raise gone(spec.name)
    if not domain.isPersistent():
        raise Refused(
            tell(
                _("%(machine)s is not defined, only running: it would be gone when it stops."),
                machine=spec.name,
            ),
            field="domain",
            hint=tell(
                _("Define it on the host: virsh dumpxml %(machine)s > x.xml; virsh define x.xml."),
                machine=spec.name,
            ),
        )
    _annotate(domain, spec)


def names(connection: libvirt.virConnect) -> set[str]:
    return {domain.name() for domain in connection.listAllDomains()}


def _find(connection: libvirt.virConnect, name: str) -> libvirt.virDomain | None:
    return found(lambda: connection.lookupByName(name), "VIR_ERR_NO_DOMAIN")


def _own(connection: libvirt.virConnect, name: str) -> libvirt.virDomain | None:
    domain = _find(connection, name)
    if domain is not None:
        refuse_foreign(_xml(domain), Kind.DOMAIN, name)
    return domain


def _xml(domain: libvirt.virDomain, *, with_secrets: bool = False) -> str:
    """As it is defined. What is defined anew needs its secrets (of screens), or it loses them."""
    import libvirt

    flags = libvirt.VIR_DOMAIN_XML_INACTIVE
    if with_secrets:
        flags |= libvirt.VIR_DOMAIN_XML_SECURE
    return str(domain.XMLDesc(flags))


def _switch(domain: libvirt.virDomain, spec: DomainSpec) -> None:
    """On or off, now and when the host starts."""
    if bool(domain.autostart()) is not spec.running:
        domain.setAutostart(1 if spec.running else 0)
    if spec.running and not domain.isActive():
        domain.create()


def _undefine(domain: libvirt.virDomain) -> None:
    """Also what hibernates, keeps its firmware's settings in a file, or is backed up in parts."""
    import libvirt

    flags = libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
    if not is_test(domain.connect()):
        flags |= libvirt.VIR_DOMAIN_UNDEFINE_NVRAM
        flags |= libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
    domain.undefineFlags(flags)


def _resize_running(domain: libvirt.virDomain, spec: DomainSpec) -> None:
    """Up to the room that the machine was started with."""
    import libvirt

    live = domain_seen(domain.XMLDesc(0))
    if live["vcpus"] != spec.vcpus:
        domain.setVcpusFlags(spec.vcpus, libvirt.VIR_DOMAIN_AFFECT_LIVE)
    if live["memory_mib"] != spec.memory_mib:
        domain.setMemoryFlags(spec.memory_mib * 1024, libvirt.VIR_DOMAIN_AFFECT_LIVE)


def _annotate(domain: libvirt.virDomain, spec: DomainSpec) -> None:
    """Writes the mark, on what runs too."""
    import libvirt

    flags = libvirt.VIR_DOMAIN_AFFECT_CONFIG
    mark = mark_xml(notes_for(_xml(domain), spec))
    if domain.isActive():
        flags |= libvirt.VIR_DOMAIN_AFFECT_LIVE
    domain.setMetadata(libvirt.VIR_DOMAIN_METADATA_ELEMENT, mark, PREFIX, METADATA, flags)


def _stop(domain: libvirt.virDomain) -> None:
    """Asks the guest to shut down, and cuts its power when it does not."""
    import libvirt

    with contextlib.suppress(libvirt.libvirtError):  # a guest without ACPI can't be asked
        domain.shutdown()
        until = time.monotonic() + SHUTDOWN_SECONDS
        while domain.isActive() and time.monotonic() < until:
            time.sleep(0.2)
    if domain.isActive():
        domain.destroy()


def _machine(connection: libvirt.virConnect) -> str:
    """The domain type: test, kvm where the host can, else qemu."""
    if is_test(connection):
        return "test"
    return "kvm" if "<domain>kvm</domain>" in connection.getDomainCapabilities() else "qemu"
