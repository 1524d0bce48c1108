"""The comment on a request: one, brought up to date, in the words of either forge."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dcim.vocabulary.errors import InvalidInput, NotPermitted
from provisioning.engine.remote.comment import LABEL, MARK, TOKEN, label, post_comment
from tests.answering import Heard, Said, answering

GITHUB = "/repos/paser/infra/issues/5/comments"
GITLAB = "/api/v4/projects/3/merge_requests/5/notes"
OURS = {"id": 42, "body": f"{MARK}\nold"}
OTHERS = [{"id": n, "body": f"I quote {MARK}"} for n in range(100)]


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, "secret")


def with_comments(*pages: object) -> Callable[[Heard], Said]:
    def answer(heard: Heard) -> Said:
        if heard.method != "GET":
            return Said({"id": 43}, 201)
        page = int(heard.path.rpartition("=")[2])
        return Said(pages[page - 1] if page <= len(pages) else [])

    return answer


@pytest.mark.parametrize("at", [GITHUB, GITLAB])
def test_the_first_run_posts_a_comment(at: str) -> None:
    with answering(with_comments(OTHERS[:3])) as forge:
        assert post_comment("## new", forge.address + at) == "posted a comment"
    (posted,) = forge.requests("POST")
    assert (posted.path, posted.told) == (at, {"body": f"{MARK}\n## new"})


@pytest.mark.parametrize(
    ("at", "method", "path", "header"),
    [
        (GITHUB, "PATCH", "/repos/paser/infra/issues/comments/42", "Authorization"),
        (GITLAB, "PUT", f"{GITLAB}/42", "PRIVATE-TOKEN"),
    ],
)
@pytest.mark.parametrize("only_update", [False, True])
def test_later_runs_bring_it_up_to_date_on_whatever_page(
    at: str, method: str, path: str, header: str, only_update: bool
) -> None:
    with answering(with_comments(OTHERS, [OURS])) as forge:
        done = post_comment("## new", forge.address + at, only_update=only_update)
    assert done == "brought comment 42 up to date"
    (changed,) = forge.requests(method)
    assert (changed.path, changed.told) == (path, {"body": f"{MARK}\n## new"})
    sent = {name.lower(): value for name, value in changed.headers.items()}
    assert "secret" in sent[header.lower()]
    assert forge.requests("POST") == []


def test_a_copy_of_ours_that_somebody_posted_is_passed_over() -> None:
    def answer(heard: Heard) -> Said:
        if heard.method == "GET":
            return Said([{**OURS, "id": 66}, OURS])
        return Said({"message": "Forbidden"}, 403) if heard.path.endswith("/66") else Said({})

    with answering(answer) as forge:
        assert post_comment("## new", forge.address + GITLAB) == "brought comment 42 up to date"


def test_a_run_without_changes_posts_nothing_new() -> None:
    with answering(with_comments(OTHERS[:3])) as forge:
        assert post_comment("none", forge.address + GITHUB, only_update=True) == "posted nothing"
    assert {one.method for one in forge.heard} == {"GET"}


@pytest.mark.parametrize(
    ("at", "loses", "told"),
    [
        (GITHUB, True, ("POST", "/repos/paser/infra/issues/5/labels", {"labels": [LABEL]})),
        (GITLAB, True, ("PUT", "/api/v4/projects/3/merge_requests/5", {"add_labels": LABEL})),
        (GITLAB, False, ("PUT", "/api/v4/projects/3/merge_requests/5", {"remove_labels": LABEL})),
    ],
)
def test_a_request_is_labelled_while_something_goes(
    at: str, loses: bool, told: tuple[str, str, object]
) -> None:
    with answering(lambda _heard: Said([])) as forge:
        label(forge.address + at, loses=loses)
    (heard,) = forge.heard
    assert (heard.method, heard.path, heard.told) == told


def test_a_label_that_is_not_there_need_not_be_taken_off() -> None:
    with answering(lambda _heard: Said({"message": "Label does not exist"}, 404)) as forge:
        assert label(forge.address + GITHUB, loses=False) == f"has not the label {LABEL}"
    (heard,) = forge.requests("DELETE")
    assert heard.path == f"/repos/paser/infra/issues/5/labels/{LABEL}"


@pytest.mark.parametrize(("secret", "words"), [("two\nlines", "no token has"), ("é", "no token")])
def test_a_token_that_can_not_be_sent_is_never_told(
    secret: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN, secret)
    with pytest.raises(InvalidInput, match=words) as caught:
        post_comment("x", f"https://forge.example{GITHUB}")
    assert secret not in str(caught.value)


def test_what_is_wrong_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        answering(lambda _heard: Said({"message": "Bad credentials"}, 401)) as forge,
        pytest.raises(NotPermitted, match=r"COMMENT_TOKEN: .* Bad credentials"),
    ):
        post_comment("x", forge.address + GITHUB)
    with pytest.raises(InvalidInput, match="no address of comments"):
        post_comment("x", "https://forge.example/")
    monkeypatch.delenv(TOKEN)
    with pytest.raises(InvalidInput, match="COMMENT_TOKEN: is not set"):
        post_comment("x", f"https://forge.example{GITHUB}")
