"""What networks show beside their own fields: where prefixes stand, translations, ports."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import Count, F, Func, OuterRef, Subquery
from django.db.models.functions import Coalesce

from api.fields.counts import INTEGER, never
from api.fields.wire import Computed, WireField, brief_ref
from api.reading.briefs import Briefs
from api.records import RecordSerializer
from dcim.record.networks.ipam import IPAddress, Prefix, around
from dcim.record.networks.vlans import VLAN, VLANGroup

NOTHING: Final = {"type": "object", "nullable": True}
NO_LIST: Final = {"type": "array", "items": {"type": "object"}}
KEYS_AT_ONCE: Final = 5_000  # well below what either database takes as parameters
GLOBAL: Final = 0


def children_of(keys: Sequence[int], briefs: Briefs) -> Mapping[int, int]:
    """How many prefixes of the same table lie inside each prefix, of those that may be seen."""
    table = Coalesce("vrf_id", GLOBAL)
    inside = (
        briefs.seen(Prefix.objects.order_by())
        .alias(table=table)
        .filter(
            table=Coalesce(OuterRef("vrf_id"), GLOBAL),
            first_key__gte=OuterRef("first_key"),
            first_key__lte=OuterRef("last_key"),
            last_key__lte=OuterRef("last_key"),
        )
        .exclude(first_key=OuterRef("first_key"), last_key=OuterRef("last_key"))
        .annotate(children=Func(F("pk"), function="COUNT"))
    )
    rows = Prefix.objects.order_by().filter(pk__in=keys)
    counts = rows.annotate(children=Subquery(inside.values("children")))
    return dict(counts.values_list("pk", "children"))


def depths_of(keys: Sequence[int], briefs: Briefs) -> Mapping[int, int]:
    """How many prefixes of the same table contain each prefix, of those that may be seen.

    Notes: a network lies in few others (32 or 128 at most), so these are looked up by their ends
    rather than searched for among all prefixes.
    """
    prefixes = Prefix.objects.order_by().in_bulk(keys)
    containers = {pk: list(around(one.network))[:-1] for pk, one in prefixes.items()}
    stored = _stored((end for ends in containers.values() for end in ends), briefs)
    return {
        pk: sum(stored[prefixes[pk].vrf_id, first, last] for first, last in ends)
        for pk, ends in containers.items()
    }


def _stored(
    ends: Iterable[tuple[str, str]], briefs: Briefs
) -> Counter[tuple[int | None, str, str]]:
    """How many prefixes each table has with any of the given ends."""
    found: Counter[tuple[int | None, str, str]] = Counter()
    firsts = sorted({first for first, _ in ends})
    for at in range(0, len(firsts), KEYS_AT_ONCE):
        rows = briefs.seen(Prefix.objects.order_by())
        rows = rows.filter(first_key__in=firsts[at : at + KEYS_AT_ONCE])
        found.update(rows.values_list("vrf_id", "first_key", "last_key"))
    return found


def translations_of(keys: Sequence[int], briefs: Briefs) -> Mapping[int, list[Any]]:
    """The outer addresses that stand for each address."""
    rows = IPAddress.objects.filter(nat_inside__in=keys)
    pairs = list(rows.values_list("nat_inside_id", "pk"))
    shown = briefs.by_id(IPAddress, [pk for _, pk in pairs])
    outside: dict[int, list[Any]] = defaultdict(list)
    for inside, pk in pairs:
        if pk in shown:
            outside[inside].append(shown[pk])
    return outside


def utilization_of(keys: Sequence[int], briefs: Briefs) -> Mapping[int, str]:
    """How much of its numbers each VLAN group has given out, in percent to two places."""
    totals = dict(VLANGroup.objects.filter(pk__in=keys).values_list("pk", "total_vlan_ids"))
    rows = VLAN.objects.order_by().filter(group__in=keys).values_list("group")
    used = dict(rows.annotate(Count("pk")))
    return {pk: str(round(used.get(pk, 0) * 100 / total, 2)) for pk, total in totals.items()}


class VrfSerializer(RecordSerializer):
    """A VRF; route targets are not recorded."""

    import_targets = never([], NO_LIST)
    export_targets = never([], NO_LIST)


class RoleSerializer(RecordSerializer):
    """A network role; autonomous systems are not recorded."""

    asn_count = never(0, INTEGER)


class VlanGroupSerializer(RecordSerializer):
    """A VLAN group, with how much of it is given out."""

    utilization = Computed(utilization_of, {"type": "string"}, missing="0.0")


class VlanSerializer(RecordSerializer):
    """A VLAN; stacked VLANs and virtual private networks are not recorded."""

    qinq_role = never(None, NOTHING)
    qinq_svlan = never(None, NOTHING)
    l2vpn_termination = never(None, NOTHING)


class PrefixSerializer(RecordSerializer):
    """A prefix, with where it stands among the others of its table."""

    children = Computed(children_of, INTEGER, missing=0)
    _depth = Computed(depths_of, INTEGER, missing=0)


class AddressSerializer(RecordSerializer):
    """An address, with the addresses that are translated to it."""

    nat_outside = Computed(
        translations_of,
        {"type": "array", "items": brief_ref(IPAddress)},
        shows=(IPAddress,),
        missing=[],
    )


class ServiceSerializer(RecordSerializer):
    """A service; what offers it is always stated, and goes by NetBox's name."""

    def derived_fields(self) -> dict[str, WireField]:
        fields = super().derived_fields()
        fields["parent"] = fields.pop("parent_object")
        fields["parent"].allow_null = False
        for name in ("parent_object_type", "parent_object_id"):
            fields[name].required = True
            fields[name].allow_null = False
        return fields
