"""The drivers for Proxmox VE and OpenStack by mocks: every argument, in the unit of the cloud.

No server of either is at hand here: what they make of the arguments is not proved.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pulumi.runtime.rpc import _special_secret_sig as SECRET
from pulumi.runtime.rpc import _special_sig_key as SIGNATURE

from dcim.planning.document import Network, PlanDocument
from dcim.vocabulary.errors import InvalidInput, MissingComponent, Refused
from provisioning.program.build import PlanRefused, build
from provisioning.program.drivers.openstack import SERVER_TYPE, VOLUME_TYPE
from provisioning.program.drivers.proxmox import BRIDGE_TYPE, VM_TYPE, bridge_name
from provisioning.program.order import Tags
from provisioning.program.standing import Standing
from tests.plan_documents import document, target, vm
from tests.program_mocks import Recorder, own_loop, registered

# The SDK leaves a loop open on each of its threads, for the collector to find at any time.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

PROXMOX = "proxmox://pve.paser.go.id:8006/pve1?datastore=ceph&images=cephfs&bridge=vmbr1"
OPENSTACK = "openstack://iam.pdn.go.id:5000/v3?region=jkt&external=public&flavor_disk=0"
KEY = "ssh-ed25519 AAAA staf@paser"
NETWORKS = (
    Network(name="apps", cidr="10.64.0.0/16", vlan=10),
    Network(name="dalam", cidr="10.65.0.0/24"),
)
MACHINE = vm(
    "simpeg_app-1",
    vcpus=4,
    memory_mib=6144,
    storage_gib=60,
    app="SIMPEG",
    allocation="B-715/DJAI.3",
    host="pve7",
    addresses=("10.64.3.7/16", "fd00::7/64"),
)
INNER = vm("sipp-db-1", app="SIPP", network="dalam", image="", running=False)
KNOWN = Standing(
    {
        (kind, one.name): f"urn:pulumi:pdr-kvm::lumbung::{kind}::{one.name}"
        for kind in (VM_TYPE, SERVER_TYPE, VOLUME_TYPE)
        for one in (MACHINE, INNER)
    }
)


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PROXMOX_VE_API_TOKEN", "lumbung@pve!run=hunter2")
    monkeypatch.setenv("OS_TOKEN", "hunter2")
    with own_loop():
        yield


def plan(hypervisor: str, **more: object) -> PlanDocument:
    driver = hypervisor.partition(":")[0]
    fields: dict[str, object] = {"networks": NETWORKS, "ssh_keys": (KEY,), **more}
    return document(
        target(hypervisor=hypervisor, vms=(MACHINE, INNER), **fields, driver=driver)  # type: ignore[arg-type]  # of a target
    )


def built(of: PlanDocument) -> Recorder:
    """What is registered where the stack knows the machines."""
    return registered(of, KNOWN)


def test_a_machine_is_asked_of_proxmox_as_the_plan_says() -> None:
    assert built(plan(PROXMOX)).inputs(VM_TYPE, "simpeg_app-1") == {
        "nodeName": "pve7",
        "migrate": True,
        "name": "simpeg-app-1",
        "description": "Lumbung\n\napp: SIMPEG\n\nowner: bkpsdm\n\nallocation: B-715/DJAI.3",
        "tags": ["allocation-b-715-djai-3", "app-simpeg", "lumbung", "owner-bkpsdm"],
        "cpu": {"cores": 4, "sockets": 1},
        "memory": {"dedicated": 6144},
        "disks": [
            {
                "interface": "scsi0",
                "datastoreId": "ceph",
                "size": 60,
                "importFrom": "cephfs:import/debian-12.qcow2",
            }
        ],
        "networkDevices": [{"bridge": "vmbr1", "vlanId": 10, "model": "virtio"}],
        "initialization": {
            "datastoreId": "ceph",
            "ipConfigs": [{"ipv4": {"address": "10.64.3.7/16"}}],
            "userAccount": {"keys": [KEY]},
        },
        "onBoot": True,
        "started": True,
    }


def test_guests_are_told_the_way_out_and_whom_to_ask_for_names() -> None:
    outside = (replace(NETWORKS[0], mode="bridge"), NETWORKS[1])
    servers = ("10.64.0.53", "fd00::53")
    asked = built(plan(PROXMOX, networks=outside, name_servers=servers)).inputs(
        VM_TYPE, "simpeg_app-1"
    )
    address = {"address": "10.64.3.7/16", "gateway": "10.64.0.1"}
    assert asked["initialization"]["ipConfigs"] == [{"ipv4": address}]
    assert asked["initialization"]["dns"] == {"servers": ["10.64.0.53", "fd00::53"]}
    subnet = built(plan(OPENSTACK, name_servers=servers)).inputs(f"{NET}/subnet:Subnet", "apps")
    assert subnet["dnsNameservers"] == ["10.64.0.53"]
    wrong = plan(PROXMOX, name_servers=("10.64.0.53", "dns.paser.go.id"))
    assert "name_servers: number 2 can't be told" in str(refusal_of(wrong))


@pytest.mark.parametrize("hypervisor", [PROXMOX, OPENSTACK])
def test_a_private_key_is_never_handed_over_or_told(hypervisor: str) -> None:
    refusal = str(refusal_of(plan(hypervisor, ssh_keys=("ssh-BEGIN PRIVATE KEY hunter2\n",))))
    assert "number 1 can't be told to a guest. Give public keys" in refusal
    assert "hunter2" not in refusal


def test_a_network_without_tag_gets_a_bridge_on_the_node_that_needs_it() -> None:
    made = built(plan(PROXMOX))
    assert made.names(BRIDGE_TYPE) == ["dalam-pve1"]
    own = bridge_name("dalam")
    assert (len(own), own.isalnum()) == (10, True)
    assert made.inputs(BRIDGE_TYPE, "dalam-pve1") == {
        "nodeName": "pve1",
        "name": own,
        "comment": "dalam",
        "autostart": True,
    }
    inner = made.inputs(VM_TYPE, "sipp-db-1")
    assert inner["networkDevices"] == [{"bridge": own, "model": "virtio"}]
    assert (inner["nodeName"], inner["started"], inner["onBoot"]) == ("pve1", False, False)
    assert "importFrom" not in inner["disks"][0]
    assert inner["initialization"]["ipConfigs"] == []


def test_a_machine_is_asked_of_openstack_as_the_plan_says() -> None:
    made = built(plan(OPENSTACK))
    asked = made.inputs(SERVER_TYPE, "simpeg_app-1")
    tags = {
        "lumbung_app": "SIMPEG",
        "lumbung_owner": "bkpsdm",
        "lumbung_allocation": "B-715/DJAI.3",
    }
    secret = asked.pop("userData")
    assert secret[SIGNATURE] == SECRET  # so it is encrypted in the state
    told = secret["value"]
    assert told.startswith("#cloud-config\n")
    assert json.loads(told.partition("\n")[2]) == {
        "hostname": "simpeg-app-1",
        "ssh_authorized_keys": [KEY],
    }
    assert asked == {
        "name": "simpeg_app-1",
        "flavorName": "0-6144-4",
        "blockDevices": [
            {
                "uuid": "simpeg_app-1",
                "sourceType": "volume",
                "destinationType": "volume",
                "bootIndex": 0,
                "deleteOnTermination": False,
            }
        ],
        "networks": [{"uuid": "apps", "fixedIpV4": "10.64.3.7"}],
        "securityGroups": ["lumbung-pdr-kvm"],
        "metadata": tags,
        "powerState": "active",
        "stopBeforeDestroy": True,
    }
    assert made.inputs(VOLUME_TYPE, "simpeg_app-1") == {
        "name": "simpeg_app-1",
        "size": 60,
        "imageId": "getImage/debian-12",
        "enableOnlineResize": True,
        "metadata": tags,
    }
    assert made.inputs(SERVER_TYPE, "sipp-db-1")["powerState"] == "shutoff"
    assert "imageId" not in made.inputs(VOLUME_TYPE, "sipp-db-1")


def test_flavours_and_images_are_looked_up_by_what_the_plan_wants() -> None:
    asked = built(plan(OPENSTACK)).asked
    flavours = [args for token, args in asked if token.endswith("getFlavor")]
    assert {"vcpus": 4, "ram": 6144, "disk": 0} in flavours
    images = [args for token, args in asked if token.endswith("getImage")]
    assert images == [{"name": "debian-12", "mostRecent": True}]


NET = "openstack:networking"


def test_networks_of_openstack_are_made_with_their_range_and_let_in_their_own() -> None:
    made = built(plan(OPENSTACK))
    assert made.inputs(f"{NET}/network:Network", "apps") == {
        "name": "apps",
        "description": "Lumbung",
        "adminStateUp": True,
    }
    assert made.inputs(f"{NET}/subnet:Subnet", "apps") == {
        "name": "apps",
        "networkId": "apps",
        "cidr": "10.64.0.0/16",
        "ipVersion": 4,
        "enableDhcp": True,
        "noGateway": True,
    }
    assert made.inputs(f"{NET}/secGroup:SecGroup", "lumbung-pdr-kvm")["name"] == "lumbung-pdr-kvm"
    assert made.inputs(f"{NET}/secGroupRule:SecGroupRule", "lumbung-pdr-kvm-apps") == {
        "direction": "ingress",
        "ethertype": "IPv4",
        "remoteIpPrefix": "10.64.0.0/16",
        "securityGroupId": "lumbung-pdr-kvm",
        "description": "apps",
    }
    provider = made.inputs("pulumi:providers:openstack", "pdr-kvm")
    assert (provider["authUrl"], provider["region"]) == ("https://iam.pdn.go.id:5000/v3", "jkt")


def test_a_network_that_translates_gets_a_router_to_the_outside() -> None:
    nat = (Network(name="apps", cidr="10.64.0.0/16", mode="nat"), NETWORKS[1])
    made = built(plan(OPENSTACK, networks=nat))
    assert "noGateway" not in made.inputs(f"{NET}/subnet:Subnet", "apps")
    assert made.inputs(f"{NET}/router:Router", "apps") == {
        "name": "apps",
        "externalNetworkId": "getNetwork/public",
    }
    ends = {"routerId": "apps", "subnetId": "apps"}
    assert made.inputs(f"{NET}/routerInterface:RouterInterface", "apps") == ends


def test_networks_of_the_cloud_are_found_and_not_made() -> None:
    made = built(plan(f"{OPENSTACK}&networks=theirs"))
    assert made.names(f"{NET}/network:Network") == []
    uuids = [one["uuid"] for one in made.inputs(SERVER_TYPE, "sipp-db-1")["networks"]]
    assert uuids == ["getNetwork/dalam"]


@pytest.mark.parametrize("hypervisor", [PROXMOX, OPENSTACK])
def test_no_credential_of_the_environment_is_asked_for(hypervisor: str) -> None:
    made = built(plan(hypervisor))
    assert made.made
    assert "hunter2" not in str([(one.name, one.inputs) for one in made.made])


@pytest.mark.parametrize(
    ("hypervisor", "kinds"), [(PROXMOX, [VM_TYPE]), (OPENSTACK, [SERVER_TYPE, VOLUME_TYPE])]
)
def test_what_runs_already_is_never_made_a_second_time(hypervisor: str, kinds: list[str]) -> None:
    message = str(refusal_of(plan(hypervisor), Standing()))
    assert "keeps simpeg_app-1, sipp-db-1, which the stack does not know" in message
    assert all(f"pulumi import {kind} NAME ID" in message for kind in kinds)
    # One of which only the disk is missing would get another, empty one.
    without = {key: urn for key, urn in KNOWN.urns.items() if key != (kinds[-1], "sipp-db-1")}
    assert "keeps sipp-db-1, which" in str(refusal_of(plan(hypervisor), Standing(without)))


def refusal_of(of: PlanDocument, standing: Standing = KNOWN) -> Exception:
    with pytest.raises((Refused, InvalidInput, MissingComponent)) as refusal:
        build(of, "pdr-kvm", standing)
    return refusal.value


@pytest.mark.parametrize(
    ("hypervisor", "variable", "extra"),
    [(PROXMOX, "PROXMOX_VE_API_TOKEN", "proxmox"), (OPENSTACK, "OS_TOKEN", "openstack")],
)
def test_what_is_absent_is_named_with_the_way_to_get_it(
    monkeypatch: pytest.MonkeyPatch, hypervisor: str, variable: str, extra: str
) -> None:
    monkeypatch.delenv(variable)
    assert variable in str(refusal_of(plan(hypervisor)))
    packages = {"proxmox": "pulumi_proxmoxve", "openstack": "pulumi_openstack"}
    monkeypatch.setitem(sys.modules, packages[extra], None)
    assert f"pip install 'lumbung[provisioning,{extra}]'" in str(refusal_of(plan(hypervisor)))


def test_networks_that_a_cloud_cannot_make_are_refused() -> None:
    nat = (Network(name="apps", cidr="10.64.0.0/16", mode="nat"), NETWORKS[1])
    assert "network apps translates" in str(refusal_of(plan(PROXMOX, networks=nat)))
    inside = OPENSTACK.replace("&external=public", "")
    assert "?external=NAME" in str(refusal_of(plan(inside, networks=nat)))
    nowhere = PROXMOX.replace("/pve1", "/")
    assert "names no host for sipp-db-1" in str(refusal_of(plan(nowhere)))


def test_the_address_decides_the_driver() -> None:
    of = target(hypervisor=PROXMOX, vms=(MACHINE, INNER), networks=NETWORKS)
    with pytest.raises(PlanRefused, match="the driver proxmox does"):
        build(document(of), "pdr-kvm")
    with pytest.raises(PlanRefused, match="the driver libvirt does"):
        build(document(target(driver="openstack", vms=(MACHINE,))), "pdr-kvm")


def test_tags_leave_out_what_is_not_known() -> None:
    assert Tags("SIMPEG", "", "").as_mapping() == {"app": "SIMPEG"}
