"""A cluster's hypervisor address is checked before it is written."""

from __future__ import annotations

import pytest
from django.utils import translation

from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import Cluster
from dcim.vocabulary.errors import InvalidInput
from tests.factories import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("uri", ["", "qemu+ssh://kvm/system", "rehearsal:pdr"])
def test_an_address_without_secrets_is_kept(uri: str) -> None:
    assert make(Cluster, hypervisor_uri=uri).hypervisor_uri == uri


@pytest.mark.parametrize(
    "uri", ["qemu+ssh://root:hunter2@h/system", "qemu+ext:///system?command=/tmp/evil"]
)
def test_passwords_and_commands_reach_neither_record_nor_change_log(uri: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        make(Cluster, hypervisor_uri=uri)
    assert refusal.value.field == "hypervisor_uri"
    assert not Cluster.objects.filter(hypervisor_uri=uri).exists()
    logged = ObjectChange.objects.values_list("changed_object_type", flat=True)
    assert "virtualization.cluster" not in logged


def test_the_refusal_speaks_the_readers_language() -> None:
    with translation.override("id"), pytest.raises(InvalidInput, match="kata sandi"):
        make(Cluster, hypervisor_uri="qemu+ssh://root:hunter2@h/system")
