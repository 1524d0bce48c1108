"""Addresses of hypervisors: only known ways and parameters, and no secret, pass."""

from __future__ import annotations

import pytest

from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.hypervisors import check_hypervisor_uri, is_same_hypervisor


@pytest.mark.parametrize(
    "uri",
    [
        "qemu:///system",
        "qemu+ssh://root@kvm-1.paser.go.id:2222/system?no_tty=1",
        "qemu+tls://[fe80::1]/system",
        "qemu+tcp://10.0.0.1/session",
        "qemu+unix:///system?socket=/run/libvirt/libvirt-sock&mode=direct",
        "test:///default",
        "rehearsal:pdr-kvm",
        "proxmox://pve.paser.go.id:8006/pve1?datastore=ceph&bridge=vmbr1&images=local",
        "openstack://iam.pdn.go.id:5000/v3?region=jkt&external=public&networks=theirs",
    ],
)
def test_a_plain_address_passes(uri: str) -> None:
    check_hypervisor_uri(uri)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("qemu+ssh://Host/system", "qemu+ssh://host/system/", True),
        ("qemu+ssh://root@h/system", "qemu+ssh://h/system?no_tty=1", True),
        ("qemu:///system", "qemu+unix:///system?mode=direct", True),
        ("qemu://h/system", "qemu+tls://h:16514/system", True),
        ("qemu+tcp://[FE80::1]/system", "qemu+tcp://[fe80::1]:16509/system", True),
        ("qemu+ssh://a@h/session", "qemu+ssh://b@h/session", False),
        ("qemu+ssh://h/system", "qemu+ssh://h/session", False),
        ("qemu+ssh://h/system", "qemu+ssh://h:22/system", False),  # ssh's settings may say another
        ("qemu+ssh://h/system", "qemu+tls://h/system", False),
        ("qemu+ssh://h/system", "qemu+ssh://h.paser.go.id/system", False),
        ("qemu:///system", "qemu:///system?socket=/run/other", False),
        ("test:///default", "test:///default/", True),
        ("test:///default", "test:///Default", False),
        ("rehearsal:a", "rehearsal:A", False),
        ("openstack://h/v3?region=a", "openstack://h/v3?region=b", False),
        ("", "", True),
    ],
)
def test_two_addresses_name_one_hypervisor_where_they_differ_in_what_can_not_matter(
    one: str, other: str, same: bool
) -> None:
    assert is_same_hypervisor(one, other) is is_same_hypervisor(other, one) is same


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("", "not the address"),
        ("kvm", "not the address"),
        ("qemu:/x", "not the address"),
        ("qemu+ssh://-oProxyCommand=x/system", "not the address"),
        ("qemu+ssh://h/system#x", "not the address"),
        ("qemu+ssh://h/system\n", "not the address"),
        ("qemu+ssh://root:hunter2@h/system", "a password"),
        ("qemu+ssh://root:@h/system", "a password"),
        ("qemu+ssh://a@root:hunter2@h/system", "a password"),
        ("qemu+ext:///system", "a way that is not allowed"),
        ("qemu+libssh2://h/system", "a way that is not allowed"),
        ("lxc:///system", "a way that is not allowed"),
        ("qemu+unix:///system?command=/tmp/evil", "a parameter that is not allowed"),
        ("qemu+ssh://h/system?netcat=x", "a parameter that is not allowed"),
        ("qemu+ssh://h/system?keyfile=/etc/key", "a parameter that is not allowed"),
        ("qemu+tls://h/system?no_verify=1", "a parameter that is not allowed"),
        ("qemu+ssh://h/system?no_tty=1;command=x", "a parameter that is not allowed"),
        ("qemu+ssh://h/system?no%5Ftty=1", "a parameter that is not allowed"),
        ("qemu+ssh://h/system?no_tty=1&\ncommand=x", "not the address"),
        ("proxmox:///pve1", "needs a host, and takes no user"),
        ("openstack://admin@h/v3", "needs a host, and takes no user"),
        ("proxmox://root:hunter2@h/pve1", "a password"),
        ("proxmox+ssh://h/pve1", "a way that is not allowed"),
        ("proxmox://h/pve1?insecure=1", "a parameter that is not allowed"),
        ("openstack://h/v3?socket=x", "a parameter that is not allowed"),
        ("rehearsal:", "name of a rehearsal"),
        ("rehearsal:../x", "name of a rehearsal"),
    ],
)
def test_anything_else_is_refused_with_a_way_out_and_no_secret(uri: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as refusal:
        check_hypervisor_uri(uri)
    assert refusal.value.hint
    assert "hunter2" not in str(refusal.value)
