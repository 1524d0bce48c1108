"""Every driver is held to the same behaviour: the rehearsal, and libvirt's own test hypervisor."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import libvirt
import pytest

from dcim.vocabulary.errors import InvalidInput, LumbungError, Refused
from dcim.vocabulary.hypervisors import is_disposable, is_rehearsal
from provisioning.provider.driver import Driver
from provisioning.provider.on_libvirt.domain_xml import domain_xml
from provisioning.provider.on_libvirt.marks import uuid_of
from provisioning.provider.opening import driver_for
from provisioning.provider.specs import (
    SPECS,
    DomainSpec,
    Kind,
    NetworkSpec,
    Spec,
    VolumeSpec,
    kind_of,
    properties_of,
    spec_of,
)

NETWORK = NetworkSpec(name="apps", cidr="10.64.0.0/16")
VOLUME = VolumeSpec(name="simpeg-app-1", size_gib=20)
DOMAIN = DomainSpec(
    name="simpeg-app-1",
    vcpus=2,
    memory_mib=2048,
    volume="default/simpeg-app-1",
    network="apps",
    addresses=("10.64.0.12/16", "10.64.0.13/16"),
    app="SIMPEG",
)
ALL: tuple[Spec, ...] = (NETWORK, VOLUME, DOMAIN)


@pytest.fixture(params=["rehearsal:unit", "test:///default"])
def driver(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Driver]:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    one = driver_for(request.param)
    yield one
    for spec in reversed(ALL):
        one.delete(kind_of(spec), spec.identity)


def make(driver: Driver, *specs: Spec) -> None:
    for spec in specs:
        driver.create(spec)


def sees(driver: Driver, spec: Spec) -> bool:
    """Whether everything that can be seen of the resource is as `spec` says."""
    seen = driver.read(kind_of(spec), spec.identity)
    wanted = properties_of(spec)
    return (
        seen is not None
        and {name: value for name, value in seen.items() if name in wanted}.items()
        <= wanted.items()
    )


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: type(spec).__name__)
def test_what_is_created_is_seen(driver: Driver, spec: Spec) -> None:
    make(driver, *ALL)
    assert sees(driver, spec)


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: type(spec).__name__)
def test_what_is_deleted_is_gone(driver: Driver, spec: Spec) -> None:
    make(driver, *ALL)
    for one in reversed(ALL[ALL.index(spec) :]):
        driver.delete(kind_of(one), one.identity)
    assert driver.read(kind_of(spec), spec.identity) is None


@pytest.mark.parametrize("kind", Kind)
def test_what_never_was_is_not_there_and_can_be_deleted(driver: Driver, kind: Kind) -> None:
    driver.delete(kind, "default/none")
    assert driver.read(kind, "default/none") is None


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: type(spec).__name__)
def test_creating_again_takes_over_what_an_interrupted_run_made(driver: Driver, spec: Spec) -> None:
    make(driver, *ALL, spec)
    assert sees(driver, spec)


@pytest.mark.parametrize(
    "changed",
    [
        replace(VOLUME, size_gib=40),
        replace(DOMAIN, vcpus=4, memory_mib=8192),
        replace(DOMAIN, running=False),
        replace(DOMAIN, addresses=(), app="LAIN"),
    ],
)
def test_what_is_updated_is_seen(driver: Driver, changed: Spec) -> None:
    make(driver, *ALL)
    driver.update(changed)
    assert sees(driver, changed)


OFF = replace(DOMAIN, running=False)


def test_a_machine_that_should_be_off_is_made_and_not_started(driver: Driver) -> None:
    make(driver, NETWORK, VOLUME, OFF)
    assert sees(driver, OFF)


def test_a_machine_that_is_off_is_started_by_an_update(driver: Driver) -> None:
    make(driver, NETWORK, VOLUME, OFF)
    driver.update(DOMAIN)
    assert sees(driver, DOMAIN)


@pytest.mark.parametrize("changed", [{"cidr": "10.65.0.0/24"}, {"mode": "nat"}])
def test_a_network_that_no_machine_runs_on_is_changed(
    driver: Driver, changed: dict[str, str]
) -> None:
    other = replace(NETWORK, **changed)  # type: ignore[arg-type]  # fields of a network
    make(driver, NETWORK, VOLUME, OFF)
    driver.update(other)
    assert sees(driver, other)


def test_a_network_is_never_changed_or_taken_under_running_machines(driver: Driver) -> None:
    make(driver, *ALL)
    with pytest.raises(Refused, match="while machines run on it: simpeg-app-1"):
        driver.update(replace(NETWORK, cidr="10.65.0.0/24"))
    with pytest.raises(Refused, match="while machines run on it: simpeg-app-1"):
        driver.delete(Kind.NETWORK, NETWORK.name)
    assert sees(driver, NETWORK)


def test_a_volume_never_shrinks(driver: Driver) -> None:
    make(driver, VOLUME)
    with pytest.raises(InvalidInput, match="can't shrink to 19 GiB"):
        driver.update(replace(VOLUME, size_gib=19))
    assert sees(driver, VOLUME)


def test_a_volume_of_another_size_is_not_taken_over(driver: Driver) -> None:
    make(driver, VOLUME)
    with pytest.raises(LumbungError, match="exists already"):
        driver.create(replace(VOLUME, size_gib=30))


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: type(spec).__name__)
def test_what_is_gone_can_not_be_changed(driver: Driver, spec: Spec) -> None:
    make(driver, *ALL[: ALL.index(spec)])
    with pytest.raises(LumbungError, match=r"is gone.*refresh"):
        driver.update(spec)


@pytest.mark.parametrize(
    ("changed", "is_restarted"),
    [(replace(DOMAIN, app="LAIN", addresses=()), False), (replace(DOMAIN, vcpus=4), True)],
)
def test_only_another_size_restarts_a_machine(changed: DomainSpec, is_restarted: bool) -> None:
    driver = driver_for("test:///default")
    make(driver, *ALL)
    before = run_number()
    driver.update(changed)
    assert (run_number() != before) is is_restarted
    for spec in reversed(ALL):
        driver.delete(kind_of(spec), spec.identity)


def run_number() -> int:
    """libvirt gives a machine a new number each time that it starts."""
    with libvirt.open("test:///default") as connection:
        return int(connection.lookupByName(DOMAIN.name).ID())


# test:///default brings a machine and a network of these names
@pytest.mark.parametrize("theirs", [replace(NETWORK, name="default"), replace(DOMAIN, name="test")])
def test_what_others_made_is_left_alone(theirs: Spec) -> None:
    driver = driver_for("test:///default")
    before = driver.read(kind_of(theirs), theirs.identity)
    deeds = (driver.create, driver.update, lambda spec: driver.delete(kind_of(spec), spec.identity))
    for deed in deeds:
        with pytest.raises(LumbungError, match="not made by us"):
            deed(theirs)
    assert before is not None
    assert driver.read(kind_of(theirs), theirs.identity) == before


@pytest.mark.parametrize("driver", ["test:///default"], indirect=True)
def test_a_disk_that_a_machine_of_others_uses_is_left_alone(driver: Driver) -> None:
    make(driver, VOLUME)
    ours = domain_xml(replace(DOMAIN, name="klon"), "test")  # its clone: the mark, no name of ours
    theirs = ours.replace(uuid_of(Kind.DOMAIN, "klon"), str(uuid4())).replace(
        "<name>klon<", "<name>lain<"
    )
    with libvirt.open("test:///default") as connection:
        machine = connection.defineXML(theirs)
        with pytest.raises(LumbungError, match="lain was not made by us"):
            driver.update(replace(VOLUME, size_gib=40))
        with pytest.raises(LumbungError, match="lain was not made by us"):
            driver.delete(Kind.VOLUME, VOLUME.identity)
        with pytest.raises(LumbungError, match=r"is the disk of lain.*another name"):
            driver.create(VOLUME)
        machine.undefine()


def test_a_machine_is_asked_to_shut_down_before_it_is_removed(stops: list[int]) -> None:
    driver = driver_for("test:///default")
    make(driver, *ALL)
    for spec in reversed(ALL):
        driver.delete(kind_of(spec), spec.identity)
    libvirt.virEventAddTimeout(50, lambda _timer, _data: None, None)  # so that the loop returns
    libvirt.virEventRunDefaultImpl()
    libvirt.virEventRunDefaultImpl()
    assert stops == [libvirt.VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN]


@pytest.fixture
def stops() -> Iterator[list[int]]:
    """How machines of test:///default stop, as libvirt tells."""
    libvirt.virEventRegisterDefaultImpl()
    seen: list[int] = []

    def hear(_conn: object, _domain: object, event: int, detail: int, _data: object) -> None:
        if event == libvirt.VIR_DOMAIN_EVENT_STOPPED:
            seen.append(detail)

    with libvirt.open("test:///default") as connection:
        kind = libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE
        number = connection.domainEventRegisterAny(None, kind, hear, None)
        yield seen
        connection.domainEventDeregisterAny(number)


def test_a_bridge_carries_its_vlan(driver: Driver) -> None:
    bridge = replace(NETWORK, mode="bridge", cidr=None, vlan=10)
    make(driver, bridge)
    assert sees(driver, bridge)


def test_an_unreachable_hypervisor_is_named_with_a_way_out() -> None:
    with pytest.raises(LumbungError, match=r"qemu\+tcp://127.0.0.1:1/system says: .* host is up"):
        driver_for("qemu+tcp://127.0.0.1:1/system").read(Kind.DOMAIN, "x")


def test_grpc_keeps_out_of_the_forks_that_libvirt_makes_for_ssh() -> None:
    """It would write into the stream that libvirt reads ssh's words from, now and then."""
    told = "import provisioning, os, sys; print('grpc' in sys.modules, os.environ[sys.argv[1]])"
    name = "GRPC_ENABLE_FORK_SUPPORT"
    clean = {one: text for one, text in os.environ.items() if one != name}
    done = subprocess.run(
        [sys.executable, "-c", told, name], env=clean, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False 0\n"  # set before it is read


def test_nothing_is_opened_before_it_is_needed() -> None:
    assert driver_for("qemu+tcp://127.0.0.1:1/system") is not None


def test_a_rehearsal_says_so_in_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    driver_for("rehearsal:unit").create(NETWORK)
    assert "A rehearsal: no hypervisor" in (tmp_path / "rehearsal" / "unit.json").read_text()


def test_a_damaged_rehearsal_is_named_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    driver_for("rehearsal:unit").create(NETWORK)
    (tmp_path / "rehearsal" / "unit.json").write_text("{")
    with pytest.raises(LumbungError, match=r"can't be read.*Remove"):
        driver_for("rehearsal:unit").read(Kind.NETWORK, "apps")


@pytest.mark.parametrize("uri", ["", "rehearsal:../x", "qemu+ext:///system?command=/tmp/evil"])
def test_what_names_no_hypervisor_is_refused(uri: str) -> None:
    with pytest.raises(InvalidInput, match=r"Write|Use"):
        driver_for(uri)


def test_only_rehearsals_and_the_test_driver_are_disposable() -> None:
    uris = ["rehearsal:x", "test:///default", "qemu:///system"]
    assert [is_disposable(uri) for uri in uris] == [True, True, False]
    assert [is_rehearsal(uri) for uri in uris] == [True, False, False]


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: type(spec).__name__)
def test_specs_and_properties_say_the_same(spec: Spec) -> None:
    assert spec_of(kind_of(spec), properties_of(spec)) == spec


def test_every_kind_has_a_spec() -> None:
    assert set(SPECS) == set(Kind)
