"""Routing tables have each address once: judged between writers that do not see one another.

Writers into a table pass side by side; who changes what the table asks for, or writes an address
that several may share, is alone in it until the commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from dcim.record.networks.ipam import SHARED_ROLES, VRF, Claiming, IPAddress, Prefix
from dcim.vocabulary.errors import InvalidInput

SHARED: Final = sorted(role.value for role in SHARED_ROLES)
TABLE_LOCKS: Final = int.from_bytes(b"vrf", "big")  # the family of these locks
GLOBAL: Final = 0
AT_ONCE: Final = 5_000  # values in one statement


def claim_again(tables: Sequence[VRF]) -> None:
    """Let prefixes and addresses claim their place in `tables`, or give it up, as these say.

    Raises: InvalidInput when a table that wants each once has one twice.
    """
    _lock([one.pk for one in tables], alone=True)
    for table in tables:
        prefixes = Prefix.objects.filter(vrf=table)
        addresses = IPAddress.objects.filter(vrf=table)
        if not table.enforce_unique:
            prefixes.update(claim=None)
            addresses.update(claim=None)
            continue
        start = Value(f"{table.pk}:")
        prefixes.update(claim=Concat(start, F("prefix")))
        addresses.exclude(role__in=SHARED).update(claim=Concat(start, F("host_key")))
        shared = addresses.filter(role__in=SHARED).values("host_key")
        _check_apart(addresses.filter(host_key__in=shared), "enforce_unique")


def keep_prefixes_once(prefixes: Sequence[Prefix]) -> None:
    """Let `prefixes` claim what their tables ask for now.

    Raises: InvalidInput, by the database.
    """
    stated = [one for one in prefixes if one.vrf_id is not None]
    if stated:
        _lock({one.vrf_id or GLOBAL for one in stated}, alone=False)
        _correct(stated)


def keep_addresses_once(addresses: Sequence[IPAddress]) -> None:
    """Let `addresses` claim what their tables ask for now, none beside one that is shared.

    Raises: InvalidInput, naming the address.
    """
    tables = {one.vrf_id or GLOBAL for one in addresses}
    _lock(tables, alone=any(one.role in SHARED_ROLES for one in addresses))
    _correct([one for one in addresses if one.vrf_id is not None])
    keys = sorted({one.host_key for one in addresses})
    for start in range(0, len(keys), AT_ONCE):
        _check_apart(
            IPAddress.objects.filter(host_key__in=keys[start : start + AT_ONCE]), "address"
        )


def _lock(tables: Collection[int], *, alone: bool) -> None:
    """On SQLite a transaction has been the only writer since it began."""
    if connection.vendor == "postgresql":
        lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        with connection.cursor() as cursor:
            for table in sorted(tables):
                cursor.execute(f"SELECT {lock}(%s, %s)", [TABLE_LOCKS, table])


def _correct(written: Sequence[Claiming]) -> None:
    """Claim once more where a table was changed after the claim was made."""
    keys = {getattr(one, "vrf_id") for one in written}  # noqa: B009  both kinds have one
    tables = VRF.objects.in_bulk(keys) if keys else {}
    for one in written:
        claim = one.claim_in(tables.get(getattr(one, "vrf_id")))  # noqa: B009  as above
        if claim != one.claim:
            one.claim = claim
            one.save(update_fields=["claim"])


def _check_apart(rows: Iterable[IPAddress], field: str) -> None:
    """Refuse a host of which one address is shared and another is not, in tables that want one."""
    found: defaultdict[tuple[int | None, str], list[IPAddress]] = defaultdict(list)
    for one in rows:
        found[(one.vrf_id, one.host_key)].append(one)
    several = {key: some for key, some in found.items() if len(some) > 1}
    enforcing = VRF.objects.filter(pk__in={vrf for vrf, _host in several}, enforce_unique=True)
    wanting = {None, *enforcing.values_list("pk", flat=True)} if several else set()
    for (vrf, _host), some in several.items():
        normal = [one for one in some if one.role not in SHARED_ROLES]
        if vrf in wanting and normal:
            raise InvalidInput(
                _("%(address)s is one interface's own, and can't be shared beside that.")
                % {"address": normal[0]},
                field=field,
                hint=_("Give both a role that several may have, or choose another address."),
            )
