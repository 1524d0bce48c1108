"""What clusters and their machines show, and are found by, beside their own fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q, Sum

from api.fields.counts import INTEGER, never
from api.fields.wire import Computed, WireField
from api.nouns.addressing import NOTHING
from api.nouns.components import MacFilters, mac_fields
from api.queries.lookups import OneToMany, Values, whole_number
from api.reading.briefs import Briefs
from api.records import RecordSerializer
from dcim.record.networks.machine_parts import VMInterface
from dcim.record.networks.virtualization import VirtualMachine

Totals = Mapping[str, Any]


def totals_of(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Totals]:
    """What those machines of each cluster that may be seen are and take, with one query."""
    rows = briefs.seen(VirtualMachine.objects.order_by()).filter(cluster__in=keys)
    sums = rows.values("cluster").annotate(
        machines=Count("pk"), vcpus=Sum("vcpus"), memory=Sum("memory_mib"), disk=Sum("disk_mb")
    )
    return {one["cluster"]: dict(one) for one in sums}


def total(name: str, shape: dict[str, Any]) -> Computed:
    """One of a cluster's totals; all of them are made by the one query of the page."""

    def make(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Any]:
        found = briefs.shared("totals", totals_of, keys)
        convert = int if shape == INTEGER else float
        return {pk: convert(one[name] or 0) for pk, one in found.items()}

    return Computed(make, shape, missing=0)


class ClusterSerializer(RecordSerializer):
    """A cluster, with what its machines take; memory in MiB, disks in MB."""

    virtualmachine_count = total("machines", INTEGER)
    allocated_vcpus = total("vcpus", {"type": "number", "format": "double"})
    allocated_memory = total("memory", INTEGER)
    allocated_disk = total("disk", INTEGER)


class MachineInterfaceSerializer(RecordSerializer):
    """A machine's interface; stacked VLANs, tunnels and redundancy groups are not recorded."""

    def derived_fields(self) -> dict[str, WireField]:
        return super().derived_fields() | mac_fields(VMInterface)

    qinq_svlan = never(None, NOTHING)
    vlan_translation_policy = never(None, NOTHING)
    l2vpn_termination = never(None, NOTHING)
    count_fhrp_groups = never(0, INTEGER)


class OnVlan(OneToMany):
    """Interfaces that carry any of the given VLANs, tagged or not."""

    def __init__(self, key: str) -> None:
        super().__init__(key, Values(whole_number()))
        self.key = key

    def matches(self, values: list[Any]) -> Q:
        untagged = Q(**{f"untagged_vlan__{self.key}__in": values})
        rows = self.model._default_manager.filter(
            untagged | Q(**{f"tagged_vlans__{self.key}__in": values})
        )
        return Q(pk__in=rows.values("pk"))


class MachineInterfaceFilterSet(MacFilters):
    """Interfaces of machines by their MAC addresses and the VLANs that they carry."""

    vlan_id = OnVlan("pk")
    vlan = OnVlan("vid")
