"""One comment on a pull or merge request, that each run brings up to date: no trail of old ones.

And a label where something goes, for lists and for rules of the forge. Speaks the two APIs that
forges have for it, told apart by the address: GitHub's (Gitea and Forgejo have its comments too)
and GitLab's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from dcim.vocabulary.errors import InvalidInput, NotPermitted, UnknownThing
from provisioning.engine.remote.web import Told, ask, sendable

TOKEN: Final = "COMMENT_TOKEN"  # noqa: S105  # the name of a variable
MARK: Final = "<!-- lumbung-preview -->"
LABEL: Final = "lumbung-deletes"
"""Of a request whose plan deletes or replaces something."""

_PAGE: Final = 100
_MOST_PAGES: Final = 20
_OF_GITHUB: Final = re.compile(r"((.*)/issues/\d+)/comments/?")
_OF_GITLAB: Final = re.compile(r"(.*/merge_requests/\d+)/notes/?")


def post_comment(text: str, at: str, *, only_update: bool = False) -> str:
    """Puts `text` on the request whose comments are at the address `at`; says what was done.

    Args: with `only_update` nothing new is posted, so that a run without changes stays silent.

    Raises: InvalidInput for an address that is none of comments, and what `ask` raises.
    """
    forge = _forge(at)
    body: Told = {"body": f"{MARK}\n{text}"}
    for known in forge.comments():
        with suppress(NotPermitted):  # somebody's copy of ours
            forge.update(known, body)
            return f"brought comment {known} up to date"
    if only_update:
        return "posted nothing"
    forge.post(body)
    return "posted a comment"


def label(at: str, *, loses: bool) -> str:
    """Puts `LABEL` on the request whose comments are at `at`, or takes it off; says what was done.

    Raises: as `post_comment`.
    """
    forge = _forge(at)
    forge.label(LABEL, is_on=loses)
    return f"{'has' if loses else 'has not'} the label {LABEL}"


class _Forge:
    """The comments and labels of one request, as GitHub has them."""

    method = "PATCH"

    def __init__(self, at: str, request: str, one: str, headers: dict[str, str]) -> None:
        self.at, self.request, self.headers = at.rstrip("/"), request, headers
        self.one = one  # what the address of one comment has before its id

    def comments(self) -> Iterator[int]:
        """Ids of the comments that are ours."""
        for page in range(1, _MOST_PAGES + 1):
            address = f"{self.at}?per_page={_PAGE}&page={page}"
            rows = ask(address, self.headers, token_from=TOKEN).json(address)
            for row in rows if isinstance(rows, list) else ():
                match row:
                    case {"id": int(known), "body": str(text)} if text.startswith(MARK):
                        yield known
            if not isinstance(rows, list) or len(rows) < _PAGE:
                return

    def update(self, known: int, body: Told) -> None:
        """Puts another text into a comment."""
        self._tell(f"{self.one}/{known}", self.method, body)

    def post(self, body: Told) -> None:
        """Adds a comment."""
        self._tell(self.at, "POST", body)

    def label(self, name: str, *, is_on: bool) -> None:
        """Sees to it that the request has the label, or has it not."""
        labels = f"{self.request}/labels"
        if is_on:
            self._tell(labels, "POST", {"labels": [name]})
            return
        with suppress(UnknownThing):  # it had none
            self._tell(f"{labels}/{name}", "DELETE", None)

    def _tell(self, address: str, method: str, body: Told | None) -> None:
        ask(address, self.headers, method=method, body=body, token_from=TOKEN)


class _GitLab(_Forge):
    """The same, as GitLab has them."""

    method = "PUT"

    def label(self, name: str, *, is_on: bool) -> None:
        self._tell(self.request, "PUT", {"add_labels" if is_on else "remove_labels": name})


def _forge(at: str) -> _Forge:
    token = sendable(os.environ.get(TOKEN), TOKEN, "Set it to a token that may comment.")
    if found := _OF_GITHUB.fullmatch(at):
        headers = {"Authorization": f"Bearer {token}"}
        return _Forge(at, found[1], f"{found[2]}/issues/comments", headers)
    if found := _OF_GITLAB.fullmatch(at):
        return _GitLab(at, found[1], at.rstrip("/"), {"PRIVATE-TOKEN": token})
    raise InvalidInput(
        f"“{at}” is no address of comments.",
        field="at",
        hint="GitHub: …/repos/OWNER/NAME/issues/N/comments; GitLab: …/merge_requests/N/notes.",
    )
