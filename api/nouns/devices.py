"""What devices and machines show and are found by beside their own fields."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet

from api.fields.wire import Shown, brief_ref
from api.queries.filters import RecordFilterSet
from api.queries.lookups import HasAny
from api.reading.briefs import Briefs
from api.reading.readers import FirstOf
from api.records import RecordSerializer, RecordViewSet
from dcim.record.networks.ipam import IPAddress


def _primary_ip(briefs: Briefs, obj: Any) -> Any:
    address: Model | None = obj.primary_ip6 or obj.primary_ip4
    return briefs.of(address) if address is not None else None


class AddressedSerializer(RecordSerializer):
    """A device or machine, with the address under which it is reached (IPv6 before IPv4)."""

    primary_ip = Shown(
        _primary_ip,
        brief_ref(IPAddress, nullable=True),
        shows=(IPAddress,),
        reads=lambda model: FirstOf({"primary_ip6_id": IPAddress, "primary_ip4_id": IPAddress}),
    )


class DeviceFilterSet(RecordFilterSet):
    """Devices by what their addresses say."""

    has_primary_ip = HasAny("primary_ip4", "primary_ip6")


class MachineFilterSet(RecordFilterSet):
    """Machines by what their addresses say."""

    has_primary_ip = HasAny("primary_ip4", "primary_ip6")


class AddressedViewSet(RecordViewSet):
    """List, read and write what is reached under an address."""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().prefetch_related("primary_ip4", "primary_ip6")
