"""Sites and tenants: what NetBox's clients read of them beside what is recorded."""

from __future__ import annotations

from api.fields.counts import INTEGER, never
from api.records import RecordSerializer


class SiteSerializer(RecordSerializer):
    """A site; autonomous systems and circuits are not recorded."""

    asns = never([], {"type": "array", "items": INTEGER})
    circuit_count = never(0, INTEGER)


class TenantSerializer(RecordSerializer):
    """A tenant; circuits are not recorded."""

    circuit_count = never(0, INTEGER)
