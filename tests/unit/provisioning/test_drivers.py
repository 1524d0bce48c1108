"""Every driver is held to the same behaviour: the rehearsal, and libvirt's own test hypervisor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import libvirt
import pytest

from dcim.vocabulary.errors import InvalidInput, LumbungError
from provisioning.provider.driver import Driver, is_disposable, is_rehearsal
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
    return seen is not None and seen.items() <= properties_of(spec).items()


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: type(spec).__name__)
def test_what_is_created_is_seen(driver: Driver, spec: Spec) -> None:
    make(driver, *ALL)
    assert sees(driver, spec)


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: type(spec).__name__)
def test_what_is_deleted_is_gone(driver: Driver, spec: Spec) -> None:
    make(driver, *ALL)
    driver.delete(kind_of(spec), spec.identity)
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
        replace(NETWORK, cidr="10.65.0.0/24"),
        replace(NETWORK, mode="nat"),
        replace(VOLUME, size_gib=40),
        replace(DOMAIN, vcpus=4, memory_mib=8192),
        replace(DOMAIN, running=False),
        replace(DOMAIN, network=None, addresses=(), app="LAIN"),
    ],
)
def test_what_is_updated_is_seen(driver: Driver, changed: Spec) -> None:
    make(driver, *ALL)
    driver.update(changed)
    assert sees(driver, changed)


def test_a_volume_never_shrinks(driver: Driver) -> None:
    make(driver, VOLUME)
    with pytest.raises(InvalidInput, match="can't shrink to 19 GiB"):
        driver.update(replace(VOLUME, size_gib=19))
    assert sees(driver, VOLUME)


def test_a_volume_of_another_size_is_not_taken_over(driver: Driver) -> None:
    make(driver, VOLUME)
    with pytest.raises(LumbungError, match="exists already"):
        driver.create(replace(VOLUME, size_gib=30))


def test_what_is_gone_can_not_be_grown(driver: Driver) -> None:
    with pytest.raises(LumbungError, match=r"is gone.*refresh"):
        driver.update(VOLUME)


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


def test_a_machine_of_others_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    theirs = replace(DOMAIN, name="test")  # test:///default brings a machine of this name
    with pytest.raises(LumbungError, match="not ours"):
        driver_for("test:///default").create(theirs)


def test_a_bridge_carries_its_vlan(driver: Driver) -> None:
    bridge = replace(NETWORK, mode="bridge", cidr=None, vlan=10)
    make(driver, bridge)
    assert sees(driver, bridge)


def test_an_unreachable_hypervisor_is_named_with_a_way_out() -> None:
    with pytest.raises(LumbungError, match=r"qemu\+tcp://127.0.0.1:1/system says: .* host is up"):
        driver_for("qemu+tcp://127.0.0.1:1/system").read(Kind.DOMAIN, "x")


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
