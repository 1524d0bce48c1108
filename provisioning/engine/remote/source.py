"""Where a plan document comes from: a file, or the API of a Lumbung; neither needs a database.

The token comes from the environment only, so that it stands in no process list, log or file.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from dcim.planning.document import PlanDocument, parse
from dcim.vocabulary.errors import BadDocument, InvalidInput, UnknownThing
from provisioning.engine.remote.web import ask, check_address, host_of, sendable

TOKEN: Final = "LUMBUNG_TOKEN"  # noqa: S105  # the name of a variable
LATEST: Final = "latest"
PLANS: Final = "/api/plugins/planner/plans/"
_SCHEMES: Final = ("http://", "https://")
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def find_document(named: str, at: str | None, say: Callable[[str], None]) -> PlanDocument:
    """The plan document that `named` means.

    Args:
        named: a file, or the address of a plan in the API; where `at` is given, “latest” or an id.
        at: the address of a Lumbung, or None; empty is what a variable gives that is not set.
        say: takes a line of progress.

    Raises: InvalidInput, UnknownThing, NotPermitted or Unreachable when it can't be had,
    BadDocument when it is no plan of this version.
    """
    if at is not None:
        return _from_api(_address(at, named), say)
    return _from_api(named, say) if named.startswith(_SCHEMES) else read_plan(Path(named))


def read_plan(path: Path) -> PlanDocument:
    """The plan document in the file.

    Raises: InvalidInput when the file can't be read, BadDocument when it is no plan.
    """
    try:
        data = path.read_bytes()
    except OSError as err:
        raise InvalidInput(
            f"{path} can't be read: {err.strerror}.",
            field="plan",
            hint="Make a plan with ./manage.py plan --output FILE.",
        ) from err
    return parse(data)


def _from_api(address: str, say: Callable[[str], None]) -> PlanDocument:
    check_address(address)
    whole = _document_address(address)
    say(f"fetching {whole} …")
    if urlsplit(whole).scheme == "http" and urlsplit(whole).hostname not in _LOOPBACK:
        say(f"The token goes to {host_of(whole)} unencrypted: use https where it can be had.")
    answer = ask(whole, _headers(), token_from=TOKEN)
    answer.json(whole)  # says what came where a page came
    try:
        return parse(answer.body)
    except BadDocument as err:
        if err.field != "format":
            raise
        raise BadDocument(
            err.reason,
            field="format",
            hint=f"Install the version of lumbung that {host_of(whole)} runs, or have it make the"
            " plan again.",
        ) from err


def _document_address(address: str) -> str:
    """The address of the plan's document, for that of the plan; without query and fragment."""
    parts = urlsplit(address)
    path = parts.path if parts.path.endswith("/") else f"{parts.path}/"
    whole = path if path.endswith("/document/") else f"{path}document/"
    return urlunsplit((parts.scheme, parts.netloc, whole, "", ""))


def _address(at: str, named: str) -> str:
    """The address of the plan at a Lumbung: its newest, or that of an id."""
    if not at.strip():
        raise InvalidInput(
            "is empty.",
            field="from",
            hint="Name a Lumbung's address; is the variable set that it comes from?",
        )
    stem = at.rstrip("/").removesuffix("/api")
    check_address(stem)
    if named != LATEST and not (named.isascii() and named.isdecimal()):
        raise InvalidInput(
            f"“{named}” is neither “{LATEST}” nor an id.",
            field="plan",
            hint="A file needs no --from; a plan of the API is named by the id in its list.",
        )
    return f"{stem}{PLANS}{_newest(stem) if named == LATEST else named}/"


def _newest(stem: str) -> int:
    address = f"{stem}{PLANS}?limit=1&ordering=-id&fields=id"
    found = ask(address, _headers(), token_from=TOKEN).json(address)
    rows = found.get("results") if isinstance(found, dict) else None
    match rows:
        case [{"id": int(newest)}, *_]:
            return newest
        case []:
            raise UnknownThing(
                f"{host_of(stem)} has no plan that this token may see.",
                field="plan",
                hint="Make one there first: ./manage.py plan, or POST to its plans.",
            )
        case _:
            raise InvalidInput(f"{address} is no list of plans.", hint="Name a Lumbung's address.")


def _headers() -> dict[str, str]:
    way_out = "Set it to a token that may read plans; one of a user with the role “ci” may."
    return {"Authorization": f"Bearer {sendable(os.environ.get(TOKEN), TOKEN, way_out)}"}
