"""Plan documents for tests: small ones by default, any size on request, all of them right."""

from __future__ import annotations

from dataclasses import replace

from dcim.planning.document import (
    AppLine,
    Ask,
    CapacityLine,
    Change,
    DocumentKind,
    Network,
    Objective,
    Outcome,
    PlanDocument,
    PlannedVM,
    Target,
    amounts_of,
    digest_of,
)
from dcim.vocabulary.amounts import Amounts, ResourceClass


def vm(name: str = "simpeg-app-1", **fields: object) -> PlannedVM:
    """A machine of 2 vCPUs, 2 GiB memory and 20 GiB storage; the app is the name's first word."""
    defaults = {
        "vcpus": 2,
        "memory_mib": 2048,
        "storage_gib": 20,
        "app": name.split("-")[0].upper(),
    }
    return PlannedVM(name=name, **{**defaults, "network": "apps", "workloads": ("app",), **fields})  # type: ignore[arg-type]


def app_vms(count: int, change: Change, first: int = 0, **fields: object) -> tuple[PlannedVM, ...]:
    """`count` machines app000-1, app001-1, …, each of its own app, with addresses."""
    return tuple(
        vm(
            f"app{n:03d}-1",
            change=change,
            addresses=(f"10.64.{n // 200}.{n % 200 + 10}/16",),
            **fields,
        )
        for n in range(first, first + count)
    )


def target(
    name: str = "pdr-kvm",
    *,
    hypervisor: str = "",
    vms: tuple[PlannedVM, ...] = (),
    reclaim: tuple[PlannedVM, ...] = (),
    **fields: object,
) -> Target:
    """A target with one network, “apps”, and room for everything that is in it."""
    whole = Target(
        name=name,
        pool=f"cluster:{name.upper()}",
        provider="paser",
        hypervisor=hypervisor,
        networks=(Network(name="apps", cidr="10.64.0.0/16", vlan=10),),
        vms=vms,
        reclaim=reclaim,
    )
    return replace(whole, **{"capacity": capacity(whole), **fields})  # type: ignore[arg-type]


def capacity(of: Target) -> tuple[CapacityLine, ...]:
    """Lines with twice the room that the target needs."""
    before, after = amounts_of(of.standing), amounts_of(of.vms)
    return tuple(
        CapacityLine(
            resource_class=resource_class,
            total=2 * max(before[resource_class], after[resource_class], 1),
            used_before=before[resource_class],
            used_after=after[resource_class],
        )
        for resource_class in ResourceClass
    )


def document(*targets: Target, **fields: object) -> PlanDocument:
    """A plan over `targets` (one small one by default), with a line per app, sealed."""
    targets = targets or (
        target(
            vms=(vm(), vm("sipp-web-1", change=Change.CREATE)),
            reclaim=(vm("lama-app-1", change=Change.RECLAIM, reason="superseded"),),
        ),
    )
    whole = PlanDocument(
        kind=DocumentKind.PLAN,
        name="reactivation",
        stance="as-declared",
        base_serial=12,
        targets=targets,
        ask=Ask(
            provider="pdn",
            amounts=Amounts(2, 2048, 20),
            vms=(vm("perizinan-web-1", change=Change.CREATE),),
        ),
        apps=app_lines(targets),
        objective=Objective(revived=1, revived_weight=3, bound=3, proved=True),
    )
    changed = replace(whole, **fields)  # type: ignore[arg-type]
    return replace(changed, digest=digest_of(changed))


def without_machines(plan: PlanDocument, *, reclaims: bool) -> PlanDocument:
    """`plan` with nothing on its first target any more: because all is to go, or by mistake."""
    there = plan.targets[0]
    going = tuple(replace(one, change=Change.RECLAIM, reason="retired") for one in there.vms)
    bare = replace(there, vms=(), networks=(), reclaim=going if reclaims else ())
    return document(replace(bare, capacity=capacity(bare)))


def app_lines(targets: tuple[Target, ...]) -> tuple[AppLine, ...]:
    """One line per app of the machines: what is created revives it, what goes retires it."""
    outcomes = {
        Change.KEEP: Outcome.STAYS,
        Change.CREATE: Outcome.REVIVE,
        Change.RECLAIM: Outcome.RETIRE,
    }
    lines = {
        machine.app: AppLine(
            code=machine.app,
            name=f"Aplikasi {machine.app}",
            owner="bkpsdm",
            status="active" if machine.change is Change.KEEP else "inactive",
            outcome=outcomes[machine.change],
            pool=one.pool,
            reason=machine.reason,
        )
        for one in targets
        for machine in (*one.reclaim, *one.vms)
    }
    return tuple(lines[code] for code in sorted(lines))
