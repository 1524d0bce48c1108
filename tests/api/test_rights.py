"""Every endpoint, role and method against one table.

The endpoints are those of the URL configuration: one whose family is not known here fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import URLPattern
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate

from api.nouns.object_types import PATH as OBJECT_TYPES
from api.roots import NotThere
from api.unrecorded import UNRECORDED
from api.urls import urlpatterns
from dcim.actions.accounts.users import create_token
from dcim.catalog import RESOURCES
from dcim.catalog.roles import ROLES
from dcim.record.people.account import ApiToken
from dcim.record.people.organisation import Tenant
from dcim.vocabulary.choices_requests import RequestDeed
from tests.factories import TESTER, make, make_user, member

pytestmark = pytest.mark.django_db

METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
LETTER: Final = {"POST": "a", "PUT": "c", "PATCH": "c", "DELETE": "d"}
EVERYTHING: Final = "vacdpy"
OPEN: Final = "vacd"  # nothing to permit: the view answers what it offers

# Families of endpoints that are no kind of object, by their route.
SPECIAL: Final[Mapping[str, str]] = {
    "": "open",
    "status/": "open",
    "schema/": "anyone",
    "authentication-check/": "open",
    "plugins/": "open",
    "plugins/installed-plugins/": "open",
    "users/tokens/provision/": "anyone",
    r"^[\s\S]*/$": "open",
    "plugins/planner/impact/": "app",
    "plugins/planner/failure-pairs/": "app",
    "plugins/planner/n-minus-one/": "app",
    "plugins/planner/single-points-of-failure/": "app",
    "plugins/planner/explain/": "app",
    "plugins/planner/maintenance/": "whole_app",
    "plugins/planner/findings/": "app",
    "plugins/planner/graph/": "app",
    "plugins/planner/misplaced-apps/": "app",
    "plugins/planner/expiring-grants/": "own",
    "plugins/planner/idle-room/": "whole_app",
    "plugins/planner/order/": "app",
    "plugins/planner/emergency-book/": "whole_app",
    "plugins/planner/ledgers/": "whole",
    "plugins/planner/forecast/": "whole",
    "plugins/planner/n-plus-one/": "whole",
    "plugins/planner/reports/capacity.pdf": "whole",
    "plugins/planner/reports/capacity.xlsx": "whole",
    "plugins/planner/holdings/": "whole",
    "plugins/planner/rack-ledgers/": "whole",
    "plugins/planner/ledger-days/": "whole",
    "plugins/planner/fitting/": "whole",
    "plugins/planner/states/": "log",
    "plugins/planner/plans/<int:pk>/approve/": "approving",
    "plugins/planner/plans/<int:pk>/waive-backup/": "approving",
    "core/jobs/<int:pk>/stop/": "stopping",
    "plugins/planner/provisioning-runs/<int:pk>/approve/": "run_approval",
    "plugins/planner/provisioning-runs/<int:pk>/apply/": "run_apply",
    "plugins/planner/provisioning-runs/<int:pk>/stop/": "run_stop",
    "plugins/prometheus-sd/": "open",
    "plugins/prometheus-sd/devices/": "record",
    "plugins/prometheus-sd/virtual-machines/": "office",
    "plugins/prometheus-sd/ip-addresses/": "record",
    "plugins/prometheus-sd/services/": "record",
}
# Who may take a step follows from the step and its request: the action judges it.
TAKING: Final = frozenset(
    {
        *(f"plugins/planner/allocation-requests/<int:pk>/{deed}/" for deed in RequestDeed),
        "plugins/planner/allocations/<int:pk>/renew/",
    }
)
OF_DRIFT: Final = tuple(
    f"drift-findings/{deed}/"
    for deed in ("scan", "<int:pk>/accept", "<int:pk>/repair", "<int:pk>/ignore")
)
FAMILY_OF_KIND: Final[Mapping[str, str]] = {
    "planner.plan": "plan",
    "planner.planapproval": "approval",
    "planner.provisioningrun": "run",
    "planner.backupwaiver": "approval",
    "planner.reclaimedmachine": "approval",
    "planner.ledgersnapshot": "measured",
    "planner.driftfinding": "drift",
    "planner.driftscan": "measured",
    "planner.driftrule": "commitment",
    "planner.serviceapp": "app",
    "planner.workload": "own",
    "planner.appdependency": "own",
    "planner.backupcopy": "own",
    "planner.categoryassessment": "answers",
    "planner.allocation": "own",
    "planner.commitment": "commitment",
    "planner.provider": "shared",
    "planner.scenario": "scenario",
    "planner.allocationrequest": "request",
    "planner.requestline": "line",
    "planner.appintake": "line",
    "planner.requeststep": "step",
    "planner.letterhead": "own",
    "extras.tag": "tag",
    "tenancy.tenant": "office",
    "virtualization.virtualmachine": "office",
    "virtualization.vminterface": "office",
    "virtualization.virtualdisk": "office",
    "core.objectchange": "log",
    "core.job": "job",
    "users.user": "account",
    "users.group": "admin",
    "users.permission": "admin",
    "users.token": "token",
}
NETBOX: Final = (
    "circuits",
    "dcim",
    "extras",
    "ipam",
    "tenancy",
    "virtualization",
    "vpn",
    "wireless",
)
PLANNER: Final = ("app", "own", "answers", "shared", "request", "line", "scenario")
RECORD: Final = ("record", "tag", "office")
RUN_DEEDS: Final = {"run_approval": "p", "run_apply": "y", "run_stop": "c"}
PLANS: Final = (
    "measured",
    "drift",
    "commitment",
    "plan",
    "approval",
    "run",
    "approving",
    "step",
    *RUN_DEEDS,
)

EVERYONE: Final = {
    "open": OPEN,
    "anyone": EVERYTHING,
    "account": "v",
    "token": "vacd",
    "job": "vc",
    "stopping": "vc",
}
# Answers about all apps at once, whose rights are those of apps; a planner may write apps.
WHOLE: Final = ("whole", "whole_app")
# Asked for by POST, though nothing is written.
SHOWN: Final = dict.fromkeys(("shown", "shown_to_office"), "va")
SEES: Final = EVERYONE | SHOWN | dict.fromkeys((*RECORD, *PLANNER, *PLANS, *WHOLE, "log"), "v")
# What each may do per family: view, add, change, delete, (ap)prove, appl(y).
TABLE: Final[Mapping[str, Mapping[str, str]]] = {
    "anonymous": {"anyone": EVERYTHING},
    "nobody": EVERYONE,
    "viewer": SEES,
    "engineer": SEES
    | dict.fromkeys((*RECORD, *SHOWN, "commitment"), "vacd")
    | {"whole": "vacd", "run": "vac", "drift": "vc"}
    | {"run_approval": "vc", "run_apply": "vyc", "run_stop": "vc"},
    "planner": SEES
    | dict.fromkeys((*PLANNER, "whole_app", "commitment"), "vacd")
    | {"plan": "va", "run": "vac", "drift": "vc"}
    | dict.fromkeys(RUN_DEEDS, "vc"),
    "approver": SEES | {"approving": "vp", "run_approval": "vp"},
    "auditor": SEES | {"admin": "v"},
    "ci": EVERYONE
    | {"plan": "v", "approval": "v", "run": "va", "approving": "v"}
    | dict.fromkeys(RUN_DEEDS, "v"),
    "opd": EVERYONE
    | dict.fromkeys((*(one for one in PLANNER if one != "scenario"), "tag", "office", "step"), "v")
    | {"shown_to_office": "va", "answers": "vac", "request": "vac", "line": "vacd"},
    "superuser": dict.fromkeys(
        (
            "open",
            *RECORD,
            *PLANNER,
            *PLANS,
            *WHOLE,
            "log",
            "account",
            "admin",
            "token",
            "anyone",
            "job",
        ),
        EVERYTHING,
    )
    | dict.fromkeys((*SHOWN, "stopping"), OPEN),
}


class Endpoint(NamedTuple):
    """An address of the API and what it is about."""

    route: str
    family: str
    pattern: URLPattern


def family_of(route: str) -> str:
    """The family of a route: its own, that of the kind it lists, or of the kind it is below."""
    if route in SPECIAL:
        return SPECIAL[route]
    if route.endswith("render-config/"):
        return "shown" if route.startswith("dcim/") else "shown_to_office"
    if route.removesuffix("<int:pk>/").removesuffix("/") in {*UNRECORDED, OBJECT_TYPES}:
        return "open"
    for resource in RESOURCES:
        if route.startswith(f"{resource.path}/"):
            app = resource.kind.partition(".")[0]
            return FAMILY_OF_KIND.get(resource.kind) or dict.fromkeys(NETBOX, "record")[app]
    lists = (*(resource.path for resource in RESOURCES), *UNRECORDED)
    apps = {f"{path.rpartition('/')[0]}/" for path in lists}
    if route in apps or route in {f"{one}/" for one in NETBOX}:
        return "open"
    raise AssertionError(f"{route}: give it a family in SPECIAL, and the roles their rights.")


def endpoints() -> Iterator[Endpoint]:
    for pattern in urlpatterns:
        route = str(pattern.pattern)
        yield Endpoint(route, family_of(route), pattern)


def opens(endpoint: Endpoint, method: str, user: Any, **headers: str) -> bool:
    """Whether the view lets the request in; what it then answers is for other tests."""
    callback: Any = endpoint.pattern.callback
    path = f"/api/{endpoint.route.replace('<int:pk>', '1')}"
    asked = getattr(APIRequestFactory(), method.lower())(path, **headers)
    if not headers:
        force_authenticate(asked, user=user)
    view = callback.cls(**callback.initkwargs)
    view.args, view.kwargs, view.format_kwarg = (), {}, None
    view.action_map = getattr(callback, "actions", {})
    view.request = view.initialize_request(asked)
    try:
        if callback.cls is NotThere:  # it refuses all that it lets in, by 404
            view.perform_authentication(view.request)
            view.check_permissions(view.request)
        else:
            view.initial(view.request)
    except (AuthenticationFailed, NotAuthenticated, PermissionDenied):
        return False
    return True


def expected(role: str, endpoint: Endpoint, method: str) -> bool:
    letter = LETTER.get(method, "v")
    if endpoint.family == "approving" and method == "POST":
        letter = "p"
    if endpoint.route in TAKING and method == "POST":
        letter = "v"
    if endpoint.route == "plugins/planner/allocations/<int:pk>/return/" and method == "POST":
        letter = "c"
    if endpoint.family == "stopping" and method == "POST":
        letter = "c"
    if endpoint.route.endswith(OF_DRIFT) and method == "POST":
        letter = "c"
    if endpoint.family in RUN_DEEDS and method == "POST":
        letter = RUN_DEEDS[endpoint.family]
    return letter in TABLE[role].get(endpoint.family, "")


def differences(role: str, user: Any) -> list[str]:
    return [
        f"{method} {one.route}: {'refused' if expected(role, one, method) else 'let in'}"
        for one in endpoints()
        for method in METHODS
        if opens(one, method, user) != expected(role, one, method)
    ]


def test_every_role_has_its_row() -> None:
    assert set(TABLE) == {*ROLES, "anonymous", "nobody", "superuser"}


@pytest.mark.once
@pytest.mark.parametrize("role", TABLE)
def test_the_table_holds_for_every_endpoint_and_method(role: str) -> None:
    user: Any = AnonymousUser()
    if role != "anonymous":
        user = make_user(is_superuser=role == "superuser")
        office = make(Tenant) if role == "opd" else None
        member(user, *([role] if role in ROLES else []), tenant=office)
    assert differences(role, user) == []


def lets_in(token: str) -> set[str]:
    """The methods that some endpoint lets a token in by, those that ask for no token left out."""
    return {
        method
        for one in endpoints()
        for method in METHODS
        if one.family != "anyone" and opens(one, method, None, HTTP_AUTHORIZATION=f"Token {token}")
    }


@pytest.mark.no_cover
@pytest.mark.once
def test_a_token_that_reads_opens_no_endpoint_for_writing() -> None:
    token = create_token(make_user(is_superuser=True), by=TESTER, read_only=True)
    assert lets_in(token) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.no_cover
@pytest.mark.once
@pytest.mark.parametrize("change", [{"expires": timezone.now()}, {"enabled": False}])
def test_a_token_that_has_ended_opens_no_endpoint(change: dict[str, Any]) -> None:
    token = create_token(make_user(is_superuser=True), by=TESTER)
    ApiToken.objects.update(**change)
    assert lets_in(token) == set()


def test_a_limited_token_never_writes_who_may_do_what() -> None:
    later = timezone.now() + timedelta(days=1)
    token = create_token(make_user(is_superuser=True), by=TESTER, expires=later)
    written = [
        f"{method} {one.route}"
        for one in endpoints()
        for method in ("POST", "PUT", "PATCH", "DELETE")
        if one.route.startswith("users/") and one.route.count("/") > 1 and one.family != "anyone"
        if opens(one, method, None, HTTP_AUTHORIZATION=f"Token {token}")
    ]
    assert written == []


@pytest.mark.no_cover
@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_nothing_fails_when_everything_may_be_asked(api: APIClient, method: str) -> None:
    addresses = [one.route.replace("<int:pk>", "0") for one in endpoints() if "^" not in one.route]
    answers = {at: getattr(api, method)(f"/api/{at}", {}, format="json") for at in addresses}
    assert {at: one.status_code for at, one in answers.items() if one.status_code == 403} == {}
    assert {at: one.status_code for at, one in answers.items() if one.status_code >= 500} == {}
