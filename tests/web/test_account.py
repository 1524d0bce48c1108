"""One's own account on pages, users for administrators, and who is let in where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from dcim.actions.accounts.users import find_token
from dcim.catalog import RESOURCES
from dcim.catalog.roles import ROLES
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.people.account import ApiToken, FailedSignIn, User
from dcim.record.people.organisation import Tenant
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.service_apps import Workload
from dcim.web.values.addresses import list_of, page_of
from tests.factories import make, make_user, member

pytestmark = pytest.mark.django_db

PASSWORD: Final = "kata-sandi-uji"
NEW: Final = "ganti-sandi-2026"
TOKENS: Final = "/account/tokens/"
SEES: Final = {"planner", "dcim", "extras", "ipam", "tenancy", "virtualization", "core"}
OWN: Final = {"users.user", "users.token"}
OFFICE: Final = {
    "planner.serviceapp",
    "planner.workload",
    "planner.appdependency",
    "planner.backupcopy",
    "planner.appintake",
    "planner.categoryassessment",
    "planner.allocation",
    "planner.allocationrequest",
    "planner.requestline",
    "planner.requeststep",
    "planner.letterhead",
    "planner.provider",
    "tenancy.tenant",
    "extras.tag",
    "virtualization.virtualmachine",
    "virtualization.vminterface",
    "virtualization.virtualdisk",
}
PLANS: Final = {
    "planner.plan",
    "planner.planapproval",
    "planner.provisioningrun",
    "planner.backupwaiver",
    "planner.reclaimedmachine",
}
PLANNED: Final = {kind for kind in OFFICE if kind.startswith("planner.")} | {
    "planner.commitment",
    "planner.scenario",
    "planner.driftrule",
}
ASKED: Final = {"planner.categoryassessment", "planner.allocationrequest", "planner.requestline"}
# Families or kinds whose lists a role opens beside the own account, and those it adds to.
LISTS: Final[Mapping[str, tuple[set[str], set[str]]]] = {
    "viewer": (SEES, set()),
    "engineer": (SEES, SEES - {"planner", "core"} | {"planner.commitment", "planner.driftrule"}),
    "planner": (SEES, PLANNED),
    "approver": (SEES, set()),
    "auditor": (SEES | {"users"}, set()),
    "ci": (PLANS | {"core.job"}, set()),
    "opd": (OFFICE | {"core.job"}, ASKED | {"planner.appintake"}),
}


def signed_in(client: Client, *roles: str) -> User:
    user = member(make_user(), *roles)
    client.force_login(user)
    return user


def opened(client: Client, suffix: str = "") -> set[str]:
    """The kinds whose list, or form of a new object, opens."""
    kinds = [one for one in RESOURCES if not suffix or one.writable]
    return {one.kind for one in kinds if client.get(f"{list_of(one)}{suffix}").status_code == 200}


def named(families: set[str], *, writable: bool = False) -> set[str]:
    """The kinds that are named, or whose family is."""
    return {
        one.kind
        for one in RESOURCES
        if (one.writable or not writable)
        and (one.kind in families or one.kind.partition(".")[0] in families)
    }


@pytest.mark.once
@pytest.mark.no_cover
@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_its_lists_and_forms_and_no_others(client: Client, role: str) -> None:
    signed_in(client, role)
    lists, forms = LISTS[role]
    assert opened(client) == named(lists) | OWN
    assert opened(client, "add/") == named(forms, writable=True)


def test_an_office_sees_its_own_on_every_page(client: Client) -> None:
    own = make(Workload, virtual_machines=[make(VirtualMachine, name="vm-sendiri")])
    other = make(Workload, virtual_machines=[make(VirtualMachine, name="vm-lain")])
    client.force_login(member(make_user(), "opd", tenant=own.app.owner))
    assert client.get(page_of(own.app)).status_code == 200
    assert client.get(page_of(other.app)).status_code == 404
    for page in (
        "/search/?q=vm-",
        "/virtualization/virtual-machines/",
        "/choices/virtualization.virtualmachine/?n=vm",
    ):
        text = client.get(page).content.decode()
        assert ("vm-sendiri" in text, "vm-lain" in text) == (True, False)
    answer = client.get("/virtualization/virtual-machines/?export=csv")
    lines = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert ("vm-sendiri" in lines, "vm-lain" in lines) == (True, False)


def test_the_first_page_and_impact_of_an_office_tell_of_its_own(client: Client) -> None:
    own, other = make(Workload), make(Workload)
    client.force_login(member(make_user(), "opd", tenant=own.app.owner))
    make(Allocation, valid_until=localdate())
    parts = client.get("/").context["parts"]
    assert (set(parts), parts["apps"].holds.all) == ({"apps", "grants"}, 1)
    assert parts["grants"].holds == []
    asked = f"/impact/?failed=app:{other.app.code}"
    assert client.get(asked).status_code == 422
    assert other.app.code not in str(client.get("/impact/").context["offered"])


def test_a_token_is_made_on_the_page_and_shown_once(client: Client) -> None:
    user = signed_in(client)
    form = {"description": "skrip", "days": "30", "allowed_paths": "/api/dcim/"}
    made = client.post(TOKENS, form)
    token = find_token(made.context["made"])
    assert token is not None
    assert (token.user, token.write_enabled, token.allowed_paths) == (user, False, ["/api/dcim/"])
    assert made["Cache-Control"] == "no-store"
    secret = made.context["made"].partition(".")[2]
    assert secret not in client.get(TOKENS).content.decode()


def test_a_limit_that_can_not_be_read_is_refused_beside_its_field(client: Client) -> None:
    signed_in(client)
    answer = client.post(TOKENS, {"allowed_ips": "kantor"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["allowed_ips"]
    assert not ApiToken.objects.exists()


def test_one_revokes_own_tokens_and_no_others(client: Client) -> None:
    signed_in(client)
    client.post(TOKENS, {})
    token = ApiToken.objects.get()
    stranger = Client()
    stranger.force_login(make_user("lain"))
    address = reverse("revoke_token", args=[token.pk])
    assert stranger.post(address).status_code == 404
    assert client.post(address).status_code == 302
    assert not ApiToken.objects.get().enabled


def test_the_own_password_is_changed_and_other_sessions_end(client: Client) -> None:
    user, other = signed_in(client), Client()
    other.force_login(user)
    form = {"old_password": PASSWORD, "new_password": NEW, "again": NEW}
    assert client.post("/account/password/", form).status_code == 302
    assert client.get(TOKENS).status_code == 200
    assert other.get(TOKENS).status_code == 302
    assert User.objects.get().check_password(NEW)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"old_password": "salah"}, "old_password"),
        ({"again": "lain"}, "again"),
        ({"new_password": "12345", "again": "12345"}, "new_password"),
    ],
)
def test_a_password_that_can_not_be_taken_is_refused(
    client: Client, form: dict[str, str], field: str
) -> None:
    signed_in(client)
    good = {"old_password": PASSWORD, "new_password": NEW, "again": NEW}
    answer = client.post("/account/password/", {**good, **form})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert FailedSignIn.objects.count() == (field == "old_password")


def test_an_administrator_makes_a_user_and_sets_the_password(admin_client: Client) -> None:
    admin_client.post("/users/users/add/", {"username": "budi", "is_active": "on"})
    user = User.objects.get(username="budi")
    assert not user.has_usable_password()
    address = reverse("set_password", args=[user.pk])
    assert admin_client.post(address, {"password": NEW}).status_code == 302
    assert User.objects.get(username="budi").check_password(NEW)


def test_nobody_else_administers_users(client: Client) -> None:
    user = signed_in(client, *ROLES)
    assert client.post("/users/users/add/", {"username": "budi"}).status_code == 403
    for deed in ("edit", "delete", "password"):
        assert client.post(f"{page_of(user)}{deed}/", {}).status_code == 403


def test_the_session_cookie_is_kept_from_scripts_and_other_sites() -> None:
    make_user()
    browser = Client()
    browser.post("/sign-in/", {"username": "siti", "password": PASSWORD})
    cookie = browser.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_what_lies_outside_a_limit_is_refused_on_the_form(client: Client) -> None:
    from tests.factories import permit

    user = permit(make_user(), Site, Tenant, actions=["view", "add"])
    user.permissions.update(constraints={"name__startswith": "P"})
    client.force_login(user)
    form = {"name": "Lain", "slug": "lain", "status": "active"}
    assert client.post("/dcim/sites/add/", form).status_code == 403
    assert not Site.objects.exists()
