"""The published schema of plan documents, and what it says of one that breaks it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from dcim.planning.strict_json import JSONValue
from dcim.vocabulary.errors import BadDocument


def check_schema(raw: Mapping[str, JSONValue], remake: str) -> None:
    """Refuse what the schema does not allow; `remake` is the way out of damage.

    Raises: BadDocument, whose `field` is the path of the damage.
    """
    try:
        errors = sorted(_validator().iter_errors(raw), key=lambda error: error.json_path)
    except RecursionError as err:
        raise BadDocument(
            "has sentences within sentences, too many to read.", field="apps", hint=remake
        ) from err
    if errors:
        deepest = errors[0]
        raise BadDocument(_reason(deepest), field=deepest.json_path.removeprefix("$."), hint=remake)


def _reason(error: ValidationError) -> str:
    message = str(error.message)
    return f"{message if len(message) <= 160 else f'{message[:160]}…'}."


@cache
def _validator() -> Draft202012Validator:
    text = resources.files("dcim.planning").joinpath("document.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))
