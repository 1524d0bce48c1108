"""The Pulumi program by mocks: which resources it registers, with which arguments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dcim.planning.document import Change
from dcim.vocabulary.errors import Refused, UnknownThing
from provisioning.program import adoption
from provisioning.program.adoption import Adopted, adopt
from provisioning.program.build import PlanRefused, build
from provisioning.program.drivers import DRIVERS
from provisioning.program.order import Order
from provisioning.program.standing import Standing, State, as_is_digest, standing_of
from provisioning.provider.checks import faults
from provisioning.provider.opening import driver_for
from provisioning.provider.specs import DomainSpec, Kind, VolumeSpec
from tests.plan_documents import document, target, vm
from tests.program_mocks import own_loop, registered

# The SDK leaves a loop open on each of its threads, for the collector to find at any time.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

NETWORK, VOLUME, DOMAIN = Kind.NETWORK.value, Kind.VOLUME.value, Kind.DOMAIN.value
APP = "lumbung:index:App"
STACK = "pulumi:pulumi:Stack"


@pytest.fixture(autouse=True)
def loop() -> Iterator[None]:
    with own_loop():
        yield


def test_each_app_gets_one_component_and_each_machine_a_volume_and_a_domain() -> None:
    made = registered(document(target(vms=(vm("a-web-1"), vm("a-app-1"), vm("b-web-1")))))
    assert made.names(APP) == ["A", "B"]
    assert made.names(VOLUME) == ["a-app-1", "a-web-1", "b-web-1"]
    assert made.names(DOMAIN) == ["a-app-1", "a-web-1", "b-web-1"]


def test_a_domain_is_asked_for_as_the_plan_says() -> None:
    machine = vm(addresses=("10.64.0.12/16",), allocation="PDN-1")
    made = registered(document(target(vms=(machine,))))
    assert made.inputs(DOMAIN, "simpeg-app-1") == {
        "name": "simpeg-app-1",
        "vcpus": 2,
        "memory_mib": 2048,
        "volume": "default/simpeg-app-1",
        "network": "apps",
        "addresses": ["10.64.0.12/16"],
        "app": "SIMPEG",
        "owner": "bkpsdm",
        "allocation": "PDN-1",
        "gateway": "",  # an isolated network leads nowhere
        "name_servers": [],
        "ssh_keys": [],
        "running": True,
    }


def test_guests_are_told_what_the_plan_says() -> None:
    keys = ("ssh-ed25519 AAAA plan",)
    one = target(vms=(vm(),), ssh_keys=keys, name_servers=("10.64.0.53",))
    asked = registered(document(one)).inputs(DOMAIN, "simpeg-app-1")
    assert asked["ssh_keys"] == [*keys]
    assert asked["name_servers"] == ["10.64.0.53"]


def test_a_machine_that_should_be_off_is_asked_for_so() -> None:
    made = registered(document(target(vms=(vm(running=False),))))
    assert made.inputs(DOMAIN, "simpeg-app-1")["running"] is False


def test_a_volume_is_asked_for_as_the_plan_says() -> None:
    made = registered(document(target(vms=(vm(image="debian-12"),))))
    wanted = {"name": "simpeg-app-1", "size_gib": 20, "pool": "default", "image": "debian-12"}
    assert made.inputs(VOLUME, "simpeg-app-1") == wanted


def test_networks_are_shared_by_the_apps() -> None:
    made = registered(document())
    assert made.inputs(NETWORK, "apps")["cidr"] == "10.64.0.0/16"
    assert made.names("lumbung:index:SharedNetworks") == ["pdr-kvm"]


@pytest.mark.parametrize("kind", Kind)
def test_the_provider_finds_no_fault_with_what_the_program_asks_for(kind: Kind) -> None:
    made = registered(document())
    asked = [made.inputs(kind.value, one.name) for one in made.made if one.typ == kind.value]
    assert asked
    assert [faults(kind, inputs, {}) for inputs in asked] == [[]] * len(asked)


def test_what_is_reclaimed_and_what_waits_for_a_grant_is_not_asked_for() -> None:
    gone = (vm("lama-app-1", change=Change.RECLAIM, reason="superseded"),)
    made = registered(document(target(vms=(vm(),), reclaim=gone)))
    assert made.names(DOMAIN) == ["simpeg-app-1"]


def test_what_stands_outside_the_stack_is_not_silently_left_when_it_is_to_go(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    on_it = driver_for("rehearsal:unit")
    on_it.create(VolumeSpec(name="lama-app-1", pool="default", size_gib=20))
    on_it.create(
        DomainSpec(name="lama-app-1", vcpus=2, memory_mib=2048, volume="default/lama-app-1")
    )
    monkeypatch.setattr(adoption, "driver_for", lambda _uri: on_it)
    gone = (vm("lama-app-1", change=Change.RECLAIM), vm("lama-app-2", change=Change.RECLAIM))
    there = target(hypervisor="qemu:///system", reclaim=gone)
    with pytest.raises(Refused, match=r"lama-app-1 can't .* --as-is --target pdr-kvm"):
        adopt(Order(there))
    known = {(DOMAIN, "lama-app-1"): "urn:lama-app-1"}
    for order in (Order(there, Standing(urns=known)), Order(replace(there, hypervisor=""))):
        assert adopt(order) == Adopted()


def test_what_had_more_disks_and_is_gone_is_not_made_anew_without_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    on_it = driver_for("rehearsal:unit")
    monkeypatch.setattr(adoption, "driver_for", lambda _uri: on_it)
    urn = f"urn:pulumi:pdr-kvm::lumbung::{APP}${{}}::simpeg-app-1".format
    state: State = {
        "resources": [
            {"urn": urn(VOLUME), "type": VOLUME, "inputs": {}, "outputs": {"beside_gib": "20"}},
            {"urn": urn(DOMAIN), "type": DOMAIN, "inputs": {}},
        ]
    }
    order = Order(target(hypervisor="qemu:///system", vms=(vm(),)), standing_of(state))
    with pytest.raises(Refused, match=r"simpeg-app-1 had more disks .*virsh define"):
        adopt(order)
    on_it.create(VolumeSpec(name="simpeg-app-1", size_gib=20))
    on_it.create(
        DomainSpec(name="simpeg-app-1", vcpus=2, memory_mib=2048, volume="default/simpeg-app-1")
    )
    assert adopt(order) == Adopted()


def test_a_machine_without_app_or_network_is_made_too() -> None:
    made = registered(document(target(vms=(vm(app="", network=None),))))
    assert made.names(APP) == ["no-app"]
    assert made.inputs(DOMAIN, "simpeg-app-1").get("network") is None


def test_a_machine_that_stands_without_a_recorded_size_is_no_fault_of_the_plan() -> None:
    bare = vm("a-1", vcpus=0, memory_mib=0, storage_gib=0)
    made = registered(document(target(vms=(bare,))))
    for kind in (Kind.VOLUME, Kind.DOMAIN):
        assert faults(kind, made.inputs(kind.value, "a-1"), {}) == []


def test_a_plan_that_breaks_rules_registers_nothing() -> None:
    plan = document(target(vms=(vm(vcpus=0, change=Change.CREATE),)))
    with pytest.raises(PlanRefused, match="vcpus is 0") as refused:
        build(plan, "pdr-kvm")
    assert [violation.rule for violation in refused.value.violations] == ["vm.size_positive"]


def test_an_unknown_driver_is_named_with_the_known_ones() -> None:
    plan = document(target(driver="abacus"))
    with pytest.raises(UnknownThing, match=f"abacus.*{', '.join(DRIVERS)}"):
        build(plan, "pdr-kvm")


def test_what_stands_is_read_from_the_state_of_a_stack() -> None:
    urn = f"urn:pulumi:s::lumbung::{APP}${DOMAIN}::simpeg-app-1"
    provider = "pulumi:providers:lumbung"
    hypervisor = {"urn": f"urn:pulumi:s::lumbung::{provider}::s", "type": provider}
    standing = standing_of(
        {
            "resources": [
                {"urn": urn, "type": DOMAIN},
                {**hypervisor, "inputs": {"uri": "rehearsal:s"}},  # type: ignore[typeddict-item]
                {"urn": f"urn:{STACK}::s", "type": STACK, "outputs": {"as_is": "sha256:1"}},
            ]
        }
    )
    assert standing.aliases(Kind.DOMAIN, "simpeg-app-1") == [urn]
    assert standing.aliases(Kind.VOLUME, "simpeg-app-1") == []
    assert (standing.uri, standing.as_is) == ("rehearsal:s", "sha256:1")


def test_a_machine_that_moved_to_another_host_still_stands_as_it_did() -> None:
    moved = vm(host="pdr-h02", id="7", workloads=("web",))
    assert as_is_digest(target(vms=(vm(),)), {}) == as_is_digest(target(vms=(moved,)), {})


def test_the_digest_of_what_stands_changes_with_machines_and_tags_and_with_nothing_else() -> None:
    made = vm("sipp-web-1", change=Change.CREATE)
    owners, others = {"SIMPEG": "bkpsdm"}, {"SIMPEG": "dinkes"}
    same = {as_is_digest(target(vms=vms), owners) for vms in ((vm(),), (vm(), made))}
    changed = {
        as_is_digest(target(vms=(vm(running=False),)), owners),
        as_is_digest(target(vms=(vm(allocation="PDN-1"),)), owners),
        as_is_digest(target(vms=(vm(),)), others),
    }
    assert (len(same), len(changed), len(same | changed)) == (1, 3, 4)
