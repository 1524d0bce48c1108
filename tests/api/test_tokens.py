"""Tokens over the wire: made once shown once, either kind, and no wider than they say."""

from __future__ import annotations

from typing import Any

import pynetbox
import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer
from rest_framework.test import APIClient

from dcim.actions.accounts.sign_in import MOST_FROM_AN_ADDRESS, MOST_OF_A_NAME, unlock
from dcim.actions.accounts.users import create_token
from dcim.record.log.changes import ObjectChange
from dcim.record.people.account import ApiToken, FailedSignIn, TokenVersion, User
from tests.api.clients import client_of
from tests.factories import TESTER, make_user, permit

pytestmark = pytest.mark.django_db

SITES = "/api/dcim/sites/"
TOKENS = "/api/users/tokens/"
PROVISION = "/api/users/tokens/provision/"
ALL = ("get", "head", "options", "post", "delete")
PASSWORD = "kata-sandi-uji"


def status_with(token: str, path: str = SITES, method: str = "get", **meta: str) -> int:
    call = getattr(APIClient(), method)
    return int(call(path, HTTP_AUTHORIZATION=f"Token {token}", **meta).status_code)


def admin_token(**limits: Any) -> str:
    return create_token(make_user(is_superuser=True), by=TESTER, **limits)


def provision(username: str = "siti", password: str = PASSWORD, **more: Any) -> Any:
    body = {"username": username, "password": password, **more}
    return APIClient().post(PROVISION, body, format="json")


@pytest.mark.parametrize("keyword", ["Token", "Bearer"])
def test_a_token_of_the_first_version_opens_and_is_not_kept(keyword: str) -> None:
    token = admin_token(version=TokenVersion.V1)
    assert len(token) == 40
    assert APIClient().get(SITES, HTTP_AUTHORIZATION=f"{keyword} {token}").status_code == 200
    assert token not in str(ApiToken.objects.values().get())


@pytest.mark.parametrize(
    ("address", "status"),
    [("10.1.2.3", 200), ("::ffff:10.1.2.3", 200), ("192.0.2.1", 403), ("", 403)],
)
def test_a_token_opens_from_its_networks_only(address: str, status: int) -> None:
    token = admin_token(allowed_ips=["10.0.0.0/8"])
    assert status_with(token, REMOTE_ADDR=address) == status


def test_what_a_caller_says_of_its_address_is_not_believed() -> None:
    token = admin_token(allowed_ips=["10.0.0.0/8"])
    assert status_with(token, REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="10.1.2.3") == 403


@pytest.mark.parametrize(
    ("forwarded", "status"), [("10.1.2.3", 200), ("10.1.2.3, 192.0.2.9", 403), ("", 403)]
)
def test_what_a_trusted_proxy_says_last_is_believed(
    settings: Any, forwarded: str, status: int
) -> None:
    settings.TRUSTED_PROXIES = ["192.0.2.1"]
    token = admin_token(allowed_ips=["10.0.0.0/8"])
    meta = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": forwarded}
    assert status_with(token, **meta) == status


def test_a_token_opens_its_folders_only() -> None:
    token = admin_token(allowed_paths=["/api/dcim/sites/"])
    others = ["/api/dcim/racks/", "/api/dcim/", "/api/"]
    assert [status_with(token, one) for one in (SITES, *others)] == [200, *[403] * 3]


def test_a_token_opens_by_its_methods_only() -> None:
    token = admin_token(allowed_methods=["GET"])
    answers = [
        status_with(token, SITES, one) for one in ("get", "head", "options", "post", "delete")
    ]
    assert answers == [200, 200, 200, 403, 403]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("allowed_ips", ["10.0.0.0/99"]),
        ("allowed_ips", "10.0.0.0/8"),
        ("allowed_paths", ["/api/dcim"]),
        ("allowed_paths", [7]),
        ("allowed_methods", ["get"]),
        ("expires", "2001-01-01T00:00:00Z"),
    ],
)
def test_a_limit_that_can_not_be_read_makes_no_token(
    api: APIClient, field: str, value: Any
) -> None:
    answer = api.post(TOKENS, {field: value}, format="json")
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize("version", [1, 2])
def test_the_text_of_a_token_is_in_the_answer_to_its_making_only(version: int) -> None:
    program = client_of(make_user())
    made = program.post(TOKENS, {"version": version, "description": "uji"}, format="json").json()
    text = made["token"] if version == 1 else f"nbt_{made['key']}.{made['token']}"
    assert status_with(text, "/api/") == 200
    again = program.get(f"{TOKENS}{made['id']}/")
    assert made["token"] not in again.content.decode()
    assert made["token"] not in str(list(ObjectChange.objects.values()))


def test_one_makes_and_sees_no_tokens_of_others() -> None:
    other = make_user("lain")
    create_token(other, by=TESTER)
    program = client_of(make_user())
    refused = program.post(TOKENS, {"user": other.pk}, format="json")
    assert (refused.status_code, list(refused.json())) == (400, ["user"])
    assert {one["user"]["username"] for one in program.get(TOKENS).json()["results"]} == {"siti"}
    at = f"{TOKENS}{other.api_tokens.get().pk}/"
    assert [program.get(at).status_code, program.delete(at).status_code] == [404, 404]


def test_no_permission_makes_tokens_of_others() -> None:
    other = make_user("kepala", is_superuser=True)
    granted = permit(permit(make_user("rudi"), User), ApiToken, actions=("view", "add"))
    answer = client_of(granted).post("/api/users/tokens/", {"user": other.pk}, format="json")
    assert (answer.status_code, ApiToken.objects.filter(user=other).count()) == (403, 0)


def test_the_owner_of_a_token_never_changes(api: APIClient) -> None:
    at = f"{TOKENS}{ApiToken.objects.get().pk}/"
    body = {"user": make_user("lain").pk, "description": "baru"}
    assert api.patch(at, body, format="json").json()["user"]["username"] == "sri"


# By password


@pytest.mark.parametrize("version", [1, 2])
def test_name_and_password_give_a_token(version: int) -> None:
    make_user(is_superuser=True)
    made = provision(version=version).json()
    text = made["key"] if version == 1 else f"nbt_{made['key']}.{made['token']}"
    assert made["version"] == version
    assert status_with(text) == 200


def test_pynetbox_makes_its_token(live_server: LiveServer, transactional_db: None) -> None:
    make_user(is_superuser=True)
    client = pynetbox.api(live_server.url)
    client.create_token("siti", PASSWORD)
    assert client.dcim.sites.count() == 0


@pytest.mark.parametrize("name", ["siti", "tak-ada"])
def test_a_name_that_nobody_bears_is_answered_as_a_wrong_password(name: str) -> None:
    make_user()
    answer = provision(name, "salah")
    assert (answer.status_code, answer.json()["code"]) == (403, "rights.missing")
    assert answer.json()["detail"].startswith("Name and password do not fit.")


@pytest.mark.parametrize("name", ["siti", "tak-ada"])
def test_too_many_failures_lock_a_name_even_for_the_right_password(name: str) -> None:
    make_user()
    for _ in range(MOST_OF_A_NAME):
        provision(name, "salah")
    answer = provision(name)
    assert answer.status_code == 403
    assert "Try again in 15 minutes" in answer.json()["detail"]
    assert FailedSignIn.objects.count() == MOST_OF_A_NAME


def test_the_lock_is_told_to_the_change_log_and_can_be_lifted() -> None:
    user = make_user()
    for _ in range(MOST_OF_A_NAME):
        provision(password="salah")
    after = ObjectChange.objects.latest("id").postchange_data
    assert after is not None
    assert after["locked_until"]
    assert unlock(user, by=TESTER) == MOST_OF_A_NAME
    assert provision().status_code == 201


def test_a_lock_ends_by_itself() -> None:
    make_user()
    for _ in range(MOST_OF_A_NAME):
        provision(password="salah")
    FailedSignIn.objects.update(time="2001-01-01T00:00:00Z")
    assert provision().status_code == 201


def test_too_many_failures_lock_an_address_for_every_name() -> None:
    make_user()
    for number in range(MOST_FROM_AN_ADDRESS):
        provision(f"tebakan-{number}", "salah")
    assert "Too many failed" in provision().json()["detail"]


def test_a_success_forgets_the_failures_of_the_name() -> None:
    make_user()
    provision(password="salah")
    provision()
    assert not FailedSignIn.objects.exists()


def test_the_page_locks_as_the_api_does() -> None:
    make_user()
    for _ in range(MOST_OF_A_NAME):
        provision(password="salah")
    page = Client().post("/sign-in/", {"username": "siti", "password": PASSWORD})
    assert page.status_code == 200
    assert "15 menit" in page.content.decode()


@pytest.mark.parametrize(
    "next_page", ["https://jahat.example/", "//jahat.example/", "javascript:a"]
)
def test_signing_in_leads_to_no_other_site(next_page: str) -> None:
    make_user()
    form = {"username": "siti", "password": PASSWORD, "next": next_page}
    assert Client().post("/sign-in/", form)["Location"] == "/"


def test_who_one_is_is_told(stranger: APIClient) -> None:
    answer = stranger.get("/api/authentication-check/")
    assert (answer.status_code, answer.json()["username"]) == (200, "tamu")
    assert APIClient().get("/api/authentication-check/").status_code == 403


@pytest.mark.parametrize("many", [False, True])
def test_a_password_is_hashed_however_it_is_written(api: APIClient, many: bool) -> None:
    user, new = make_user(), "ganti-sandi-2026"
    at, body = f"/api/users/users/{user.pk}/", {"id": user.pk, "password": new}
    answer = api.patch("/api/users/users/" if many else at, [body] if many else body, format="json")
    assert answer.status_code == 200, answer.json()
    assert "password" not in str(answer.json())
    assert User.objects.get(pk=user.pk).check_password(new)
    assert new not in str(list(ObjectChange.objects.values()))


def test_a_password_that_is_guessed_easily_is_refused(api: APIClient) -> None:
    body = {"username": "budi", "password": "12345"}
    answer = api.post("/api/users/users/", body, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["password"])
