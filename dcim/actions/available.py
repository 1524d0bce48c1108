"""Give out what is free: addresses and prefixes inside a prefix, numbers of a VLAN group.

Who gives out locks what it gives from and all that contains it, so that two never give the same.
What a network holds is walked from gap to gap: its size does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import summarize_address_range
from itertools import islice
from typing import Any, Final

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.refusals import writing
from dcim.actions.writes.values import Values, known
from dcim.record.networks.ipam import IPAddress, Network, Prefix, address_at, around
from dcim.record.networks.vlans import VLAN, VLANGroup
from dcim.vocabulary.errors import DoesNotFit, InvalidInput

TRIES: Final = 5
Gap = tuple[int, int]


def free_addresses(prefix: Prefix) -> Iterator[str]:
    """The addresses of `prefix` that its table has not, with their length, in order."""
    first, last = hosts_of(prefix)
    length = prefix.network.prefixlen
    for start, end in _gaps(first, last, _addresses_in(prefix)):
        for number in range(start, end + 1):
            yield f"{_at(prefix, number)}/{length}"


def hosts_of(prefix: Prefix) -> Gap:
    """The first and last address that can be a host's, as numbers; none is left when marked full.

    Notes: an IPv4 network's own and its broadcast address are no host's, nor is the first of an
    IPv6 network, which means any router of it; a pool gives out all of them.
    """
    network = prefix.network
    first, last = int(network.network_address), int(network.broadcast_address)
    if prefix.mark_utilized:
        return first, first - 1
    if prefix.is_pool or network.max_prefixlen - network.prefixlen < 2:
        return first, last
    return first + 1, last - (network.version == 4)


def free_prefixes(prefix: Prefix) -> Iterator[Network]:
    """The largest networks inside `prefix` that hold no other prefix of its table, in order."""
    network = prefix.network
    if prefix.mark_utilized:
        return
    first, last = int(network.network_address), int(network.broadcast_address)
    for start, end in _gaps(first, last, _prefixes_in(prefix)):
        yield from summarize_address_range(_at(prefix, start), _at(prefix, end))


def free_vids(group: VLANGroup) -> Iterator[int]:
    """The numbers of `group` that none of its VLANs has, in order."""
    taken = set(group.vlans.order_by().values_list("vid", flat=True))
    return (vid for vid in group.vids() if vid not in taken)


def give_addresses(
    prefix: Prefix, rows: Sequence[Values], *, by: Actor, messages: Sequence[str] = ()
) -> list[IPAddress]:
    """A new address of `prefix` for each of `rows`, the values that it has beside.

    `messages` are, here and below, as for `record.create_many`.

    Raises:
        DoesNotFit: fewer are free.
        InvalidInput, Refused: as for `record.create_many`.
    """

    def choose(locked: Prefix) -> list[Values]:
        free = _enough(free_addresses(locked), len(rows), locked)
        return [
            {**row, "address": one, "vrf": locked.vrf} for row, one in zip(rows, free, strict=True)
        ]

    return _given(_Giving(prefix, IPAddress, "address", choose), by, messages)


def give_prefixes(
    prefix: Prefix,
    rows: Sequence[Values],
    lengths: Sequence[int],
    *,
    by: Actor,
    messages: Sequence[str] = (),
) -> list[Prefix]:
    """A new prefix inside `prefix` for each of `rows`, of the length that is asked for it.

    Raises:
        DoesNotFit: no gap is as large.
        InvalidInput, Refused: as for `record.create_many`.
    """

    def choose(locked: Prefix) -> list[Values]:
        chosen = _carved(locked, lengths)
        return [
            {**row, "prefix": str(one), "vrf": locked.vrf}
            for row, one in zip(rows, chosen, strict=True)
        ]

    return _given(_Giving(prefix, Prefix, "prefix", choose), by, messages)


def give_vlans(
    group: VLANGroup, rows: Sequence[Values], *, by: Actor, messages: Sequence[str] = ()
) -> list[VLAN]:
    """A new VLAN of `group` for each of `rows`, with the lowest numbers that are free.

    Raises:
        DoesNotFit: fewer are free.
        InvalidInput, Refused: as for `record.create_many`.
    """

    def choose(locked: VLANGroup) -> list[Values]:
        free = _enough(free_vids(locked), len(rows), locked)
        return [{**row, "vid": vid, "group": locked} for row, vid in zip(rows, free, strict=True)]

    return _given(_Giving(group, VLAN, "", choose), by, messages)


@dataclass(frozen=True, slots=True)
class _Giving:
    """What is given from, what is made, by which field it may be taken, and how it is chosen."""

    source: Any
    model: type[Any]
    field: str
    choose: Callable[[Any], list[Values]]


def _given(giving: _Giving, by: Actor, messages: Sequence[str]) -> list[Any]:
    """The objects made of what is free.

    An address that someone writes by hand meanwhile, without our lock, is found by the database to
    be taken: the next one is given then.
    """
    with writing():
        locked = _locked(giving.source)
        for _attempt in range(TRIES - 1):
            try:
                return _made(giving, locked, by, messages)
            except InvalidInput as err:
                if not giving.field or err.field != giving.field:
                    raise
        return _made(giving, locked, by, messages)


def _made(giving: _Giving, locked: Any, by: Actor, messages: Sequence[str]) -> list[Any]:
    rows = giving.choose(locked)
    return record.create_many(giving.model, rows, by=by, messages=messages)


def _locked(source: Any) -> Any:
    """`source` as it is stored, kept with all that contains it from others who give out."""
    rows: QuerySet[Any] = type(source)._default_manager.select_for_update(of=("self",), no_key=True)
    chosen = Q(pk=source.pk)
    if isinstance(source, Prefix):
        ends = {first for first, _last in around(source.network)}
        containing = Q(first_key__in=ends, last_key__gte=source.last_key, vrf=source.vrf_id)
        chosen |= containing
    found = {one.pk: one for one in rows.filter(chosen).order_by("pk")}
    return known(found.get(source.pk), source)


def _enough(free: Iterator[Any], count: int, source: Model) -> list[Any]:
    found = list(islice(free, count))
    if len(found) < count:
        raise DoesNotFit(
            _("%(source)s has room for %(free)s more, not for %(asked)s.")
            % {"source": source, "free": len(found), "asked": count},
            hint=_("Ask for fewer, or of another one."),
        )
    return found


def _carved(prefix: Prefix, lengths: Iterable[int]) -> list[Network]:
    """A network of each length, each at the start of the first gap that is large enough."""
    gaps = list(free_prefixes(prefix))
    chosen: list[Network] = []
    for length in lengths:
        gap = next((one for one in gaps if one.prefixlen <= length), None)
        if gap is None:
            raise DoesNotFit(
                _("%(prefix)s has no room for a network of length %(length)s.")
                % {"prefix": prefix, "length": length},
                hint=_("Ask for a smaller one, or of another prefix."),
            )
        taken: Any = next(gap.subnets(new_prefix=length))
        at = gaps.index(gap)
        gaps[at : at + 1] = sorted(gap.address_exclude(taken)) if gap != taken else []
        chosen.append(taken)
    return chosen


def _gaps(first: int, last: int, held: Iterable[Gap]) -> Iterator[Gap]:
    """What lies from `first` to `last` beside the ranges `held`, which come in order.

    >>> list(_gaps(0, 9, [(0, 3), (1, 2), (6, 6)]))
    [(4, 5), (7, 9)]
    """
    at = first
    for start, end in held:
        if start > at:
            yield at, min(start - 1, last)
        at = max(at, end + 1)
        if at > last:
            return
    if at <= last:
        yield at, last


def _addresses_in(prefix: Prefix) -> Iterator[Gap]:
    rows = IPAddress.objects.filter(
        vrf=prefix.vrf_id, host_key__gte=prefix.first_key, host_key__lte=prefix.last_key
    )
    for key in rows.order_by("host_key").values_list("host_key", flat=True).iterator():
        number = int(address_at(key))
        yield number, number


def _prefixes_in(prefix: Prefix) -> Iterator[Gap]:
    rows = Prefix.objects.filter(
        vrf=prefix.vrf_id, first_key__gte=prefix.first_key, last_key__lte=prefix.last_key
    )
    ends = rows.exclude(first_key=prefix.first_key, last_key=prefix.last_key)
    for first, last in ends.order_by("first_key").values_list("first_key", "last_key").iterator():
        yield int(address_at(first)), int(address_at(last))


def _at(prefix: Prefix, number: int) -> Any:
    """The address that a number stands for in the prefix's family."""
    return type(prefix.network.network_address)(number)
