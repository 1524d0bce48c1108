"""Our own objects: service apps and what they rest on, providers, grants, plans."""

from __future__ import annotations

from typing import Final

from dcim.catalog.resource import Resource
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.categories import CategoryAssessment
from dcim.record.planner.commitments import Commitment
from dcim.record.planner.intakes import AppIntake
from dcim.record.planner.ledger_snapshots import LedgerSnapshot
from dcim.record.planner.letterheads import Letterhead
from dcim.record.planner.plans import Plan, PlanApproval, ProvisioningRun
from dcim.record.planner.reclaims import BackupWaiver, ReclaimedMachine
from dcim.record.planner.requests import AllocationRequest, RequestLine, RequestStep
from dcim.record.planner.scenarios import Scenario
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload

SERVICE_APP = Resource(
    model=ServiceApp,
    kind="planner.serviceapp",
    path="plugins/planner/service-apps",
    columns=("code", "name", "owner", "kind", "status", "blocker", "category", "users_per_month"),
    brief=("code", "name", "description"),
    search=("code", "name", "name_en", "service_group", "description"),
    wire={"url": "app_url"},  # every object's `url` is its own address in the API
)
WORKLOAD = Resource(
    model=Workload,
    kind="planner.workload",
    path="plugins/planner/workloads",
    columns=("app", "name", "vcpus", "memory_mib", "storage_gib", "instances_wanted"),
    brief=("app", "name", "description"),
    search=("name", "description"),
)
APP_DEPENDENCY = Resource(
    model=AppDependency,
    kind="planner.appdependency",
    path="plugins/planner/app-dependencies",
    columns=("app", "needs", "hardness", "description"),
    brief=("app", "needs", "hardness"),
    search=("description",),
)
BACKUP_COPY = Resource(
    model=BackupCopy,
    kind="planner.backupcopy",
    path="plugins/planner/backup-copies",
    columns=(
        "workload",
        "site",
        "provider",
        "kind",
        "frequency_hours",
        "last_success",
        "last_restore_test",
    ),
    brief=("workload", "kind", "site", "provider", "description"),
    search=("description",),
    via={"app": "workload__app"},
)
CATEGORY_ASSESSMENT = Resource(
    model=CategoryAssessment,
    kind="planner.categoryassessment",
    path="plugins/planner/category-assessments",
    columns=("app", "instrument", "assessed_on", "assessed_by"),
    brief=("app", "instrument", "description"),
    search=("assessed_by", "description"),
    via={"owner": "app__owner"},
)
PROVIDER = Resource(
    model=Provider,
    kind="planner.provider",
    path="plugins/planner/providers",
    columns=("name", "kind", "highest_category", "residency", "description"),
    brief=("name", "slug", "description"),
    search=("name", "slug", "description"),
)
ALLOCATION = Resource(
    model=Allocation,
    kind="planner.allocation",
    path="plugins/planner/allocations",
    columns=(
        "reference",
        "provider",
        "status",
        "vcpus",
        "memory_mib",
        "storage_gib",
        "used_vcpus",
        "used_memory_mib",
        "used_storage_gib",
        "valid_until",
    ),
    brief=("reference", "description"),
    search=("reference", "letter_number", "description"),
)
COMMITMENT = Resource(
    model=Commitment,
    kind="planner.commitment",
    path="plugins/planner/commitments",
    columns=(
        "allocation",
        "virtual_machine",
        "name",
        "vcpus",
        "memory_mib",
        "storage_gib",
        "wanted_until",
    ),
    brief=("allocation", "virtual_machine", "name", "description"),
    search=("name", "description"),
)
LETTERHEAD = Resource(
    model=Letterhead,
    kind="planner.letterhead",
    path="plugins/planner/letterheads",
    columns=("name", "tenant", "office", "signatory_name", "signatory_position"),
    brief=("name", "description"),
    search=("name", "government", "office", "signatory_name", "description"),
)
PLAN = Resource(
    model=Plan,
    kind="planner.plan",
    path="plugins/planner/plans",
    columns=("name", "stance", "base_serial", "digest", "created"),
    brief=("name", "digest"),
    search=("name", "stance", "digest"),
    writable=False,
)
PLAN_APPROVAL = Resource(
    model=PlanApproval,
    kind="planner.planapproval",
    path="plugins/planner/plan-approvals",
    columns=("plan", "preview", "user", "comment", "created"),
    brief=("plan", "user", "digest", "base_serial", "comment"),
    search=("comment", "digest"),
    writable=False,
)
LEDGER_SNAPSHOT = Resource(
    model=LedgerSnapshot,
    kind="planner.ledgersnapshot",
    path="plugins/planner/ledger-snapshots",
    columns=("day", "pool", "resource_class", "capacity", "used", "planned", "reclaimable"),
    brief=("day", "pool", "resource_class"),
    search=("pool",),
    writable=False,
)
PROVISIONING_RUN = Resource(
    model=ProvisioningRun,
    kind="planner.provisioningrun",
    path="plugins/planner/provisioning-runs",
    columns=("plan", "kind", "status", "outcome", "requested_by", "created", "ended"),
    brief=("kind", "status", "outcome"),
    search=("message",),
    writable=False,
)
BACKUP_WAIVER = Resource(
    model=BackupWaiver,
    kind="planner.backupwaiver",
    path="plugins/planner/backup-waivers",
    columns=("plan", "target", "name", "user", "reason", "created"),
    brief=("plan", "target", "name", "user"),
    search=("name", "reason"),
    writable=False,
)
RECLAIMED_MACHINE = Resource(
    model=ReclaimedMachine,
    kind="planner.reclaimedmachine",
    path="plugins/planner/reclaimed-machines",
    columns=("target", "name", "apps", "allocation", "request", "created"),
    brief=("target", "name", "apps"),
    search=("name", "apps", "pool"),
    writable=False,
)
ALLOCATION_REQUEST = Resource(
    model=AllocationRequest,
    kind="planner.allocationrequest",
    path="plugins/planner/allocation-requests",
    columns=("number", "kind", "tenant", "provider", "status", "subject", "letter_date"),
    brief=("number", "subject", "description"),
    search=("number", "subject", "purpose", "letter_number", "answer_number", "description"),
)
REQUEST_LINE = Resource(
    model=RequestLine,
    kind="planner.requestline",
    path="plugins/planner/request-lines",
    columns=("request", "machine_name", "app", "vcpus", "memory_mib", "storage_gib"),
    brief=("request", "machine_name", "description"),
    search=("machine_name", "domain", "description"),
    via={"tenant": "request__tenant"},
)
APP_INTAKE = Resource(
    model=AppIntake,
    kind="planner.appintake",
    path="plugins/planner/app-intakes",
    columns=("request", "app", "data_name", "confidentiality", "integrity", "availability"),
    brief=("request", "app", "description"),
    search=("subdomain", "developer", "data_name", "description"),
    via={"tenant": "request__tenant"},
)
REQUEST_STEP = Resource(
    model=RequestStep,
    kind="planner.requeststep",
    path="plugins/planner/request-steps",
    columns=("request", "deed", "from_status", "to_status", "user", "letter_number", "created"),
    brief=("request", "deed", "to_status"),
    search=("letter_number", "note"),
    writable=False,
)
SCENARIO = Resource(
    model=Scenario,
    kind="planner.scenario",
    path="plugins/planner/scenarios",
    columns=("name", "base_date", "description", "last_updated"),
    brief=("name", "description"),
    search=("name", "description"),
)
RESOURCES: Final = (
    SERVICE_APP,
    WORKLOAD,
    APP_DEPENDENCY,
    BACKUP_COPY,
    CATEGORY_ASSESSMENT,
    PROVIDER,
    ALLOCATION,
    COMMITMENT,
    ALLOCATION_REQUEST,
    REQUEST_LINE,
    APP_INTAKE,
    REQUEST_STEP,
    LETTERHEAD,
    PLAN,
    SCENARIO,
    PLAN_APPROVAL,
    PROVISIONING_RUN,
    BACKUP_WAIVER,
    RECLAIMED_MACHINE,
    LEDGER_SNAPSHOT,
)
