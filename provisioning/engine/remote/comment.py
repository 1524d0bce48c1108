"""One comment on a pull or merge request, that each run brings up to date: no trail of old ones.

Speaks the two APIs that forges have for it, told apart by the address: GitHub's (Gitea and Forgejo
have it too) and GitLab's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Final

from dcim.vocabulary.errors import InvalidInput
from provisioning.engine.remote.web import ask

TOKEN: Final = "COMMENT_TOKEN"  # noqa: S105  # the name of a variable
MARK: Final = "<!-- lumbung-preview -->"
_PAGE: Final = 100
_MOST_PAGES: Final = 20
_OF_GITHUB: Final = re.compile(r"(.*)/issues/\d+/comments/?")
_OF_GITLAB: Final = re.compile(r".*/merge_requests/\d+/notes/?")


def post_comment(text: str, at: str, *, only_update: bool = False) -> str:
    """Puts `text` on the request whose comments are at the address `at`; says what was done.

    Args: with `only_update` nothing new is posted, so that a run without changes stays silent.

    Raises: InvalidInput for an address that is none of comments, and what `ask` raises.
    """
    forge = _forge(at)
    body = {"body": f"{MARK}\n{text}"}
    for known in forge.comments():
        forge.update(known, body)
        return f"brought comment {known} up to date"
    if only_update:
        return "posted nothing"
    forge.post(body)
    return "posted a comment"


class _Forge:
    """The comments of one request. The address of one of them is `one` and its id."""

    def __init__(self, at: str, one: str, method: str, headers: dict[str, str]) -> None:
        self.at, self.one, self.method, self.headers = at.rstrip("/"), one, method, headers

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

    def update(self, known: int, body: dict[str, str]) -> None:
        """Puts another text into a comment."""
        address = f"{self.one}/{known}"
        ask(address, self.headers, method=self.method, body=body, token_from=TOKEN)

    def post(self, body: dict[str, str]) -> None:
        """Adds a comment."""
        ask(self.at, self.headers, method="POST", body=body, token_from=TOKEN)


def _forge(at: str) -> _Forge:
    token = os.environ.get(TOKEN, "").strip()
    if not token:
        raise InvalidInput("is not set.", field=TOKEN, hint="Set it to a token that may comment.")
    if found := _OF_GITHUB.fullmatch(at):
        headers = {"Authorization": f"Bearer {token}"}
        return _Forge(at, f"{found[1]}/issues/comments", "PATCH", headers)
    if _OF_GITLAB.fullmatch(at):
        return _Forge(at, at.rstrip("/"), "PUT", {"PRIVATE-TOKEN": token})
    raise InvalidInput(
        f"“{at}” is no address of comments.",
        field="at",
        hint="GitHub: …/repos/OWNER/NAME/issues/N/comments; GitLab: …/merge_requests/N/notes.",
    )
