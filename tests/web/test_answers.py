"""Pages that answer: impact, an app, pools, plans, runs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from dcim.actions import record
from dcim.actions.plans.making import store_plan
from dcim.planning.document import encode
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.organisation import Tenant
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Provider
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from dcim.web.values.addresses import page_of
from provisioning.engine.report import Action, Op, Result, Step, as_json, report_of, target_report
from tests.factories import TESTER, make, make_user, permit
from tests.plan_documents import document

pytestmark = pytest.mark.django_db


def app_in_a_rack(code: str = "SIMPEG", rack_name: str = "PDR-R01", **fields: Any) -> ServiceApp:
    rack = make(Rack, name=rack_name)
    cluster = make(Cluster)
    size = {"cpu_cores": 16, "memory_mib": 65_536, "storage_gib": 1000}
    host = make(
        Device, name=f"host-{rack_name}", site=rack.site, rack=rack, cluster=cluster, **size
    )
    machine = make(VirtualMachine, name=f"{code}-1".lower(), cluster=cluster, device=host)
    app = make(ServiceApp, code=code, **fields)
    make(Workload, app=app, name="app", virtual_machines=[machine])
    return app


def body(client: Client, address: str) -> str:
    return str(client.get(address).content.decode())


def codes(hits: Any) -> list[str]:
    return [hit.thing.name for hit in hits]


def test_a_lost_rack_takes_its_apps_along_with_a_chain_of_causes(admin_client: Client) -> None:
    app_in_a_rack()
    answer = admin_client.get("/impact/?failed=rack:PDR-R01").context["answer"]
    assert codes(answer.down) == ["SIMPEG"]
    chain = [link.name for link in answer.down[0].chain]
    assert chain == ["SIMPEG/app", "simpeg-1", "host-PDR-R01", "PDR-R01"]


def test_several_things_can_fail_at_once(admin_client: Client) -> None:
    app_in_a_rack("A", "R1")
    app_in_a_rack("B", "R2")
    answer = admin_client.get("/impact/?failed=rack:R1&failed=rack:R2").context["answer"]
    assert codes(answer.down) == ["A", "B"]


def test_an_app_that_does_not_run_is_told_apart(admin_client: Client) -> None:
    app_in_a_rack(status="inactive")
    answer = admin_client.get("/impact/?failed=rack:PDR-R01").context["answer"]
    assert (codes(answer.down), codes(answer.idle)) == ([], ["SIMPEG"])


@pytest.mark.parametrize("failed", ["rack:PDR-R99", "almari:1", "PDR-R01"])
def test_an_unknown_thing_is_said_at_the_question(failed: str, admin_client: Client) -> None:
    make(Rack, name="PDR-R01")
    answer = admin_client.get("/impact/", {"failed": failed})
    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()


def test_the_question_offers_what_can_fail(admin_client: Client) -> None:
    make(Rack, name="PDR-R01")
    assert '<option value="rack:PDR-R01">' in body(admin_client, "/impact/")


def test_an_app_shows_tiers_machines_and_what_it_rests_on(admin_client: Client) -> None:
    app = app_in_a_rack()
    page = body(admin_client, page_of(app))
    assert "1 / 1" in page
    assert page_of(VirtualMachine.objects.get()) in page
    assert '<svg class="chain"' in page
    assert re.search(
        rf'<a [^>]*class="part kind-rack[^>]*href="{page_of(Rack.objects.get())}"', page
    )


def test_an_app_names_whom_it_needs_and_who_needs_it(admin_client: Client) -> None:
    need = make(AppDependency)
    assert page_of(need.needs) in body(admin_client, page_of(need.app))
    assert page_of(need.app) in body(admin_client, page_of(need.needs))


def test_an_app_page_warns_of_tiers_with_too_few_instances(admin_client: Client) -> None:
    app = app_in_a_rack()
    assert "SIMPEG/app: 1 dari 2" not in body(admin_client, page_of(app))
    numbers = {"instances_wanted": 3, "instances_needed": 2}
    record.update(app.workloads.get(), numbers, by=TESTER)
    assert "SIMPEG/app: 1 dari 2" in body(admin_client, page_of(app))


def test_an_app_page_names_devices_that_carry_a_tier(admin_client: Client) -> None:
    device = make(Device, name="colo-1", site=make(Site, name="PDN Batam"))
    app = make(ServiceApp, code="BARE")
    make(Workload, app=app, name="app", devices=[device])
    shown = body(admin_client, page_of(app))
    assert "colo-1" in shown
    assert "PDN Batam" in shown
    assert "1 / 1" in shown


def test_an_app_page_says_who_runs_an_external_app(admin_client: Client) -> None:
    ministry = make(Provider, name="Ditjen Dukcapil", kind="ministry")
    shown = body(admin_client, page_of(make(ServiceApp, code="SIAK", provider=ministry)))
    assert "Dijalankan di tempat lain, oleh Ditjen Dukcapil" in shown
    assert "aplikasi eksternal" in shown


def test_an_external_app_can_fail_but_is_not_offered_for_work_of_ours(admin_client: Client) -> None:
    ministry = make(Provider, name="Ditjen Dukcapil", kind="ministry")
    make(ServiceApp, code="SIAK", provider=ministry)
    app_in_a_rack()
    names = {
        page: {name for name, _ in admin_client.get(f"/{page}/").context["offered"]}
        for page in ("impact", "maintenance")
    }
    assert names["impact"] - names["maintenance"] == {"app:SIAK"}


def test_a_cycle_of_apps_is_drawn(admin_client: Client) -> None:
    need = make(AppDependency)
    make(AppDependency, app=need.needs, needs=need.app)
    assert '<svg class="chain"' in body(admin_client, page_of(need.app))


def test_a_circle_of_apps_is_told_on_the_page_of_each_and_of_what_rests_on_it(
    admin_client: Client,
) -> None:
    a, b, c = (make(ServiceApp, code=code) for code in "ABC")
    for app, needed in ((a, b), (b, c), (c, b)):
        make(AppDependency, app=app, needs=needed)
    for app in (a, b, c):
        (circle,) = admin_client.get(page_of(app)).context["cycles"]
        assert [thing.name for thing in circle] == ["B", "C"]


def test_pools_show_capacity_use_and_room(admin_client: Client) -> None:
    app_in_a_rack()
    answer = admin_client.get("/pools/")
    (pool,) = answer.context["pools"]
    assert [line.total for line in pool.lines] == ["16", "64 GiB", "1.000 GiB"]


def test_a_stored_plan_shows_outcomes_the_ask_and_its_pools(admin_client: Client) -> None:
    plan = store_plan(document(), by=TESTER)
    page = body(admin_client, page_of(plan))
    assert "Diminta dari PDN" in page
    assert "hidupkan di sini" in page
    assert "perizinan-web-1" in page


def test_the_document_of_a_plan_is_handed_out_in_its_canonical_bytes(
    admin_client: Client,
) -> None:
    plan = store_plan(document(), by=TESTER)
    answer = admin_client.get(f"{page_of(plan)}document/")
    assert answer.content == encode(document())


def test_a_damaged_plan_is_refused_with_a_reason(admin_client: Client) -> None:
    damaged = {**json.loads(encode(document())), "name": "lain"}
    plan = Plan.objects.create(
        name="lain", stance="as-declared", base_serial=1, digest="d", document=damaged
    )
    answer = admin_client.get(page_of(plan))
    assert answer.status_code == 400
    assert "digest" in answer.content.decode()


def test_a_plan_is_made_at_the_press_of_a_button(admin_client: Client) -> None:
    app_in_a_rack(status="inactive", blocker="server")
    answer = admin_client.post("/plugins/planner/plans/make/", {"stance": "as-declared"})
    assert answer["Location"] == page_of(Plan.objects.get())
    assert body(admin_client, answer["Location"]).count("SIMPEG") >= 1


def test_an_unknown_stance_is_refused_with_the_known_ones(admin_client: Client) -> None:
    answer = admin_client.post("/plugins/planner/plans/make/", {"stance": "apa"})
    assert answer.status_code == 400
    assert "blockers-cured" in answer.content.decode()


def test_who_may_not_plan_has_no_button_and_no_way(client: Client) -> None:
    client.force_login(permit(make_user(), Plan))
    assert "plans/make/" not in body(client, "/plugins/planner/plans/")
    assert client.post("/plugins/planner/plans/make/").status_code == 403


def test_a_preview_shows_counts_apps_and_that_it_was_rehearsed(admin_client: Client) -> None:
    plan = store_plan(document(), by=TESTER)
    steps = (Step(Op.CREATE, "Domain", "sipp-web-1", "SIPP"),)
    target = target_report(document().targets[0], Result.CHANGES, steps=steps)
    report = json.loads(as_json(report_of(Action.PREVIEW, document(), [target])))
    run = ProvisioningRun.objects.create(
        plan=plan, kind="preview", outcome="changes", report=report
    )
    page = body(admin_client, page_of(run))
    assert "Latihan." in page
    assert "sipp-web-1" in page
    assert "SIPP" in page


def test_a_rack_leads_to_what_falls_without_it_even_if_another_bears_its_name(
    admin_client: Client,
) -> None:
    racks = [make(Rack, name="R01", site=make(Site, name=site)) for site in ("A", "B")]
    query = admin_client.get(page_of(racks[0])).context["impact_query"]
    (failed,) = admin_client.get(f"/impact/?{query}").context["answer"].failed
    assert (failed.name, failed.url) == ("A/R01", page_of(racks[0]))


def test_namesakes_among_machines_lead_to_their_own_pages(admin_client: Client) -> None:
    cluster = make(Cluster, name="K")
    machines = [
        make(VirtualMachine, name="web", cluster=cluster, tenant=make(Tenant)) for _ in "12"
    ]
    app = make(ServiceApp)
    make(Workload, app=app, virtual_machines=machines, instances_wanted=2, instances_needed=2)
    page = body(admin_client, page_of(app))
    chain = page[page.index('<svg class="chain"') :]
    assert [page_of(one) for one in machines if page_of(one) not in chain] == []
