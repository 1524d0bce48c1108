"""A plan of many regencies as lines: a row for each, the sums, and what the ceiling is worth."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from dcim.planning.regencies.nation import NationalPlan, Share, gap
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.units import MIB_PER_GIB


def as_lines(plan: NationalPlan, seconds: float) -> Iterator[str]:
    """The table, then the figures."""
    width = max(len(share.name) for share in plan.shares)
    yield (
        f"{_('Regency'):<{width}} {_('at hand'):>8} {_('granted'):>8} {_('left'):>6}"
        f" {'vCPU':>8} {_('GiB memory'):>11} {_('GiB storage'):>12}"
    )
    for share in plan.shares:
        yield f"{share.name:<{width}} {_apps(share)} {_amounts(share.plan.column.asked)}"
    yield ""
    yield f"{_('Asked'):<{width + 25}} {_amounts(plan.asked)}"
    yield f"{_('Ceiling'):<{width + 25}} {_amounts(plan.ceiling)}"
    yield ""
    yield _reached(_("At hand"), plan.at_hand, plan.at_hand_bound)
    yield _reached(_("Once granted"), plan.weight, plan.bound)
    yield _("One more of the ceiling brings back: %(worth)s.") % {"worth": _worth(plan)}
    yield _("%(regencies)s regencies, %(rounds)s rounds, %(seconds).1f s.") % {
        "regencies": len(plan.shares),
        "rounds": plan.rounds,
        "seconds": seconds,
    }
    if not plan.is_complete:
        yield _("Stopped: right, but perhaps farther from the best than need be.")


def _apps(share: Share) -> str:
    plan = share.plan
    return f"{plan.apps_at_hand:>8} {plan.apps_waiting:>8} {plan.apps_left:>6}"


def _amounts(amounts: Amounts) -> str:
    memory_gib = amounts.memory_mib / MIB_PER_GIB
    return f"{amounts.vcpus:>8} {memory_gib:>11.1f} {amounts.storage_gib:>12}"


def _reached(label: str, weight: int, bound: int) -> str:
    told = _("%(label)s: weight %(weight)s of at most %(bound)s, gap %(gap).3f %%") % {
        "label": label,
        "weight": weight,
        "bound": bound,
        "gap": gap(weight, bound) * 100,
    }
    return f"{told} ({_('proved best')})" if weight == bound else told


def _worth(plan: NationalPlan) -> str:
    per_gib = plan.prices[ResourceClass.MEMORY_MIB] * MIB_PER_GIB
    return _(
        "weight %(vcpu).2f per vCPU, %(memory).2f per GiB memory, %(storage).3f per GiB storage"
    ) % {
        "vcpu": plan.prices[ResourceClass.VCPU],
        "memory": per_gib,
        "storage": plan.prices[ResourceClass.STORAGE_GIB],
    }
