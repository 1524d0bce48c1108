"""Room that the sample has of others: providers, their grants, and the clusters drawing on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.record.networks.virtualization import Cluster, ClusterType
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Allocation, Provider
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import ProviderKind

PROVIDERS: Final = (
    ("paser", "Pemerintah Kabupaten Paser", ProviderKind.REGENCY),
    ("pdn", "Pusat Data Nasional", ProviderKind.PDN),
    ("awan-nusa", "Awan Nusa (penyedia contoh)", ProviderKind.COMMERCIAL),
    ("kementerian", "Kementerian dan Lembaga", ProviderKind.MINISTRY),
)
VALID_FROM: Final = date(2026, 1, 1)
VALID_UNTIL: Final = date(2030, 12, 31)
# The PDN gave a little more than the eight apps there take; the contract covers its five exactly.
PDN_GRANT: Final = Amounts(48, 104 * 1024, 2_000)
CONTRACT: Final = Amounts(22, 44 * 1024, 1_260)


@dataclass(frozen=True, slots=True)
class GrantedRoom:
    """A grant and the cluster, without hosts of ours, whose machines draw on it."""

    cluster: Cluster
    allocation: Allocation


def create_providers(*, by: Actor) -> dict[ProviderKind, Provider]:
    """One provider of each kind."""
    values = [{"slug": slug, "name": name, "kind": kind.value} for slug, name, kind in PROVIDERS]
    providers = record.create_many(Provider, values, by=by)
    return {kind: one for (_, _, kind), one in zip(PROVIDERS, providers, strict=True)}


def place_provider(provider: Provider, sites: list[Site], *, by: Actor) -> None:
    """Note the sites that are the regency's own."""
    record.update(provider, {"sites": sites}, by=by)


def create_grants(
    providers: Mapping[ProviderKind, Provider], *, by: Actor
) -> dict[ProviderKind, GrantedRoom]:
    """The PDN's grant and the contract with the commercial provider, each with its cluster."""
    cloud = record.create(ClusterType, {"name": "Awan penyedia", "slug": "awan"}, by=by)
    designs = (
        (ProviderKind.PDN, "PDN", "PDN-2026-001", "B-101/PDN/2026", PDN_GRANT),
        (ProviderKind.COMMERCIAL, "AWAN-NUSA", "KONTRAK-2026-014", "027/014/2026", CONTRACT),
    )
    clusters = record.create_many(
        Cluster,
        [
            {
                "name": name,
                "type": cloud,
                "provider": providers[kind],
                "host_failures_to_survive": 0,
            }
            for kind, name, *_ in designs
        ],
        by=by,
    )
    grants = record.create_many(
        Allocation,
        [
            {
                "reference": reference,
                "provider": providers[kind],
                "vcpus": amounts.vcpus,
                "memory_mib": amounts.memory_mib,
                "storage_gib": amounts.storage_gib,
                "letter_number": letter,
                "letter_date": VALID_FROM,
                "valid_from": VALID_FROM,
                "valid_until": VALID_UNTIL,
            }
            for kind, _, reference, letter, amounts in designs
        ],
        by=by,
    )
    return {
        design[0]: GrantedRoom(cluster, grant)
        for design, cluster, grant in zip(designs, clusters, grants, strict=True)
    }
