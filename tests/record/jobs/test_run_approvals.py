"""What is not approved: what has moved already, and what nobody is known to have asked for."""

from __future__ import annotations

import pytest

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.plans.making import planning_serial, store_plan
from dcim.actions.provisioning.approvals import approve_preview
from dcim.record.places.sites import Site
from dcim.record.planner.plans import PlanApproval, ProvisioningRun
from dcim.vocabulary.errors import Refused, UnknownThing
from provisioning.runs.management.running import actor_of
from tests.factories import TESTER, make, make_user, member
from tests.plan_documents import document

pytestmark = pytest.mark.django_db
BASES = [{"target": "pdr-kvm", "engine_plan": "a" * 64, "state": "b" * 64, "steps": "c" * 64}]


def test_what_has_moved_or_was_asked_by_nobody_known_is_not_approved() -> None:
    make(Site)
    make_user("teknisi")
    approver = Actor.of(member(make_user("penyetuju"), "approver"))
    plan = store_plan(document(base_serial=planning_serial()), by=Actor.system("plan"))
    preview = ProvisioningRun.objects.create(
        plan=plan, status="ended", outcome="changes", report={"targets": []}, bases=BASES
    )
    with pytest.raises(Refused, match="Nobody is known"):
        approve_preview(preview, digest=plan.digest, by=approver)
    with pytest.raises(UnknownThing, match="no active user"):
        actor_of("siapa", "preview")
    ProvisioningRun.objects.update(requested_by=actor_of("teknisi", "preview").user)
    record.create(Site, {"name": "DRC Balikpapan", "slug": "drc"}, by=TESTER)
    with pytest.raises(Refused, match=r"can't be approved any more: .*\(DRC Balikpapan\)"):
        approve_preview(preview, digest=plan.digest, by=approver)
    assert not PlanApproval.objects.exists()
