"""The plan of many regencies as JSON: who gets what, what the ceiling is worth, how good it is.

`regencies.schema.json` says what stands in it. Each regency's own plan is a document beside it,
named by its digest. Carries no clock time: same snapshots, same bytes.
"""

from __future__ import annotations

import json
from typing import Final

from dcim.planning.regencies.nation import NationalPlan, Share, gap
from dcim.planning.strict_json import JSONValue, canonical_bytes
from dcim.vocabulary.amounts import Amounts, ResourceClass

FORMAT: Final = "lumbung.regencies/1"
DIGITS: Final = 9


def encode(plan: NationalPlan) -> bytes:
    """The canonical bytes of `plan`."""
    return canonical_bytes(answer(plan))


def answer(plan: NationalPlan) -> dict[str, JSONValue]:
    """`plan` with stable keys."""
    return {
        "format": FORMAT,
        "stance": plan.stance.value,
        "ceiling": _by_class(plan.ceiling),
        "asked": _by_class(plan.asked),
        "objective": {
            "at_hand": _reached(plan.at_hand, plan.at_hand_bound),
            "once_granted": _reached(plan.weight, plan.bound),
        },
        "weight_per_unit": {str(one): round(plan.prices[one], DIGITS) for one in ResourceClass},
        "rounds": plan.rounds,
        "is_complete": plan.is_complete,
        "regencies": [_share(one) for one in plan.shares],
    }


def _share(share: Share) -> dict[str, JSONValue]:
    plan = share.plan
    return {
        "name": share.name,
        "digest": json.loads(plan.document)["digest"],
        "apps": {
            "at_hand": plan.apps_at_hand,
            "once_granted": plan.apps_waiting,
            "left_out": plan.apps_left,
        },
        "asked": _by_class(plan.column.asked),
        "would_ask": _by_class(share.whole.asked),
        "at_hand": _reached(plan.at_hand, plan.at_hand_bound),
        "weight": plan.column.weight,
        "would_weigh": share.whole.weight,
    }


def _reached(weight: int, bound: int) -> dict[str, JSONValue]:
    return {"weight": weight, "bound": bound, "gap": gap(weight, bound), "proved": weight == bound}


def _by_class(amounts: Amounts) -> dict[str, JSONValue]:
    return {str(one): amount for one, amount in amounts.as_mapping().items()}
