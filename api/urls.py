"""Addresses of the REST API: derived ones for every resource, and the hand-written ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Model
from django.urls import URLPattern, path, re_path

from api.derive import actions_of, available_views, deed_views, discovery_views, view_set_for
from api.nouns.accounts import AuthenticationCheck, ProvisionView
from api.nouns.boards import BoardView, PairsView, SinglePointsView
from api.nouns.capacity.n_plus_one import NPlusOneView
from api.nouns.capacity.pools import FittingView, HoldingsView, LedgerDaysView
from api.nouns.capacity.racks import RackLedgersView
from api.nouns.commitments import DrawCommitmentView
from api.nouns.comparison import ComparisonView
from api.nouns.config_contexts import RenderConfigView
from api.nouns.drift.deeds import AcceptView, IgnoreView, RepairView, ScanView
from api.nouns.elevations import RackElevation
from api.nouns.emergency_book import EmergencyBookView
from api.nouns.findings import FindingsView
from api.nouns.forecast import ForecastView
from api.nouns.grants.expiring import ExpiringGrantsView, IdleRoomView
from api.nouns.graph import GraphView
from api.nouns.holding import MisplacedAppsView
from api.nouns.impact import ImpactView
from api.nouns.jobs import StopJobView
from api.nouns.ledgers import LedgersView
from api.nouns.maintenance import MaintenanceView
from api.nouns.object_types import PATH as OBJECT_TYPES
from api.nouns.object_types import ObjectTypes, OneObjectType
from api.nouns.order import OrderView
from api.nouns.papers import (
    AnnexView,
    CapacityPdfView,
    CapacityXlsxView,
    LetterDocxView,
    LetterPdfView,
)
from api.nouns.paths import PathsView, TraceView
from api.nouns.planning.differences import PlanDifferenceView
from api.nouns.planning.reclaim import GiveBackView, ReclaimView, WaiveBackupView
from api.nouns.plans import ApprovePlanView, PlanDocumentView
from api.nouns.provisioning.runs import ApplyRunView, ApproveRunView, StopRunView
from api.nouns.requirements import ExplainView, RequirementsView
from api.nouns.scenarios.curve import CurveView
from api.nouns.scenarios.scenarios import (
    ScenarioCompareView,
    ScenarioImpactView,
    ScenarioLedgersView,
    ScenarioNPlusOneView,
    ScenarioPlanView,
    ScenarioSeriesView,
)
from api.nouns.states import StatesView
from api.openapi.document import SchemaView
from api.roots import AppRoot, InstalledPlugins, NotThere, Root, apps
from api.status import Status
from api.unrecorded import UNRECORDED, Unrecorded, UnrecordedOne
from dcim.catalog import BY_MODEL, RESOURCES
from dcim.catalog.resource import Resource
from dcim.record.equipment.cables import FIELD_OF_ENDPOINT
from dcim.record.equipment.devices import Device
from dcim.record.equipment.ports import FrontPort, RearPort
from dcim.record.networks.virtualization import VirtualMachine

OF_A_SCENARIO: Final = {
    "compare": ScenarioCompareView,
    "impact": ScenarioImpactView,
    "ledgers": ScenarioLedgersView,
    "n-plus-one": ScenarioNPlusOneView,
    "plan": ScenarioPlanView,
    "series": ScenarioSeriesView,
}
GIVEN: Final = {"get": "list", "post": "create"}
LIST: Final = {
    "get": "list",
    "post": "create",
    "put": "bulk_update",
    "patch": "bulk_update",
    "delete": "bulk_destroy",
}
ONE: Final = {"get": "retrieve", "put": "update", "patch": "update", "delete": "destroy"}


def of_resource(resource: Resource) -> Iterator[URLPattern]:
    """List and detail of a resource; what is written by deeds only can only be read here."""
    view_set = view_set_for(resource)
    for route, actions in (("", LIST), ("<int:pk>/", ONE)):
        offered: dict[str, Any] = {
            method: action for method, action in actions.items() if action in actions_of(resource)
        }
        yield path(f"{resource.path}/{route}", view_set.as_view(offered))


def of_endpoint(model: type[Model]) -> URLPattern:
    """Where the cable of an endpoint leads, or the paths that lead through a port of a panel."""
    is_panel = model in (FrontPort, RearPort)
    word, view = ("paths", PathsView) if is_panel else ("trace", TraceView)
    address = f"{BY_MODEL[model].path}/<int:pk>/{word}/"
    return path(address, view.as_view(permission_model=model))


urlpatterns: list[URLPattern] = [
    path("", Root.as_view()),
    path("status/", Status.as_view()),
    path("authentication-check/", AuthenticationCheck.as_view()),
    path("users/tokens/provision/", ProvisionView.as_view()),
    path("schema/", SchemaView.as_view()),
    path("plugins/installed-plugins/", InstalledPlugins.as_view()),
    *(path(f"{app}/", AppRoot.as_view(app=app)) for app in apps()),
    path("core/jobs/<int:pk>/stop/", StopJobView.as_view()),
    path("plugins/planner/impact/", ImpactView.as_view()),
    path("plugins/planner/order/", OrderView.as_view()),
    path("plugins/planner/single-points-of-failure/", SinglePointsView.as_view()),
    path("plugins/planner/failure-pairs/", PairsView.as_view()),
    path("plugins/planner/n-minus-one/", BoardView.as_view()),
    path("plugins/planner/maintenance/", MaintenanceView.as_view()),
    path("plugins/planner/findings/", FindingsView.as_view()),
    path("plugins/planner/expiring-grants/", ExpiringGrantsView.as_view()),
    path("plugins/planner/idle-room/", IdleRoomView.as_view()),
    path("plugins/planner/misplaced-apps/", MisplacedAppsView.as_view()),
    path("plugins/planner/explain/", ExplainView.as_view()),
    path("plugins/planner/graph/", GraphView.as_view()),
    path("plugins/planner/emergency-book/", EmergencyBookView.as_view()),
    path("plugins/planner/ledgers/", LedgersView.as_view()),
    path("plugins/planner/rack-ledgers/", RackLedgersView.as_view()),
    path("plugins/planner/holdings/", HoldingsView.as_view()),
    path("plugins/planner/ledger-days/", LedgerDaysView.as_view()),
    path("plugins/planner/fitting/", FittingView.as_view()),
    path("plugins/planner/forecast/", ForecastView.as_view()),
    path("plugins/planner/n-plus-one/", NPlusOneView.as_view()),
    path("plugins/planner/allocation-requests/<int:pk>/letter.docx", LetterDocxView.as_view()),
    path("plugins/planner/allocation-requests/<int:pk>/letter.pdf", LetterPdfView.as_view()),
    path("plugins/planner/allocation-requests/<int:pk>/annex.xlsx", AnnexView.as_view()),
    path("plugins/planner/reports/capacity.pdf", CapacityPdfView.as_view()),
    path("plugins/planner/reports/capacity.xlsx", CapacityXlsxView.as_view()),
    path("plugins/planner/drift-findings/scan/", ScanView.as_view()),
    path("plugins/planner/drift-findings/<int:pk>/accept/", AcceptView.as_view()),
    path("plugins/planner/drift-findings/<int:pk>/repair/", RepairView.as_view()),
    path("plugins/planner/drift-findings/<int:pk>/ignore/", IgnoreView.as_view()),
    path("plugins/planner/states/", StatesView.as_view()),
    path("plugins/planner/service-apps/<int:pk>/requirements/", RequirementsView.as_view()),
    path("plugins/planner/commitments/<int:pk>/draw/", DrawCommitmentView.as_view()),
    path("plugins/planner/provisioning-runs/<int:pk>/approve/", ApproveRunView.as_view()),
    path("plugins/planner/provisioning-runs/<int:pk>/apply/", ApplyRunView.as_view()),
    path("plugins/planner/provisioning-runs/<int:pk>/stop/", StopRunView.as_view()),
    path("plugins/planner/plans/<int:pk>/approve/", ApprovePlanView.as_view()),
    path("plugins/planner/plans/<int:pk>/comparison/", ComparisonView.as_view()),
    path("plugins/planner/plans/<int:pk>/curve/", CurveView.as_view()),
    path("plugins/planner/plans/<int:pk>/difference/", PlanDifferenceView.as_view()),
    path("plugins/planner/plans/<int:pk>/reclaim/", ReclaimView.as_view()),
    path("plugins/planner/plans/<int:pk>/waive-backup/", WaiveBackupView.as_view()),
    path("plugins/planner/plans/<int:pk>/give-back/", GiveBackView.as_view()),
    *(
        path(f"plugins/planner/scenarios/<int:pk>/{word}/", view.as_view())
        for word, view in OF_A_SCENARIO.items()
    ),
    path("plugins/planner/plans/<int:pk>/document/", PlanDocumentView.as_view()),
    *(
        path(f"{BY_MODEL[model].path}/<int:pk>/render-config/", view)
        for model in (Device, VirtualMachine)
        for view in (RenderConfigView.as_view(permission_model=model),)
    ),
    path("dcim/racks/<int:pk>/elevation/", RackElevation.as_view()),
    *(path(route, view) for route, view in deed_views()),
    *(path(route, view.as_view(dict(GIVEN))) for route, view in available_views()),
    *(path(route, view.as_view({"get": "list"})) for route, view in discovery_views()),
    *(of_endpoint(model) for model in FIELD_OF_ENDPOINT),
    path(f"{OBJECT_TYPES}/", ObjectTypes.as_view()),
    path(f"{OBJECT_TYPES}/<int:pk>/", OneObjectType.as_view()),
    *(path(f"{one}/", Unrecorded.as_view()) for one in UNRECORDED),
    *(path(f"{one}/<int:pk>/", UnrecordedOne.as_view()) for one in UNRECORDED),
    *(pattern for resource in RESOURCES for pattern in of_resource(resource)),
    # Last: an address without a view, but with the slash that all have; a line's end may be in it.
    re_path(r"^[\s\S]*/$", NotThere.as_view()),
]
