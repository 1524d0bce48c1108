"""Pages of prefixes and VLAN groups: what is inside, what is free, and giving out the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar, Final

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from dcim.actions.available import (
    free_addresses,
    free_prefixes,
    free_vids,
    give_addresses,
    give_prefixes,
    give_vlans,
    hosts_of,
)
from dcim.actions.rights import may
from dcim.record.networks.ipam import IPAddress, Prefix
from dcim.record.networks.vlans import VLAN, VLANGroup
from dcim.vocabulary.errors import InvalidInput, LumbungError
from dcim.web.forms.choosing import number_in
from dcim.web.frame.access import Page, parameter
from dcim.web.objects.details import DetailPage
from dcim.web.values import formats
from dcim.web.values.addresses import page_of

MOST_SHOWN: Final = 50
MOST_GAPS: Final = 8


@dataclass(frozen=True, slots=True)
class Inside:
    """Objects inside a network or group: the first of them, and how many there are."""

    first: Sequence[Model]
    count: int


def _inside(rows: QuerySet[Any]) -> Inside:
    first = list(rows[: MOST_SHOWN + 1])
    return Inside(first[:MOST_SHOWN], len(first) if len(first) <= MOST_SHOWN else rows.count())


class PrefixPage(DetailPage):
    """A prefix with the prefixes and addresses inside it, and what is free."""

    template_name = "equipment/prefix.html"

    def more(self, obj: Prefix) -> dict[str, Any]:
        """What is inside, and what is free."""
        return {"networks": self._networks(obj), "addresses": self._addresses(obj)}

    def _networks(self, obj: Prefix) -> dict[str, Any]:
        rows = self.seen(Prefix.objects.all()).filter(
            vrf=obj.vrf_id, first_key__gte=obj.first_key, last_key__lte=obj.last_key
        )
        inside = _inside(rows.exclude(pk=obj.pk).select_related("role", "vlan"))
        free = [str(one) for one in islice(free_prefixes(obj), MOST_GAPS + 1)]
        return {
            "inside": inside,
            "free": free[:MOST_GAPS],
            "has_more": len(free) > MOST_GAPS,
            "may_give": may(self.user, "add", Prefix),
            "length": min(obj.network.prefixlen + 1, obj.network.max_prefixlen),
            "longest": obj.network.max_prefixlen,
        }

    def _addresses(self, obj: Prefix) -> dict[str, Any] | None:
        if not self.may_view(IPAddress):
            return None
        rows = self.seen(IPAddress.objects.all()).filter(
            vrf=obj.vrf_id, host_key__gte=obj.first_key, host_key__lte=obj.last_key
        )
        inside = _inside(rows)
        first, last = hosts_of(obj)
        room = last - first + 1
        return {
            "inside": inside,
            "next": next(free_addresses(obj), ""),
            "room": room,
            "used_percent": min(100, round(100 * inside.count / room)) if room > 0 else 100,
            "may_give": may(self.user, "add", IPAddress),
        }


class VLANGroupPage(DetailPage):
    """A VLAN group with its VLANs and the next free number."""

    template_name = "equipment/vlan_group.html"
    told_elsewhere = frozenset({VLAN})

    def more(self, obj: VLANGroup) -> dict[str, Any]:
        """The VLANs, and the next number that is free."""
        if not self.may_view(VLAN):
            return {}
        return {
            "vlans": _inside(self.seen(VLAN.objects.filter(group=obj)).order_by("vid")),
            "next_vid": next(free_vids(obj), None),
            "may_give": may(self.user, "add", VLAN),
        }


class _GiveView(Page):
    """Gives out the next free one, and shows it."""

    http_method_names = ("post",)
    source: ClassVar[type[Model]] = Prefix
    made: ClassVar[type[Model]] = IPAddress

    def seen_model(self) -> type[Model]:
        """Only what one may see gives anything out."""
        return self.source

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page of what was given; back to where it was asked for when nothing is free."""
        self.require("add", self.made)
        rows: QuerySet[Any] = self.seen(self.source._default_manager.all())
        source = rows.filter(pk=self.kwargs["pk"]).first()
        if source is None:
            raise Http404
        try:
            given = self.give(source)
        except LumbungError as err:
            messages.error(request, f"{_(err.reason)} {_(err.hint) if err.hint else ''}".strip())
            return HttpResponseRedirect(page_of(source))
        text = _("%(object)s has been given out.") % {"object": formats.full_name(given)}
        messages.success(request, text)
        return HttpResponseRedirect(page_of(given if self.may_view(self.made) else source))

    def give(self, source: Any) -> Model:
        """The new object."""
        raise NotImplementedError

    def text(self, name: str) -> str:
        """What was typed into a field of the form."""
        return parameter(self.request.POST, name)


class GiveAddressView(_GiveView):
    """The next free address of a prefix."""

    def give(self, source: Prefix) -> Model:
        """The address, described as the form says."""
        row = {"description": self.text("description"), "dns_name": self.text("dns_name")}
        return give_addresses(source, [row], by=self.actor())[0]


class GivePrefixView(_GiveView):
    """The first free prefix of a length."""

    made = Prefix

    def give(self, source: Prefix) -> Model:
        """The prefix, described as the form says."""
        length = number_in(self.text("length").removeprefix("/")) or 0
        if not source.network.prefixlen < length <= source.network.max_prefixlen:
            raise InvalidInput(
                _("Write a length between %(least)s and %(most)s.")
                % {"least": source.network.prefixlen + 1, "most": source.network.max_prefixlen},
                field="prefix_length",
            )
        row = {"description": self.text("description")}
        return give_prefixes(source, [row], [length], by=self.actor())[0]


class GiveVlanView(_GiveView):
    """The next free number of a VLAN group."""

    source, made = VLANGroup, VLAN

    def give(self, source: VLANGroup) -> Model:
        """The VLAN, named as the form says."""
        return give_vlans(source, [{"name": self.text("name")}], by=self.actor())[0]
