"""Pages and forms of resources that need more than what is derived: one table, ordinary classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Model

from dcim.record.equipment.cables import Cable
from dcim.record.extras.custom_fields import CustomField
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.ipam import Prefix
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.networks.vlans import VLANGroup
from dcim.record.people.account import User
from dcim.record.places.racks import Rack
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.categories import CategoryAssessment
from dcim.record.planner.commitments import Commitment
from dcim.record.planner.drift import DriftFinding
from dcim.record.planner.jobs import Job
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.record.planner.requests import AllocationRequest
from dcim.record.planner.scenarios import Scenario
from dcim.record.planner.service_apps import ServiceApp
from dcim.web.equipment.cables import CableCreatePage, CableEditPage, CablePage
from dcim.web.equipment.connections import PAGES as PAGES_WITH_CABLES
from dcim.web.equipment.machines import MachineCreatePage, MachineEditPage
from dcim.web.equipment.networks import PrefixPage, VLANGroupPage
from dcim.web.equipment.racks import RackPage
from dcim.web.forms.attached import ATTACHED, AttachedCreatePage, AttachedEditPage
from dcim.web.forms.edit import CreatePage, EditPage
from dcim.web.lists.pages import ListPage
from dcim.web.objects.changes import ChangePage
from dcim.web.objects.custom_fields import CustomFieldCreatePage, CustomFieldEditPage
from dcim.web.objects.details import DetailPage
from dcim.web.people.users import UserCreatePage, UserPage
from dcim.web.planner.categories import (
    AssessmentCreatePage,
    AssessmentEditPage,
    AssessmentPage,
    ServiceAppEditPage,
)
from dcim.web.planner.commitments import CommitmentPage
from dcim.web.planner.drift.pages import FindingPage
from dcim.web.planner.jobs import JobPage
from dcim.web.planner.plans import PlanListPage, PlanPage
from dcim.web.planner.providers import ProviderCreatePage, ProviderEditPage
from dcim.web.planner.requests.grants import GrantPage
from dcim.web.planner.requests.pages import RequestCreatePage, RequestListPage, RequestPage
from dcim.web.planner.runs import RunPage
from dcim.web.planner.scenarios.forms import ScenarioCreatePage, ScenarioEditPage
from dcim.web.planner.scenarios.scenarios import ScenarioPage
from dcim.web.planner.service_apps import ServiceAppPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The classes that answer for a resource."""

    list: type[ListPage] = ListPage
    detail: type[DetailPage] = DetailPage
    create: type[CreatePage] = CreatePage
    edit: type[EditPage] = EditPage


OVERRIDES: Final[dict[type[Model], Pages]] = {
    **{model: Pages(detail=page) for model, page in PAGES_WITH_CABLES.items()},
    Cable: Pages(detail=CablePage, create=CableCreatePage, edit=CableEditPage),
    **dict.fromkeys(ATTACHED, Pages(create=AttachedCreatePage, edit=AttachedEditPage)),
    CategoryAssessment: Pages(
        detail=AssessmentPage, create=AssessmentCreatePage, edit=AssessmentEditPage
    ),
    Commitment: Pages(detail=CommitmentPage),
    CustomField: Pages(create=CustomFieldCreatePage, edit=CustomFieldEditPage),
    Prefix: Pages(detail=PrefixPage),
    VLANGroup: Pages(detail=VLANGroupPage),
    ObjectChange: Pages(detail=ChangePage),
    DriftFinding: Pages(detail=FindingPage),
    Job: Pages(detail=JobPage),
    Allocation: Pages(detail=GrantPage),
    AllocationRequest: Pages(list=RequestListPage, detail=RequestPage, create=RequestCreatePage),
    Plan: Pages(list=PlanListPage, detail=PlanPage),
    Provider: Pages(create=ProviderCreatePage, edit=ProviderEditPage),
    ProvisioningRun: Pages(detail=RunPage),
    Rack: Pages(detail=RackPage),
    User: Pages(detail=UserPage, create=UserCreatePage),
    Scenario: Pages(detail=ScenarioPage, create=ScenarioCreatePage, edit=ScenarioEditPage),
    ServiceApp: Pages(detail=ServiceAppPage, edit=ServiceAppEditPage),
    VirtualMachine: Pages(create=MachineCreatePage, edit=MachineEditPage),
}
DERIVED: Final = Pages()


def pages_of(model: type[Model]) -> Pages:
    """The classes that answer for the model's resource."""
    return OVERRIDES.get(model, DERIVED)
