"""NetBox's objects that are not recorded here: empty lists, since clients stop at an address that
is not there.
"""

from __future__ import annotations

from typing import Final

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.paging import LimitOffset

UNRECORDED: Final = (
    *(f"circuits/{name}" for name in (
        "circuits", "circuit-types", "circuit-terminations", "circuit-groups",
        "circuit-group-assignments", "providers", "provider-accounts", "provider-networks",
        "virtual-circuits", "virtual-circuit-types", "virtual-circuit-terminations",
    )),
    *(f"core/{name}" for name in ("data-files", "data-sources")),
    *(f"dcim/{name}" for name in ("rack-types", "virtual-device-contexts", "module-type-profiles")),
    *(f"extras/{name}" for name in (
        "bookmarks", "config-templates", "custom-links", "event-rules", "export-templates",
        "image-attachments", "notification-groups", "notifications", "saved-filters", "scripts",
        "subscriptions", "table-configs", "webhooks",
    )),
    *(f"ipam/{name}" for name in (
        "aggregates", "asn-ranges", "asns", "fhrp-group-assignments", "fhrp-groups", "ip-ranges",
        "rirs", "route-targets", "service-templates", "vlan-translation-policies",
        "vlan-translation-rules",
    )),
    *(f"vpn/{name}" for name in (
        "ike-policies", "ike-proposals", "ipsec-policies", "ipsec-profiles", "ipsec-proposals",
        "l2vpn-terminations", "l2vpns", "tunnel-groups", "tunnel-terminations", "tunnels",
    )),
    *(f"wireless/{name}" for name in ("wireless-lan-groups", "wireless-lans", "wireless-links")),
)  # fmt: skip


class Unrecorded(APIView):
    """The list of objects that are not recorded here: whatever it is asked, it is empty."""

    schema = None

    def get(self, request: Request) -> Response:
        """The first page, and the last."""
        pages = LimitOffset()
        return pages.get_paginated_response(pages.paginate_queryset([], request))


class UnrecordedOne(APIView):
    """One object of such a list: there is none."""

    schema = None

    def get(self, request: Request, pk: int) -> Response:
        """Nothing is found.

        Raises: NotFound.
        """
        raise NotFound("Objects of this kind are not recorded here.")
