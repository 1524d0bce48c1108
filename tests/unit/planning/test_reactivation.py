"""Reactivation plans: what comes back where, and what does not."""

from __future__ import annotations

import json

import pytest

from dcim.planning.document import AppLine, Outcome, PlanDocument, encode
from dcim.planning.estate import Provider, Snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.rules import violations
from dcim.planning.snapshot import encode as encode_snapshot
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import (
    AppKind,
    Blocker,
    ClusterStatus,
    DataClass,
    ProviderKind,
    SystemCategory,
    Verdict,
    VirtualMachineStatus,
)
from tests.plan_checker import complaints
from tests.snapshots import PROVIDERS, active, app, cluster, grant, paser, snapshot, tier, vm

ONE, TWO, FOUR = (Amounts(2 * n, 4096 * n, 50 * n) for n in (1, 2, 4))
CURED = Stance.BLOCKERS_CURED


def plan(whole: Snapshot, stance: Stance = Stance.AS_DECLARED) -> PlanDocument:
    """The plan for `whole`, once the independent judge has nothing to say against it."""
    document = plan_reactivation(whole, stance)
    assert complaints(json.loads(encode_snapshot(whole)), json.loads(encode(document))) == []
    assert violations(document) == []
    return document


def line(document: PlanDocument, code: str) -> AppLine:
    return next(one for one in document.apps if one.code == code)


def outcomes(document: PlanDocument) -> dict[str, str]:
    return {one.code: one.outcome.value for one in document.apps}


def test_an_app_that_lacks_a_server_comes_back_in_our_cluster() -> None:
    found = line(plan(snapshot(app("A"), cluster(ONE))), "A")
    assert (found.outcome, found.pool, found.order) == (Outcome.REVIVE, "cluster:KVM", 1)


def test_what_runs_stays_where_it_is() -> None:
    document = plan(snapshot(active("A"), cluster(ONE), vm("a", "A/web", host="kvm-h1")))
    (kept,) = document.targets[0].vms
    assert (kept.change.value, kept.host, line(document, "A").outcome) == (
        "keep",
        "kvm-h1",
        "stays",
    )


def test_a_national_system_stays_without_machines() -> None:
    national = active("SIPD", kind=AppKind.SHARED_NATIONAL, provider="kementerian", workloads=())
    found = line(plan(snapshot(national, cluster(ONE))), "SIPD")
    assert (found.outcome, found.pool) == (Outcome.STAYS, "")


@pytest.mark.parametrize("blocker", [Blocker.DOMAIN, Blocker.CODE, Blocker.OPERATOR])
def test_what_no_capacity_cures_is_repaired_first_and_keeps_its_machines(blocker: Blocker) -> None:
    idle = snapshot(app("A", blocker=blocker), cluster(ONE), vm("a", "A/web"))
    document = plan(idle)
    assert line(document, "A").outcome is Outcome.REPAIR
    assert [one.name for one in document.targets[0].vms] == ["a"]


def test_once_blockers_are_cured_an_app_comes_back_on_the_machines_it_holds() -> None:
    idle = snapshot(app("A", blocker=Blocker.CODE), cluster(ONE), vm("a", "A/web"))
    document = plan(idle, CURED)
    assert line(document, "A").outcome is Outcome.REVIVE
    assert [one.change.value for one in document.targets[0].vms] == ["keep"]


@pytest.mark.parametrize("stance", Stance)
def test_a_superseded_app_is_retired_and_its_machines_reclaimed(stance: Stance) -> None:
    document = plan(
        snapshot(app("A", blocker=Blocker.SUPERSEDED), cluster(ONE), vm("a", "A/web")), stance
    )
    (gone,) = document.targets[0].reclaim
    assert (line(document, "A").outcome, gone.reason) == (Outcome.RETIRE, "superseded")


def test_a_verdict_to_migrate_wins_over_a_blocker() -> None:
    document = plan(snapshot(app("A", verdict=Verdict.MIGRATE), cluster(ONE)), CURED)
    assert line(document, "A").outcome is Outcome.MIGRATE


def test_a_machine_shared_with_an_active_app_is_not_reclaimed() -> None:
    old = app("OLD", blocker=Blocker.SUPERSEDED)
    document = plan(snapshot(old, active("A"), cluster(ONE), vm("both", "A/web", "OLD/web")))
    assert document.targets[0].reclaim == ()


def test_a_machine_being_decommissioned_goes_unless_something_active_is_on_it() -> None:
    leaving = VirtualMachineStatus.DECOMMISSIONING
    machines = (vm("idle", status=leaving), vm("busy", "A/web", status=leaving))
    document = plan(snapshot(active("A"), cluster(FOUR), *machines))
    assert [one.name for one in document.targets[0].reclaim] == ["idle"]


def test_reclaimed_room_is_given_to_what_comes_back() -> None:
    full = cluster(ONE)
    document = plan(
        snapshot(app("NEW"), app("OLD", blocker=Blocker.SUPERSEDED), full, vm("o", "OLD/web"))
    )
    assert outcomes(document) == {"NEW": "revive_after_reclaim", "OLD": "retire"}
    assert line(document, "NEW").after_reclaim == ("kvm/o",)


def test_our_clusters_come_before_the_grant_of_the_pdn() -> None:
    assert line(plan(snapshot(app("A"), cluster(ONE), grant(FOUR))), "A").pool == "cluster:KVM"


def test_what_our_clusters_lack_the_pdns_grant_gives() -> None:
    document = plan(snapshot(app("A"), grant(FOUR)))
    (made,) = document.targets[0].vms
    assert (line(document, "A").pool, made.allocation) == ("allocation:G1", "G1")


def test_a_commercial_grant_is_not_filled_up() -> None:
    document = plan(snapshot(app("A"), grant(FOUR, provider="niaga")))
    assert line(document, "A").outcome is Outcome.REVIVE_ON_GRANT


def test_what_nothing_at_hand_can_take_is_asked_of_the_pdn() -> None:
    document = plan(snapshot(app("A")))
    assert line(document, "A").outcome is Outcome.REVIVE_ON_GRANT
    assert (document.ask.provider, document.ask.amounts) == ("pdn", ONE)


def test_where_room_is_short_the_higher_category_comes_back_and_the_other_waits() -> None:
    strategic = app("Z", category=SystemCategory.STRATEGIC)
    document = plan(snapshot(app("A"), strategic, cluster(ONE)))
    assert outcomes(document) == {"A": "revive_on_grant", "Z": "revive"}


def test_within_a_category_the_one_with_more_users_comes_back() -> None:
    document = plan(snapshot(app("A"), app("Z", users_per_month=500), cluster(ONE)))
    assert outcomes(document) == {"A": "revive_on_grant", "Z": "revive"}


def test_of_equals_the_smaller_is_asked_for() -> None:
    large = app("A", tier("web", "4", memory_mib=8192, storage_gib=100))
    document = plan(snapshot(large, app("B"), cluster(TWO)))
    assert document.ask.amounts == ONE


def test_an_app_without_what_it_needs_is_left_out_with_the_name() -> None:
    gateway = app("GW", blocker=Blocker.OPERATOR)
    found = line(plan(snapshot(app("A", hard=("GW",)), gateway, cluster(FOUR))), "A")
    assert found.outcome is Outcome.LEFT_OUT
    assert "It rests on GW, which is not up in this plan (outcome: repair)" in found.reason


def test_what_is_needed_comes_up_first() -> None:
    gateway = app("GW", blocker=Blocker.OPERATOR)
    document = plan(snapshot(app("A", hard=("GW",)), gateway, cluster(FOUR)), CURED)
    assert {one.code: one.order for one in document.apps} == {"A": 2, "GW": 1}


def test_apps_that_need_each_other_come_up_in_one_step() -> None:
    document = plan(snapshot(app("A", hard=("B",)), app("B", hard=("A",)), cluster(TWO)))
    assert {one.outcome.value: one.order for one in document.apps} == {"revive": 1}


def test_apps_that_need_each_other_both_wait_when_one_must() -> None:
    document = plan(snapshot(app("A", hard=("B",)), app("B", hard=("A",)), cluster(ONE)))
    assert {*outcomes(document).values()} == {"revive_on_grant"}
    assert document.ask.amounts == ONE


def test_a_soft_dependency_keeps_nothing_down() -> None:
    gateway = app("GW", blocker=Blocker.OPERATOR)
    found = line(plan(snapshot(app("A", soft=("GW",)), gateway, cluster(FOUR))), "A")
    assert found.outcome is Outcome.REVIVE


def only(*classes: DataClass) -> tuple[Provider, ...]:
    pdn = Provider(slug="pdn", name="PDN", kind=ProviderKind.PDN, data_classes=classes)
    return (*PROVIDERS[:3], pdn)


def test_data_that_the_pdn_may_not_hold_do_not_go_there() -> None:
    secret = app("A", data_class=DataClass.CLOSED)
    found = line(plan(snapshot(secret, grant(FOUR), providers=only(DataClass.OPEN))), "A")
    assert found.outcome is Outcome.LEFT_OUT
    assert "PDN may not hold its data (closed)" in found.reason


def test_data_whose_class_is_not_stated_may_go_anywhere() -> None:
    document = plan(snapshot(app("A"), grant(FOUR), providers=only(DataClass.OPEN)))
    assert line(document, "A").outcome is Outcome.REVIVE


def test_without_a_pdn_on_record_an_app_without_room_is_left_out() -> None:
    found = line(plan(snapshot(app("A"), providers=PROVIDERS[:3])), "A")
    assert found.outcome is Outcome.LEFT_OUT
    assert "no PDN to ask" in found.reason


def test_a_machine_larger_than_our_largest_host_is_refused_by_name() -> None:
    found = line(plan(snapshot(app("A", tier("web", "4")), cluster(*[ONE] * 4))), "A")
    assert found.outcome is Outcome.REVIVE_ON_GRANT
    assert "lacks VCPU (asked 4, largest 2) in one machine for a-web-1" in found.reason


def test_where_sums_fit_but_no_host_does_the_app_waits_and_hears_it() -> None:
    big = app("A", tier("web", "4"), tier("db", "4"))
    hosts = cluster(Amounts(6, 9000, 200), Amounts(3, 9000, 200))
    document = plan(snapshot(big, hosts))
    assert document.objective.proved
    assert "has the sum" in line(document, "A").reason


def test_the_machines_of_an_app_stay_together() -> None:
    pair = app("A", tier("web"), tier("db"))
    document = plan(snapshot(pair, cluster(ONE), grant(ONE)))
    assert document.ask.amounts == TWO


def test_an_app_that_holds_part_of_its_machines_gets_the_rest_beside_them() -> None:
    pair = app("A", tier("web"), tier("db"))
    document = plan(snapshot(pair, cluster(TWO), grant(FOUR), vm("old", "A/web")))
    assert [one.name for one in document.targets[0].vms] == ["a-db-1", "old"]


def test_an_app_that_can_not_stay_whole_is_left_out() -> None:
    pair = app("A", tier("web"), tier("db"))
    found = line(plan(snapshot(pair, cluster(ONE), grant(FOUR), vm("old", "A/web"))), "A")
    assert found.outcome is Outcome.LEFT_OUT
    assert "cluster:KVM lacks VCPU (asked 2, free 0)" in found.reason


def test_instances_that_keep_apart_get_hosts_of_their_own() -> None:
    twins = app("A", tier("web", instances_wanted=2, anti_affinity=True))
    document = plan(snapshot(twins, cluster(FOUR, FOUR)))
    assert sorted(one.host or "" for one in document.targets[0].vms) == ["kvm-h1", "kvm-h2"]


def test_no_plan_adds_to_over_commitment() -> None:
    crowded = snapshot(app("A"), cluster(FOUR), *(vm(f"x{n}") for n in range(5)))
    document = plan(crowded)
    assert line(document, "A").outcome is Outcome.REVIVE_ON_GRANT
    assert document.targets[0].capacity[0].used_after == 10


def test_the_reserve_for_a_lost_host_is_not_given_away() -> None:
    document = plan(snapshot(app("A"), cluster(ONE, host_failures_to_survive=1)))
    assert line(document, "A").outcome is Outcome.REVIVE_ON_GRANT


def test_a_cluster_out_of_service_takes_nothing() -> None:
    document = plan(snapshot(app("A"), cluster(FOUR, status=ClusterStatus.OFFLINE)))
    assert line(document, "A").outcome is Outcome.REVIVE_ON_GRANT


def test_machines_planned_before_keep_their_room_and_are_made() -> None:
    promised = vm("p", status=VirtualMachineStatus.PLANNED)
    document = plan(snapshot(app("A"), cluster(ONE), promised))
    assert [(one.name, one.change.value) for one in document.targets[0].vms] == [("p", "create")]


def test_a_planned_machine_without_room_is_left_out_and_named() -> None:
    promised = vm("p", "A/web", status=VirtualMachineStatus.PLANNED)
    document = plan(snapshot(app("A"), cluster(ONE), vm("x"), promised))
    assert document.targets[0].vms[0].name == "x"
    assert line(document, "A").reason.endswith("Planned before, but without room: p.")


def test_a_machine_planned_where_its_data_may_not_be_is_not_made_there() -> None:
    secret = app("A", data_class=DataClass.CLOSED)
    fields = {"cluster": None, "allocation": "G1", "status": VirtualMachineStatus.PLANNED}
    promised = vm("p", "A/web", **fields)
    estate = snapshot(secret, cluster(ONE), grant(FOUR), promised, providers=only(DataClass.OPEN))
    document = plan(estate)
    assert {one.pool: [vm.name for vm in one.vms] for one in document.targets} == {
        "cluster:KVM": ["a-web-1"], "allocation:G1": [],
    }  # fmt: skip
    found = line(document, "A")
    assert found.outcome is Outcome.REVIVE
    assert found.reason.endswith("Planned before where it may not be held: p.")


def test_an_app_without_recorded_tiers_is_left_out_with_what_to_do() -> None:
    bare = app("A", workloads=())
    found = line(plan(snapshot(bare, cluster(FOUR))), "A")
    assert (found.outcome, "Record its workloads" in found.reason) == (Outcome.LEFT_OUT, True)


def test_an_empty_snapshot_gives_an_empty_plan() -> None:
    document = plan(snapshot())
    assert (document.targets, document.apps, document.objective.proved) == ((), (), True)


def test_the_register_as_declared_revives_the_five_that_lack_a_server() -> None:
    document = plan(paser())
    revived = {code for code, outcome in outcomes(document).items() if outcome == "revive"}
    assert revived == {"ELEARN", "RETRIBUSI", "SITARU", "WEB-MUARA-SAMU", "WEB-TANJUNG-HARAPAN"}
    assert document.objective.reclaimed == Amounts(18, 36 * 1024, 1450)


def test_the_register_with_blockers_cured_brings_back_all_26_not_superseded() -> None:
    found = [one.outcome.value for one in plan(paser(), CURED).apps]
    assert [found.count(one) for one in ("stays", "revive", "retire")] == [63, 26, 5]


def test_in_a_small_room_the_register_is_planned_with_proof_and_a_small_ask() -> None:
    document = plan(paser(hosts=6), CURED)
    assert document.objective.proved
    assert [one.outcome.value for one in document.apps].count("revive_on_grant") == 3


def test_the_api_gateway_comes_before_the_four_that_need_it() -> None:
    document = plan(paser(), CURED)
    after = {code: line(document, code).order for code in ("CMDCTR", "EMONEV", "PUSKESOS", "PJU")}
    assert (line(document, "APIGW").order, {*after.values()}) == (1, {2})


def test_every_app_of_the_31_has_a_sentence_that_says_why() -> None:
    inactive = [one for one in plan(paser()).apps if one.status == "inactive"]
    assert len(inactive) == 31
    assert all(one.reason.endswith(".") and len(one.reason) > 40 for one in inactive)


def test_new_machines_get_the_next_free_addresses_of_their_network() -> None:
    document = plan(paser())
    local = next(one for one in document.targets if one.pool == "cluster:KVM")
    fresh = [one.addresses for one in local.vms if one.change.value == "create"]
    assert len({*fresh}) == len(fresh) == 11


def test_a_plan_that_may_not_ask_leaves_out_what_is_short() -> None:
    whole = snapshot(app("A"), cluster(Amounts(1, 1024, 10)))
    document = plan_reactivation(whole, may_ask=False)
    found = line(document, "A")
    assert (found.outcome, document.ask.amounts) == (Outcome.LEFT_OUT, Amounts())
    assert "this plan asks for nothing" in found.reason
