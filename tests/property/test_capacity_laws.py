"""Holdings add up to ledgers; what is said to fit does, and nothing above what is said at most."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations, combinations_with_replacement

from hypothesis import given
from hypothesis import strategies as st

from dcim.planning.capacity.fitting import Size, fitting
from dcim.planning.capacity.floor import Floor, Occupant
from dcim.planning.capacity.holdings import By, holdings
from dcim.planning.capacity.ledger import ledgers
from dcim.planning.estate import VM, Carried, Snapshot
from dcim.vocabulary.amounts import Amounts, total
from tests.evacuations import fits_at_all, random_floors
from tests.random_snapshots import snapshots

TRIED_BY_HAND = 2
NEW = (Carried(app="new", tier="new"),)


@given(snapshots(), st.sampled_from(By))
def test_the_parts_of_a_pool_add_up_to_its_ledger(snapshot: Snapshot, by: By) -> None:
    held = holdings(snapshot, by)
    for book in ledgers(snapshot):
        parts = [one for one in held if one.pool == book.pool]
        for name in ("used", "planned", "reclaimable"):
            assert total(getattr(one, name) for one in parts) == getattr(book, name)


@given(snapshots())
def test_owners_hold_what_their_apps_do_and_apps_what_their_tiers_do(snapshot: Snapshot) -> None:
    owners = {app.code: app.owner for app in snapshot.apps}
    by_app = [(one.pool, one.holder, one.used + one.planned) for one in holdings(snapshot, By.APP)]
    summed: Counter[tuple[str, str]] = Counter()
    for pool, code, amounts in by_app:
        summed[pool, owners.get(code, "")] += amounts.vcpus
    by_owner = holdings(snapshot, By.OWNER)
    told = {(one.pool, one.holder): one.used.vcpus + one.planned.vcpus for one in by_owner}
    assert +summed == +Counter(told)


@given(random_floors(), st.booleans())
def test_what_fits_was_shown_and_no_more_than_at_most_does(floor: Floor, apart: bool) -> None:
    floor = replace(floor, occupants=floor.occupants[:2])
    size = Size(Amounts(1, 2048, 20), apart)
    whole = Snapshot(
        clusters=(floor.cluster,),
        vms=tuple(
            VM(id=one.id, name=one.name, amounts=one.amounts, cluster="K", host=one.host or None)
            for one in floor.occupants
        ),
    )
    (book,) = ledgers(whole)
    found = fitting(book, size, floor)
    assert found.count <= found.at_most
    if found.count:
        shown = [host for host, some in found.hosts for _one in range(some)]
        assert len(shown) == found.count
        assert found.count > TRIED_BY_HAND or survives_by_trying(floor, size, shown)
    if found.at_most < TRIED_BY_HAND and book.is_open and len(floor.cluster.hosts) < 4:
        hosts = [host.name for host in floor.cluster.active_hosts]
        over_sums = not size.amounts.times(found.at_most + 1).fits_in(book.free)
        ways = combinations_with_replacement(hosts, found.at_most + 1)
        assert over_sums or not any(survives_by_trying(floor, size, way) for way in ways)


def survives_by_trying(floor: Floor, size: Size, hosts: list[str] | tuple[str, ...]) -> bool:
    if size.apart and len(set(hosts)) < len(hosts):
        return False
    new = tuple(
        Occupant(id=f"n{at}", name=f"n{at}", amounts=size.amounts, apart=NEW * size.apart)
        for at in range(len(hosts))
    )
    if not fits_at_all(replace(floor, occupants=(*floor.occupants, *new)), ()):
        return False
    placed = (replace(one, host=host) for one, host in zip(new, hosts, strict=True))
    full = replace(floor, occupants=(*floor.occupants, *placed))
    rooms = full.left()
    if any(not Amounts().fits_in(rooms[host]) for host in hosts):
        return False
    active = [host.name for host in floor.cluster.active_hosts]
    failures = min(floor.cluster.host_failures_to_survive, len(active))
    return all(fits_at_all(full, lost) for lost in combinations(active, failures))
