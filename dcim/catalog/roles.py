"""Who may do what: the roles, as data. docs/rights.md says the same in words.

A grant names actions and kinds of objects; `dcim.*` is every kind of a family, so that a new object
of the record falls under the roles without a line here. What no grant names is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Constraints = Mapping[str, Any]
VIEW: Final = "view"
ADD: Final = "add"
CHANGE: Final = "change"
DELETE: Final = "delete"
APPROVE: Final = "approve"
APPLY: Final = "apply"
ACTIONS: Final = (VIEW, ADD, CHANGE, DELETE, APPROVE, APPLY)
WRITE: Final = (ADD, CHANGE, DELETE)
# What stands for the one who asks in a constraint's value: the user, and the user's office.
USER: Final = "$user"
OFFICE: Final = "$tenant"


@dataclass(frozen=True, slots=True)
class Grant:
    """Actions on kinds of objects.

    Attributes:
        only: Sets of look-ups of which one must hold; empty: every object.
        never: Sets of look-ups none of which may hold.
    """

    actions: tuple[str, ...]
    kinds: tuple[str, ...]
    only: tuple[Constraints, ...] = ()
    never: tuple[Constraints, ...] = ()

    def covers(self, action: str, kind: str) -> bool:
        """Whether it speaks of `action` on objects of `kind`."""
        family = f"{kind.partition('.')[0]}.*"
        return action in self.actions and (kind in self.kinds or family in self.kinds)


@dataclass(frozen=True, slots=True)
class Role:
    """What a group of the same name may do."""

    description: StrOrPromise
    grants: tuple[Grant, ...]


# NetBox's families, those of which we hold nothing yet too: their lists are there, and empty.
NETBOX: Final = (
    "circuits.*",
    "dcim.*",
    "extras.*",
    "ipam.*",
    "tenancy.*",
    "virtualization.*",
    "vpn.*",
    "wireless.*",
)
RECORD: Final = (*NETBOX, "planner.*")
# What planners write field by field; plans are made, and approvals and runs are deeds of others.
PLANNERS: Final = (
    "planner.serviceapp",
    "planner.workload",
    "planner.appdependency",
    "planner.backupcopy",
    "planner.categoryassessment",
    "planner.provider",
    "planner.allocation",
    "planner.commitment",
    "planner.allocationrequest",
    "planner.requestline",
    "planner.letterhead",
    "planner.appintake",
    "planner.scenario",
    "planner.driftrule",
)
# Whoever writes these decides who may do what: only superusers do, whatever is granted.
ADMINISTERED: Final = frozenset({"users.user", "users.group", "users.permission"})
OF_USERS: Final = {"changed_object_type__startswith": "users."}

SEES: Final = (
    Grant((VIEW,), RECORD),
    # Who was given which rights and tokens is for auditors.
    Grant((VIEW,), ("core.objectchange",), never=(OF_USERS,)),
)
# Everyone who signs in: one's own account, tokens and jobs.
EVERYONE: Final = (
    Grant((VIEW,), ("users.user",), only=({"pk": USER},)),
    Grant((VIEW, *WRITE), ("users.token",), only=({"user": USER},)),
    # What one has asked for in the background, and its end.
    Grant((VIEW, CHANGE), ("core.job",), only=({"user": USER},)),
)
ASKED_OF_US: Final = {"tenant": OFFICE, "provider__kind": "regency"}
OF_WHAT_IS_ASKED_OF_US: Final = {f"request__{path}": one for path, one in ASKED_OF_US.items()}


def _own(kind: str, *paths: str, actions: tuple[str, ...] = (VIEW,)) -> Grant:
    """Objects of `kind` that belong to the office by one of the look-ups."""
    return Grant(actions, (kind,), only=tuple({path: OFFICE} for path in paths))


ROLES: Final[Mapping[str, Role]] = {
    "viewer": Role(_("Sees the whole record, the plans and the change log."), SEES),
    "engineer": Role(
        _("Records sites, racks, devices, machines and networks."),
        # Who moves a machine draws what was committed to it, and so ends the commitment.
        (
            *SEES,
            Grant(WRITE, (*NETBOX, "planner.commitment", "planner.driftrule")),
            # Asks for previews, ends runs, and applies what others have approved.
            Grant((ADD, CHANGE, APPLY), ("planner.provisioningrun",)),
            Grant((CHANGE,), ("planner.driftfinding",)),
        ),
    ),
    "planner": Role(
        _("Records apps, grants and requests; makes plans."),
        (
            *SEES,
            Grant(WRITE, PLANNERS),
            Grant((ADD,), ("planner.plan",)),
            Grant((ADD, CHANGE), ("planner.provisioningrun",)),
            Grant((CHANGE,), ("planner.driftfinding",)),
        ),
    ),
    "approver": Role(
        _("Approves what someone else made."),
        (
            *SEES,
            Grant(
                (APPROVE,),
                ("planner.plan", "planner.provisioningrun", "planner.allocationrequest"),
            ),
        ),
    ),
    "auditor": Role(
        _("Sees everything, who may do what and the whole change log too."),
        (Grant((VIEW,), (*RECORD, "core.*", "users.*")),),
    ),
    "ci": Role(
        _("Programs that fetch plans and hand in runs."),
        (
            Grant(
                (VIEW,),
                (
                    "planner.plan",
                    "planner.planapproval",
                    "planner.provisioningrun",
                    "planner.backupwaiver",
                    "planner.reclaimedmachine",
                ),
            ),
            Grant((ADD,), ("planner.provisioningrun",)),
        ),
    ),
    "opd": Role(
        _("An office: sees its own apps and what they rest on, asks for capacity."),
        (
            _own("tenancy.tenant", "pk"),
            _own("planner.serviceapp", "owner"),
            _own("planner.workload", "app__owner"),
            _own("planner.appdependency", "app__owner"),
            _own("planner.backupcopy", "workload__app__owner"),
            # The office answers for its own systems.
            _own("planner.categoryassessment", "app__owner", actions=(VIEW, ADD, CHANGE)),
            _own("planner.allocation", "virtual_machines__workloads__app__owner"),
            _own("virtualization.virtualmachine", "workloads__app__owner"),
            _own("virtualization.vminterface", "virtual_machine__workloads__app__owner"),
            _own("virtualization.virtualdisk", "virtual_machine__workloads__app__owner"),
            Grant((VIEW,), ("planner.provider", "extras.tag")),
            _own("planner.allocationrequest", "tenant"),
            _own("planner.requestline", "request__tenant"),
            _own("planner.requeststep", "request__tenant"),
            # An office asks the regency's own data centre; the regency asks all others.
            Grant((ADD, CHANGE), ("planner.allocationrequest",), only=(ASKED_OF_US,)),
            Grant(WRITE, ("planner.requestline",), only=(OF_WHAT_IS_ASKED_OF_US,)),
            _own("planner.letterhead", "tenant"),
            _own("planner.appintake", "request__tenant"),
            Grant(
                WRITE,
                ("planner.appintake",),
                only=({**OF_WHAT_IS_ASKED_OF_US, "app__owner": OFFICE},),
            ),
        ),
    ),
}
