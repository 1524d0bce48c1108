"""The negotiation curve: what each part of the ask brings back, and what the next unit buys."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO
from xml.etree import ElementTree as Xml

import pytest

from dcim.planning.estate import Provider, Snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.scenarios.curve import Curve, negotiation_curve
from dcim.planning.scenarios.curve_answers import (
    answer_of_curve,
    csv_of_curve,
    curve_of_answer,
)
from dcim.planning.scenarios.plot import PlotWords, plot_of
from dcim.planning.watch import Recorded
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.choices import ProviderKind, SystemCategory
from dcim.vocabulary.errors import InvalidInput
from tests.snapshots import active, app, cluster, grant, snapshot, tier, vm

# Each of the four asks 2 vCPUs, 4 GiB and 50 GiB; the cluster has no room.
FOUR = snapshot(
    app("A", category=SystemCategory.STRATEGIC, users_per_month=900),
    app("B", category=SystemCategory.HIGH),
    app("C"),
    app("D"),
    cluster(Amounts(1, 1024, 10)),
)


def curve(whole: Snapshot = FOUR, step: int = 250) -> Curve:
    return negotiation_curve(whole, step=step)


def test_each_part_of_the_ask_revives_what_weighs_most() -> None:
    found = curve()
    assert found.asked == Amounts(8, 16384, 200)
    assert [(one.share, one.gained, len(one.reached.revived)) for one in found.points] == [
        (0, (), 0),
        (250, ("A",), 1),
        (500, ("B",), 2),
        (750, ("C",), 3),
        (1000, ("D",), 4),
    ]
    assert (found.points[1].reached.weight, found.points[1].reached.users_per_month) == (409, 900)
    assert all(one.reached.proved and one.reached.gap == 0 for one in found.points)


def test_breakpoints_are_found_between_the_steps() -> None:
    found = curve(step=1000)
    assert [one.share for one in found.points] == [0, 250, 500, 750, 1000]
    assert [one.is_breakpoint for one in found.points] == [False, True, True, True, True]


def test_the_next_unit_of_one_class_buys_an_app_where_the_others_are_granted() -> None:
    found = curve()
    memory = [one for one in found.purchases if one.resource_class is ResourceClass.MEMORY_MIB]
    assert [(one.amount, one.gained) for one in memory] == [
        (0, ()),
        (8192, ("A", "B")),
        (16384, ("C", "D")),
    ]


def test_the_whole_ask_revives_all_that_waited_for_it_beside_a_grant_that_it_has() -> None:
    """A lacks a machine beside the one that stands on a grant: another grant of the PDN will do."""
    whole = snapshot(
        app("A", tier("web", instances_wanted=2)),
        active("B"),
        grant(Amounts(2, 4096, 50)),
        vm("a", "A/web", cluster=None, allocation="G1"),
        replace(cluster(Amounts(1, 1024, 10)), name="K"),
    )
    assert plan_reactivation(whole).ask.amounts == Amounts(2, 4096, 50)
    assert negotiation_curve(whole).points[-1].reached.revived == ("A",)


def test_half_of_it_is_what_the_last_point_up_to_there_brings_back() -> None:
    assert curve(step=300).at(500).reached.revived == ("A", "B")
    assert curve().at(499).reached.revived == ("A",)


def test_a_larger_app_takes_the_place_of_smaller_ones() -> None:
    big = app("BIG", tier(vcpus="6", memory_mib=12288, storage_gib=150), users_per_month=9900)
    small = [app(code) for code in "CD"]
    found = curve(snapshot(big, *small, cluster(Amounts(1, 1024, 10))), step=100)
    # 10 vCPUs are asked: from 4 on C and D come back (200); from 6 on BIG alone weighs 199.
    assert [one.gained for one in found.points if one.gained] == [("C",), ("D",), ("BIG",), ("D",)]
    assert [one.lost for one in found.points if one.lost] == [("D",)]


def test_nothing_is_asked_where_everything_fits() -> None:
    found = curve(snapshot(app("A"), cluster(Amounts(8, 16384, 500))))
    assert (found.asked, found.purchases) == (Amounts(), ())
    assert [one.reached.revived for one in found.points] == [("A",)]


def test_it_may_be_stopped_with_what_it_has() -> None:
    watch = Recorded(stop_at=2)
    found = negotiation_curve(FOUR, watch=watch)
    assert (found.is_complete, found.points[0].share, found.purchases) == (False, 0, ())
    assert len(watch.reports) <= 4


@pytest.mark.parametrize("step", [0, -10, 1001])
def test_a_step_that_is_none_is_refused(step: int) -> None:
    with pytest.raises(InvalidInput, match="is not a step"):
        curve(step=step)


def test_an_ask_of_nobody_is_refused() -> None:
    regency = Provider(slug="paser", kind=ProviderKind.REGENCY)
    alone = replace(FOUR, providers=(regency,))
    with pytest.raises(InvalidInput, match="no PDN"):
        negotiation_curve(alone, asked=Amounts(1, 1, 1))


def test_files_say_what_the_curve_says() -> None:
    found = curve()
    rows = list(csv.DictReader(StringIO(csv_of_curve(found))))
    answer = answer_of_curve(found)
    shares = [row for row in rows if row["short"] == "all"]
    assert [row["gained"] for row in shares] == ["", "A", "B", "C", "D"]
    assert [float(row["share_percent"]) for row in shares] == [
        point["share_percent"] for point in answer["points"]
    ]
    memory = [row for row in rows if row["short"] == "MEMORY_MIB"]
    assert [(row["vcpu"], row["memory_mib"], row["gained"]) for row in memory] == [
        ("8", "0", ""),
        ("8", "8192", "A B"),
        ("8", "16384", "C D"),
    ]
    assert curve_of_answer(answer) == found
    svg = Xml.fromstring(plot_of(found, PlotWords("<t>", "d", "share", "weight")))
    texts = [one.text for one in svg.iter() if one.tag.endswith("text")]
    assert [text for text in texts if text and text[0] == "+"] == ["+A", "+B", "+C", "+D"]
