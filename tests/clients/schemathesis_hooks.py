"""What is told to schemathesis beyond the OpenAPI, and what it must hold answers to besides."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

import schemathesis
from schemathesis.core import NOT_SET

# They leave out keys that the schema of an answer requires; tests/api/test_reading.py asks them.
SHAPING: Final = {"brief", "fields", "omit"}
# As NetBox does, a page that is no number is taken as none said.
PAGING: Final = {"limit", "offset", "start"}
# As NetBox does, a number is taken for a text (a rack named 7 is named "7"), and 0 and 1 for no and
# yes.
TEXTS: Final[set[str]] = set()
SWITCHES: Final[set[str]] = set()
# The server refuses a longer request line before the product sees it, as web servers do.
LONGEST_ADDRESS: Final = 8_000
# The objects by which the run is signed in: "users/tokens/7 users/users/3".
KEPT: Final = frozenset(os.environ.get("LUMBUNG_KEPT", "").split())

# What a body is refused for that its schema could have said: then the schema is wrong.
SAYABLE: Final = re.compile(
    # Texts are trimmed first, so that blanks alone are none: a schema says only that "" is none.
    r"This field is required\.|This field may not be blank\.$|is not a valid choice\."
    r"|Not a valid|A valid (number|integer) is required|Expected a|Must be a valid boolean"
    r"|Ensure this field has|This list may not be empty"
)


@schemathesis.hook
def before_load_schema(context: object, raw_schema: dict[str, Any]) -> None:
    """Ask for whole objects only, by any page; note which properties are texts or
    switches."""
    for name, schema in raw_schema["components"]["schemas"].items():
        if name.endswith("Request"):
            properties = schema.get("properties", {}).items()
            TEXTS.update(key for key, one in properties if _is_text(one))
            SWITCHES.update(key for key, one in properties if one.get("type") == "boolean")
    for path in raw_schema["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "parameters" in operation:
                operation["parameters"] = [
                    {**one, "schema": {}} if one.get("name") in PAGING else one
                    for one in operation["parameters"]
                    if one.get("name") not in SHAPING
                ]


@schemathesis.hook
def filter_case(context: object, case: Any) -> bool:
    """Whether the request is one to send.

    Left alone is what the run is signed in by: without it all would be refused. A parameter without
    a value is as good as none, and a number for a text or a switch as good as what it stands for,
    in NetBox too: they make no request a wrong one.
    """
    if len(urlencode(case.query or {}, doseq=True)) > LONGEST_ADDRESS - len(case.formatted_path):
        return False
    is_wrong = case.meta is not None and case.meta.generation.mode.is_negative
    if case.method == "GET":
        return not (is_wrong and any(_is_empty(one) for one in (case.query or {}).values()))
    if is_wrong and _has_number_taken(case.body):
        return False
    return not any(f"{_kind_of(case)}/{pk}" in KEPT for pk in _ids_in(case))


def _is_empty(value: object) -> bool:
    return "" in value if isinstance(value, list) else value == ""


def _has_number_taken(body: object) -> bool:
    """Whether a property that is a text or a switch is given as a number, at any depth."""
    if isinstance(body, list):
        return any(_has_number_taken(one) for one in body)
    if not isinstance(body, dict):
        return False
    return any(
        (key in TEXTS | SWITCHES and any(type(one) in {int, float} for one in _several(value)))
        or _has_number_taken(value)
        for key, value in body.items()
    )


def _is_text(schema: dict[str, Any]) -> bool:
    """Whether a property is a text, or a list of texts."""
    inner = schema.get("items", schema)
    return "string" in inner.get("type", "")


def _several(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _kind_of(case: Any) -> str:
    found = re.match(r"/api/([^{]+?)/(?:$|\{)", case.operation.path)
    return found[1] if found else ""


def _ids_in(case: Any) -> Iterator[object]:
    yield (case.path_parameters or {}).get("id")
    rows = case.body if isinstance(case.body, list) else []
    yield from (row.get("id") for row in rows if isinstance(row, dict))


@schemathesis.check
def refusals_rest_on_the_record(ctx: object, response: Any, case: Any) -> None:
    """A body that fits the schema is refused only for what a schema can't say."""
    if response.status_code != 400 or case.meta is None or case.body is NOT_SET:
        return
    if case.meta.generation.mode.is_positive:
        wrong = [one for one in _texts(json.loads(response.text)) if SAYABLE.search(one)]
        assert not wrong, f"The schema should say so: {wrong}"


def _texts(answer: Any) -> Iterator[str]:
    """Every sentence in an answer."""
    if isinstance(answer, dict):
        answer = [*answer.values()]
    if isinstance(answer, list):
        for one in answer:
            yield from _texts(one)
    elif isinstance(answer, str):
        yield answer
