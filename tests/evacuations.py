"""Random floors, a judge of evacuations, and exhaustive search; no code of the solver in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

from hypothesis import strategies as st

from dcim.planning.capacity.evacuation import Loss
from dcim.planning.capacity.floor import Floor, Occupant
from dcim.planning.capacity.repack import Move
from dcim.planning.estate import Carried, Cluster, Host
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import DeviceStatus

HOSTS = ("h1", "h2", "h3", "h4")
TIERS = (Carried(app="A", tier="web"), Carried(app="B", tier="db"))
SIZES = st.builds(
    Amounts, st.integers(0, 3), st.sampled_from([0, 1024, 2048, 4096]), st.integers(0, 40)
)


@st.composite
def random_floors(draw: st.DrawFn) -> Floor:
    """A few hosts and machines, tight and crooked: over-committed, uneven, homeless, apart."""
    names = HOSTS[: draw(st.integers(1, 4))]
    cluster = Cluster(
        name="K",
        host_failures_to_survive=draw(st.integers(0, 2)),
        vcpu_allocation_ratio=draw(st.sampled_from([1.0, 1.15, 2.0])),
        reserved=draw(st.sampled_from([Amounts(), Amounts(), Amounts(1, 1024, 10)])),
        hosts=tuple(
            Host(
                name=name,
                status=draw(st.sampled_from([DeviceStatus.ACTIVE] * 4 + [DeviceStatus.FAILED])),
                amounts=draw(st.sampled_from([Amounts(4, 8192, 100), Amounts(3, 6144, 60)])),
            )
            for name in names
        ),
    )
    on = [host.name for host in cluster.active_hosts]
    count = draw(st.integers(0, 6))
    return Floor(
        cluster,
        tuple(
            Occupant(
                id=str(at),
                name=f"vm-{at}",
                amounts=draw(SIZES),
                host=draw(st.sampled_from([*on, *on, ""])),
                apart=draw(st.sampled_from([(), (), TIERS[:1], TIERS[1:], TIERS])),
            )
            for at in range(count)
        ),
    )


def evacuation_complaints(floor: Floor, loss: Loss) -> list[str]:
    """What is wrong with the plan that is to prove that `loss` is survived."""
    leaving = {one.id for one in floor.occupants if one.host in {"", *loss.hosts}}
    moved = [move.machine.id for move in loss.moves]
    found = [] if sorted(moved) == sorted(leaving) else ["not each leaving machine moves once"]
    return found + list(_misfits(floor, loss.hosts, loss.moves))


def fits_at_all(floor: Floor, lost: Sequence[str]) -> bool:
    """Whether any way of placing the leaving machines passes the judge, by trying all."""
    leaving = [one for one in floor.occupants if one.host in {"", *lost}]
    hosts = [host.name for host in floor.cluster.active_hosts if host.name not in lost]
    return any(
        not any(_misfits(floor, lost, [Move(*pair) for pair in zip(leaving, way, strict=True)]))
        for way in product(hosts, repeat=len(leaving))
    )


def _misfits(floor: Floor, lost: Sequence[str], moves: Sequence[Move]) -> Iterator[str]:
    staying = [host for host in floor.cluster.active_hosts if host.name not in lost]
    if any(move.host not in {host.name for host in staying} for move in moves):
        yield "a machine goes where no host is"
        return
    ratio = Fraction(str(floor.cluster.vcpu_allocation_ratio))
    reserve = floor.cluster.reserved
    for at, kind in enumerate(("vcpus", "memory_mib", "storage_gib")):
        times = ratio if at == 0 else Fraction(1)

        def of(amounts: Amounts, kind: str = kind) -> int:
            return int(getattr(amounts, kind))

        whole = (sum(of(host.amounts) for host in staying) - of(reserve)) * times
        if sum(of(one.amounts) for one in floor.occupants) > max(Fraction(0), whole):
            yield f"the reserve of {kind} is used"
        for host in staying:
            stood = sum(of(one.amounts) for one in floor.occupants if one.host == host.name)
            come = sum(of(move.machine.amounts) for move in moves if move.host == host.name)
            if come and stood + come > of(host.amounts) * times:
                yield f"{host.name} has too little {kind}"
    for move in moves:
        stood_there = [one for one in floor.occupants if one.host == move.host]
        came = [other.machine for other in moves if other.host == move.host and other != move]
        if any(set(move.machine.apart) & set(one.apart) for one in stood_there + came):
            yield f"{move.machine.name} stands beside one that it keeps apart from"
