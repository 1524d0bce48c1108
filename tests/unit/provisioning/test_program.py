"""The Pulumi program by mocks: which resources it registers, with which arguments."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks

from dcim.planning.document import Change, PlanDocument
from dcim.vocabulary.errors import UnknownThing
from provisioning.program.build import PlanRefused, build
from provisioning.program.drivers import DRIVERS
from provisioning.program.standing import Standing, as_is_digest, standing_of
from provisioning.provider.checks import faults
from provisioning.provider.specs import Kind
from tests.plan_documents import document, target, vm

# The SDK leaves a loop open on each of its threads, for the collector to find at any time.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

NETWORK, VOLUME, DOMAIN = Kind.NETWORK.value, Kind.VOLUME.value, Kind.DOMAIN.value
APP = "lumbung:index:App"
STACK = "pulumi:pulumi:Stack"


class Recorder(Mocks):
    """Takes every resource as made, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.made: list[MockResourceArgs] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, object]]:
        self.made.append(args)
        identity = f"default/{args.name}" if args.typ == VOLUME else args.name
        return identity, dict(args.inputs)

    def call(self, args: MockCallArgs) -> tuple[dict[str, object], None]:
        raise NotImplementedError(args.token)

    def inputs(self, kind: str, name: str) -> dict[str, Any]:
        (found,) = [one for one in self.made if (one.typ, one.name) == (kind, name)]
        return {name: whole(value) for name, value in found.inputs.items()}

    def names(self, kind: str) -> list[str]:
        return sorted(one.name for one in self.made if one.typ == kind)


def whole(value: object) -> object:
    """Numbers travel as floats; the provider takes whole ones as integers."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


@pytest.fixture(autouse=True)
def loop() -> Iterator[None]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    asyncio.set_event_loop(None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def registered(plan: PlanDocument, standing: Standing | None = None) -> Recorder:
    recorder = Recorder()
    pulumi.runtime.set_mocks(recorder, project="lumbung", stack="pdr-kvm")
    settle = pulumi.runtime.test(lambda: build(plan, "pdr-kvm", standing))  # type: ignore[no-untyped-call]  # the SDK's
    settle()
    return recorder


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
        "running": True,
    }


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
