"""Addresses of the pages: a resource's at the path that it has in the API too, then our own."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, path

from dcim.catalog import BY_MODEL, RESOURCES, UNLOGGED
from dcim.catalog.resource import Resource
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.requests import AllocationRequest
from dcim.web.equipment.cables import PortChoicesView
from dcim.web.equipment.networks import GiveAddressView, GivePrefixView, GiveVlanView
from dcim.web.forms.choosing import ChoicesOfKindView, ChoicesView
from dcim.web.forms.edit import DeletePage
from dcim.web.frame.search import SearchPage
from dcim.web.objects.history import HistoryPage
from dcim.web.overrides import pages_of
from dcim.web.people.account import (
    OwnTokensPage,
    PasswordPage,
    RevokeTokenView,
    SetPasswordPage,
    SignInPage,
)
from dcim.web.planner.board import BoardPage
from dcim.web.planner.capacity.fitting import FittingPage
from dcim.web.planner.capacity.holdings import HoldingsPage
from dcim.web.planner.capacity.n_plus_one import NPlusOnePage
from dcim.web.planner.capacity.racks import RackLedgersPage
from dcim.web.planner.categories import CategoriesPage
from dcim.web.planner.commitments import DrawCommitmentView
from dcim.web.planner.comparison import ComparisonPage
from dcim.web.planner.drift.deeds import AcceptView, AsIsView, IgnoreView, RepairView, ScanView
from dcim.web.planner.drift.pages import DriftPage
from dcim.web.planner.emergency_book import EmergencyBookFileView, EmergencyBookPage
from dcim.web.planner.explain import ExplainPage
from dcim.web.planner.failure_pairs import FailurePairsPage
from dcim.web.planner.findings import FindingsPage
from dcim.web.planner.forecast import ForecastPage
from dcim.web.planner.grants.expiring import ExpiringGrantsPage, IdleRoomPage
from dcim.web.planner.graph import GraphPage
from dcim.web.planner.holding import MisplacedPage
from dcim.web.planner.home import HomePage
from dcim.web.planner.impact import ImpactPage
from dcim.web.planner.jobs import JobProgressPart, StopJobView
from dcim.web.planner.letters import LetterFileView, LetterPage
from dcim.web.planner.maintenance import MaintenancePage
from dcim.web.planner.order import OrderPage
from dcim.web.planner.planning.differences import PlanDifferencePage
from dcim.web.planner.planning.plan_deeds import DraftAskView, PlanChangesPage
from dcim.web.planner.planning.reclaim import GiveBackView, ReclaimPage, WaiveBackupView
from dcim.web.planner.plans import ApprovePlanView, MakePlanView, PlanDocumentView
from dcim.web.planner.pools import PoolsPage
from dcim.web.planner.provisioning.run_deeds import (
    ApplyRunView,
    ApproveRunView,
    AskRunView,
    RunProgressPart,
    StopRunView,
)
from dcim.web.planner.reports import CapacityReportFileView, CapacityReportPage
from dcim.web.planner.requests.grants import RenewGrantPage, ReturnGrantPage
from dcim.web.planner.requests.pages import BundlePage, TakeStepPage, WriteLinesPage
from dcim.web.planner.scenarios.curve import CurveFileView, CurvePage
from dcim.web.planner.scenarios.scenarios import ScenarioResultPage
from dcim.web.planner.single_points import SinglePointsPage


def resource_patterns(resource: Resource) -> Iterator[URLPattern]:
    """The six addresses of a resource, fewer for what is not written here."""
    pages = pages_of(resource.model)
    about, at, kind = {"resource": resource}, resource.path, resource.kind
    yield path(f"{at}/", pages.list.as_view(), about, name=f"{kind}_list")
    yield path(f"{at}/<int:pk>/", pages.detail.as_view(), about, name=f"{kind}_detail")
    if resource.model not in UNLOGGED:
        yield path(f"{at}/<int:pk>/history/", HistoryPage.as_view(), about, name=f"{kind}_history")
    if not resource.writable:
        return
    yield path(f"{at}/add/", pages.create.as_view(), about, name=f"{kind}_add")
    yield path(f"{at}/<int:pk>/edit/", pages.edit.as_view(), about, name=f"{kind}_edit")
    yield path(f"{at}/<int:pk>/delete/", DeletePage.as_view(), about, name=f"{kind}_delete")


urlpatterns: list[URLPattern] = [
    path("", HomePage.as_view(), name="home"),
    path("explain/", ExplainPage.as_view(), name="explain"),
    path("graph/", GraphPage.as_view(), name="graph"),
    path("impact/", ImpactPage.as_view(), name="impact"),
    path("findings/", FindingsPage.as_view(), name="findings"),
    path("maintenance/", MaintenancePage.as_view(), name="maintenance"),
    path("order/", OrderPage.as_view(), name="order"),
    path("single-points-of-failure/", SinglePointsPage.as_view(), name="single_points"),
    path("failure-pairs/", FailurePairsPage.as_view(), name="failure_pairs"),
    path("n-minus-one/", BoardPage.as_view(), name="board"),
    path("emergency-book/", EmergencyBookPage.as_view(), name="emergency_book"),
    path("emergency-book/<str:kind>/", EmergencyBookFileView.as_view(), name="emergency_book_file"),
    path("expiring-grants/", ExpiringGrantsPage.as_view(), name="expiring_grants"),
    path("idle-room/", IdleRoomPage.as_view(), name="idle_room"),
    path("misplaced-apps/", MisplacedPage.as_view(), name="misplaced_apps"),
    path("app-categories/", CategoriesPage.as_view(), name="app_categories"),
    path("rack-ledgers/", RackLedgersPage.as_view(), name="rack_ledgers"),
    path("holdings/", HoldingsPage.as_view(), name="holdings"),
    path("fitting/", FittingPage.as_view(), name="fitting"),
    path("n-plus-one/", NPlusOnePage.as_view(), name="n_plus_one"),
    path("reports/capacity/", CapacityReportPage.as_view(), name="capacity_report"),
    path(
        "reports/capacity.<str:form>",
        CapacityReportFileView.as_view(),
        name="capacity_report_file",
    ),
    path("forecast/", ForecastPage.as_view(), name="forecast"),
    path("drift/", DriftPage.as_view(), name="drift"),
    path("drift/scan/", ScanView.as_view(), name="scan_drift"),
    path("drift/as-is/", AsIsView.as_view(), name="preview_as_is"),
    path(
        "plugins/planner/drift-findings/<int:pk>/accept/",
        AcceptView.as_view(),
        name="accept_drift",
    ),
    path(
        "plugins/planner/drift-findings/<int:pk>/repair/",
        RepairView.as_view(),
        name="repair_drift",
    ),
    path(
        "plugins/planner/drift-findings/<int:pk>/ignore/",
        IgnoreView.as_view(),
        name="ignore_drift",
    ),
    path("pools/", PoolsPage.as_view(), name="pools"),
    path("sign-in/", SignInPage.as_view(), name="login"),
    path("account/password/", PasswordPage.as_view(), name="own_password"),
    path("account/tokens/", OwnTokensPage.as_view(), name="own_tokens"),
    path("account/tokens/<int:pk>/revoke/", RevokeTokenView.as_view(), name="revoke_token"),
    path("users/users/<int:pk>/password/", SetPasswordPage.as_view(), name="set_password"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path(
        "plugins/planner/commitments/<int:pk>/draw/",
        DrawCommitmentView.as_view(),
        name="draw_commitment",
    ),
    path("core/jobs/<int:pk>/progress/", JobProgressPart.as_view(), name="job_progress"),
    path("core/jobs/<int:pk>/stop/", StopJobView.as_view(), name="stop_job"),
    path("plugins/planner/plans/<int:pk>/run/", AskRunView.as_view(), name="ask_run"),
    *(
        path(f"plugins/planner/provisioning-runs/<int:pk>/{word}/", view.as_view(), name=name)
        for word, view, name in (
            ("progress", RunProgressPart, "run_progress"),
            ("stop", StopRunView, "stop_run"),
            ("approve", ApproveRunView, "approve_run"),
            ("apply", ApplyRunView, "apply_run"),
        )
    ),
    path(
        "plugins/planner/allocation-requests/bundle/", BundlePage.as_view(), name="bundle_requests"
    ),
    path(
        "plugins/planner/allocation-requests/<int:pk>/lines/",
        WriteLinesPage.as_view(),
        {"resource": BY_MODEL[AllocationRequest]},
        name="write_lines",
    ),
    path(
        "plugins/planner/allocation-requests/<int:pk>/take/<str:deed>/",
        TakeStepPage.as_view(),
        {"resource": BY_MODEL[AllocationRequest]},
        name="take_step",
    ),
    path(
        "plugins/planner/allocations/<int:pk>/return/",
        ReturnGrantPage.as_view(),
        {"resource": BY_MODEL[Allocation]},
        name="return_grant",
    ),
    path(
        "plugins/planner/allocations/<int:pk>/renew/",
        RenewGrantPage.as_view(),
        {"resource": BY_MODEL[Allocation]},
        name="renew_grant",
    ),
    path("plugins/planner/plans/make/", MakePlanView.as_view(), name="make_plan"),
    path(
        "plugins/planner/plans/<int:pk>/document/", PlanDocumentView.as_view(), name="plan_document"
    ),
    path(
        "plugins/planner/plans/<int:pk>/comparison/",
        ComparisonPage.as_view(),
        name="plan_comparison",
    ),
    path(
        "plugins/planner/scenarios/<int:pk>/result/",
        ScenarioResultPage.as_view(),
        name="scenario_result",
    ),
    path("plugins/planner/plans/<int:pk>/curve/", CurvePage.as_view(), name="plan_curve"),
    path(
        "plugins/planner/plans/<int:pk>/curve.<str:form>/",
        CurveFileView.as_view(),
        name="plan_curve_file",
    ),
    path(
        "plugins/planner/plans/<int:pk>/difference/",
        PlanDifferencePage.as_view(),
        name="plan_difference",
    ),
    path("plugins/planner/plans/<int:pk>/changes/", PlanChangesPage.as_view(), name="plan_changes"),
    path(
        "plugins/planner/plans/<int:pk>/draft-request/",
        DraftAskView.as_view(),
        name="draft_plan_ask",
    ),
    path("plugins/planner/plans/<int:pk>/reclaim/", ReclaimPage.as_view(), name="plan_reclaim"),
    path(
        "plugins/planner/plans/<int:pk>/waive-backup/",
        WaiveBackupView.as_view(),
        name="waive_backup",
    ),
    path("plugins/planner/plans/<int:pk>/give-back/", GiveBackView.as_view(), name="give_back"),
    path("plugins/planner/plans/<int:pk>/approve/", ApprovePlanView.as_view(), name="approve_plan"),
    path(
        "plugins/planner/allocation-requests/<int:pk>/letter/", LetterPage.as_view(), name="letter"
    ),
    path(
        "plugins/planner/allocation-requests/<int:pk>/letter.<str:form>",
        LetterFileView.as_view(),
        name="letter_file",
    ),
    path(
        "plugins/planner/allocation-requests/<int:pk>/annex.<str:form>",
        LetterFileView.as_view(),
        name="annex_file",
    ),
    path("ipam/prefixes/<int:pk>/give-address/", GiveAddressView.as_view(), name="give_address"),
    path("ipam/prefixes/<int:pk>/give-prefix/", GivePrefixView.as_view(), name="give_prefix"),
    path("ipam/vlan-groups/<int:pk>/give-vlan/", GiveVlanView.as_view(), name="give_vlan"),
    path("choices/", ChoicesOfKindView.as_view(), name="choices_of_kind"),
    path("choices/ports/", PortChoicesView.as_view(), name="choices_of_ports"),
    path("choices/<str:kind>/", ChoicesView.as_view(), name="choices"),
    path("search/", SearchPage.as_view(), name="search"),
    *(pattern for resource in RESOURCES for pattern in resource_patterns(resource)),
]
