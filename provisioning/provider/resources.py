"""The resources that a Pulumi program writes: plain, typed, and parented by whoever makes them."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from provisioning.provider.specs import Kind

PACKAGE = "lumbung"


class Hypervisor(pulumi.ProviderResource):
    """The provider of one hypervisor, named by a URI without secrets."""

    def __init__(
        self, resource_name: str, *, uri: str, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(PACKAGE, resource_name, {"uri": uri}, opts)


class Network(pulumi.CustomResource):
    """A network; `mode` is isolated, nat or bridge, empty as it stands; `vlan` needs a bridge."""

    name: pulumi.Output[str]
    mode: pulumi.Output[str]
    cidr: pulumi.Output[str | None]
    vlan: pulumi.Output[int | None]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        mode: pulumi.Input[str] = "isolated",
        cidr: pulumi.Input[str] | None = None,
        vlan: pulumi.Input[int] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties = {"name": name, "mode": mode, "cidr": cidr, "vlan": vlan}
        super().__init__(Kind.NETWORK.value, resource_name, properties, opts)


class Volume(pulumi.CustomResource):
    """A disk that grows in place and never shrinks; `image` counts only when it is made."""

    name: pulumi.Output[str]
    size_gib: pulumi.Output[int]
    pool: pulumi.Output[str]
    image: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        size_gib: pulumi.Input[int],
        pool: pulumi.Input[str] = "default",
        image: pulumi.Input[str] = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties = {"name": name, "size_gib": size_gib, "pool": pool, "image": image}
        super().__init__(Kind.VOLUME.value, resource_name, properties, opts)


class Domain(pulumi.CustomResource):
    """A virtual machine on a volume (its id), with memory in MiB; resized in place by a restart."""

    name: pulumi.Output[str]
    vcpus: pulumi.Output[int]
    memory_mib: pulumi.Output[int]
    volume: pulumi.Output[str]
    network: pulumi.Output[str | None]
    addresses: pulumi.Output[Sequence[str]]
    app: pulumi.Output[str]
    owner: pulumi.Output[str]
    allocation: pulumi.Output[str]
    gateway: pulumi.Output[str]
    name_servers: pulumi.Output[Sequence[str]]
    ssh_keys: pulumi.Output[Sequence[str]]
    running: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        vcpus: pulumi.Input[int],
        memory_mib: pulumi.Input[int],
        volume: pulumi.Input[str],
        network: pulumi.Input[str] | None = None,
        addresses: pulumi.Input[Sequence[str]] = (),
        app: pulumi.Input[str] = "",
        owner: pulumi.Input[str] = "",
        allocation: pulumi.Input[str] = "",
        gateway: pulumi.Input[str] = "",
        name_servers: pulumi.Input[Sequence[str]] = (),
        ssh_keys: pulumi.Input[Sequence[str]] = (),
        running: pulumi.Input[bool] = True,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties = {
            "name": name,
            "vcpus": vcpus,
            "memory_mib": memory_mib,
            "volume": volume,
            "network": network,
            "addresses": addresses,
            "app": app,
            "owner": owner,
            "allocation": allocation,
            "gateway": gateway,
            "name_servers": name_servers,
            "ssh_keys": ssh_keys,
            "running": running,
        }
        super().__init__(Kind.DOMAIN.value, resource_name, properties, opts)
