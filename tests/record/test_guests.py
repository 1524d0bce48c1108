"""What new machines are told: recorded with cluster and provider, and carried into plans."""

from __future__ import annotations

import pytest

from dcim.planning.document import encode as encode_plan
from dcim.planning.document import parse as parse_plan
from dcim.planning.drift.standing import standing
from dcim.planning.load.record import load_snapshot
from dcim.planning.snapshot import encode, read
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Allocation, Provider
from dcim.vocabulary.errors import InvalidInput
from tests.factories import make

pytestmark = pytest.mark.django_db

KEY, OTHER = "ssh-ed25519 AAAAC3Nz admin@paser", "ecdsa-sha2-nistp256 AAAAE2Vj"
TOLD = {"name_servers": "fd00::53, 10.64.0.53", "ssh_keys": f"# staf\n{KEY}\n\n{OTHER}\n"}


@pytest.mark.parametrize("kind", [Cluster, Provider])
@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("ssh_keys", "-----BEGIN OPENSSH PRIVATE KEY-----", "Key 1 is not .* Never a private one"),
        ("ssh_keys", f"{KEY}\nno key", "Key 2 is not"),
        ("name_servers", "10.64.0.53 dns.paser.go.id", "“dns.paser.go.id” is not the address"),
        ("name_servers", "10.64.0.53/24", "without a width"),
    ],
)
def test_what_no_guest_could_use_is_refused_and_no_private_key_repeated(
    kind: type[Cluster] | type[Provider], field: str, value: str, reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason) as refused:
        make(kind, **{field: value})
    assert refused.value.field == field
    assert "BEGIN" not in str(refused.value)


def test_targets_tell_what_their_cluster_or_the_provider_of_their_grant_says() -> None:
    grant = make(Allocation, provider=make(Provider, **TOLD))
    make(VirtualMachine, cluster=make(Cluster, **TOLD))
    make(VirtualMachine, site=make(Site), allocation=grant)
    document = standing(read(encode(load_snapshot())))
    targets = parse_plan(encode_plan(document)).targets
    assert len(targets) == 2
    for target in targets:
        assert target.name_servers == ("fd00::53", "10.64.0.53")  # the first is asked first
        assert set(target.ssh_keys) == {KEY, OTHER}
