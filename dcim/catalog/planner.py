"""Our own objects: service apps and what they rest on, providers, grants, plans."""

from __future__ import annotations

from typing import Final

from dcim.catalog.resource import Resource
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.plans import Plan, PlanApproval, ProvisioningRun
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
PROVIDER = Resource(
    model=Provider,
    kind="planner.provider",
    path="plugins/planner/providers",
    columns=("name", "kind", "description"),
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
        "valid_until",
    ),
    brief=("reference", "description"),
    search=("reference", "letter_number", "description"),
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
    columns=("plan", "user", "comment", "created"),
    brief=("plan", "user", "digest", "base_serial", "comment"),
    search=("comment", "digest"),
    writable=False,
)
PROVISIONING_RUN = Resource(
    model=ProvisioningRun,
    kind="planner.provisioningrun",
    path="plugins/planner/provisioning-runs",
    columns=("plan", "kind", "outcome", "created"),
    brief=("kind", "outcome"),
    writable=False,
)
RESOURCES: Final = (
    SERVICE_APP,
    WORKLOAD,
    APP_DEPENDENCY,
    BACKUP_COPY,
    PROVIDER,
    ALLOCATION,
    PLAN,
    PLAN_APPROVAL,
    PROVISIONING_RUN,
)
