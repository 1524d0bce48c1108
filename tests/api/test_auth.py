"""Who may talk to the API, and how far."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from dcim.actions.accounts.users import create_token
from dcim.record.people.account import ApiToken
from dcim.record.places.sites import Site
from tests.api.clients import client_of
from tests.factories import TESTER, make, make_user, permit

pytestmark = pytest.mark.django_db

SITES = "/api/dcim/sites/"
BODY = {"name": "A", "slug": "a"}


def status_with(header: str) -> int:
    return APIClient().get(SITES, HTTP_AUTHORIZATION=header).status_code


@pytest.mark.parametrize("keyword", ["Token", "Bearer", "token"])
def test_a_token_opens_under_either_keyword(keyword: str) -> None:
    token = create_token(make_user(is_superuser=True), by=TESTER)
    assert status_with(f"{keyword} {token}") == 200


@pytest.mark.parametrize("text", ["", "x", "nbt_1234.5678", "nbt_.", "0" * 40, "\xff"])
def test_a_bad_token_is_refused(text: str) -> None:
    answer = APIClient().get(SITES, HTTP_AUTHORIZATION=f"Token {text}")
    assert (answer.status_code, answer.json()) == (403, {"detail": "Invalid token."})


def test_a_token_with_another_secret_is_refused() -> None:
    token = create_token(make_user(is_superuser=True), by=TESTER)
    assert status_with(f"Token {token[:-1]}") == 403


@pytest.mark.parametrize("change", [{"enabled": False}, {"expires": timezone.now()}])
def test_a_token_that_ended_is_refused(change: dict[str, object]) -> None:
    token = create_token(make_user(is_superuser=True), by=TESTER)
    ApiToken.objects.update(**change)
    answer = APIClient().get(SITES, HTTP_AUTHORIZATION=f"Token {token}")
    told = "This token expired on " if "expires" in change else "Invalid token."
    assert (answer.status_code, answer.json()["detail"].startswith(told)) == (403, True)


def test_a_token_that_has_not_ended_opens() -> None:
    later = timezone.now() + timedelta(days=1)
    token = create_token(make_user(is_superuser=True), by=TESTER, expires=later)
    assert status_with(f"Token {token}") == 200


def test_a_token_of_someone_who_left_is_refused() -> None:
    user = make_user(is_superuser=True)
    token = create_token(user, by=TESTER)
    user.is_active = False
    user.save()
    assert status_with(f"Token {token}") == 403


def test_a_token_that_only_reads_does_not_write(api: APIClient) -> None:
    ApiToken.objects.update(write_enabled=False)
    assert api.get(SITES).status_code == 200
    answer = api.post(SITES, BODY, format="json")
    assert (answer.status_code, answer.json()["detail"]) == (403, "This token may only read.")


@pytest.mark.parametrize(
    ("right", "answers"),
    [
        ("view", (200, 403, 403, 403)),
        ("add", (403, 201, 403, 403)),
        ("change", (403, 403, 200, 403)),
        ("delete", (403, 403, 403, 204)),
    ],
)
def test_each_right_opens_its_methods(right: str, answers: tuple[int, ...]) -> None:
    user = permit(make_user(), Site, actions=[right])
    program, one = client_of(user), f"{SITES}{make(Site).pk}/"
    got = (
        program.get(one).status_code,
        program.post(SITES, BODY, format="json").status_code,
        program.patch(one, {"facility": "B"}, format="json").status_code,
        program.delete(one).status_code,
    )
    assert got == answers


def test_a_session_writes_with_the_csrf_token_only() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_user(is_superuser=True))
    assert browser.get(SITES).status_code == 200
    answer = browser.post(SITES, BODY, content_type="application/json")
    assert (answer.status_code, list(answer.json())) == (403, ["detail"])
    browser.cookies["csrftoken"] = "a" * 32
    headers = {"X-CSRFToken": "a" * 32}
    answer = browser.post(SITES, BODY, content_type="application/json", headers=headers)
    assert answer.status_code == 201
