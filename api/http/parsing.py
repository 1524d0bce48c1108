"""Bodies are JSON both ways, whatever the caller says it accepts.

What is taken in has a limited size and depth, and holds nothing that a database would not: what
can't be read is the caller's mistake, told with the field it is in.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any, Final

from django.conf import settings
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from api.http.refusals import ALL_FIELDS, RowsRefused, TooLarge

DEEPEST: Final = 32
LONGEST_NUMBER: Final = 40  # digits: more than any column holds
LONGEST_SHOWN: Final = 60
TOO_DEEP: Final = f"The body is nested deeper than {DEEPEST} levels."
# How JSON writes characters that no database takes: NUL, and halves of pairs.
SUSPECT: Final = ("\\u0000", "\\ud", "\\uD", "\x00")


class BodyParser(JSONParser):
    """JSON of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes and `DEEPEST` levels."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0
        if int(length) > limit:
            raise TooLarge(limit)
        body: bytes = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(limit)
        data = read_json(body)
        _check_depth(data)
        return data


def read_json(body: bytes) -> Any:
    """What the JSON of `body` says.

    Raises: ParseError, ValidationError: it is no JSON, or says what can't be stored.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as err:
        raise ParseError(f"JSON parse error - the body is not UTF-8: {err}") from err
    try:
        data = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_constant,
        )
    except RecursionError as err:
        raise ParseError(TOO_DEEP) from err
    except ValueError as err:
        raise ParseError(f"JSON parse error - {err}") from err
    if any(sign in text for sign in SUSPECT):
        _check_texts(data)
    return data


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen = set[str]()
        for name, _ in pairs:
            if name in seen:
                raise ValidationError({name[:LONGEST_SHOWN]: ["This field is named twice."]})
            seen.add(name)
    return made


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ParseError(f"The number {digits[:LONGEST_NUMBER]}… has too many digits.")
    return int(digits)


def _number(digits: str) -> float:
    if len(digits) > LONGEST_NUMBER or not math.isfinite(float(digits)):
        raise ParseError(f"The number {digits[:LONGEST_NUMBER]} is out of range.")
    return float(digits)


def _constant(name: str) -> Any:
    raise ParseError(f"JSON parse error - {name} is no number of JSON.")


def _check_depth(data: Any) -> None:
    level = [data]
    for _ in range(DEEPEST):
        level = [one for part in level for one in _parts(part) if isinstance(one, dict | list)]
        if not level:
            return
    raise ParseError(TOO_DEEP)


def _parts(data: Any) -> Iterable[Any]:
    if isinstance(data, dict):
        return data.values()
    return data if isinstance(data, list) else ()


def _check_texts(data: Any) -> None:
    """Refuse characters that can't be stored, naming rows and fields.

    Raises: RowsRefused, ValidationError.
    """
    if not isinstance(data, list):
        if errors := _bad_texts_in(data):
            raise ValidationError(errors)
        return
    found = ((at, _bad_texts_in(row)) for at, row in enumerate(data))
    refused = [({"index": at}, errors) for at, errors in found if errors]
    if refused:
        raise RowsRefused(refused)


def _bad_texts_in(row: Any) -> dict[str, list[str]]:
    fields = row.items() if isinstance(row, dict) else [(ALL_FIELDS, row)]
    errors: dict[str, list[str]] = {}
    for name, value in fields:
        reason = next((why for text in _texts(name, value) if (why := _wrong_with(text))), "")
        if reason:
            shown = name.encode(errors="replace").decode().replace("\x00", "?")[:LONGEST_SHOWN]
            errors[shown] = [reason]
    return errors


def _texts(*values: Any) -> Iterator[str]:
    left = list(values)
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            left += one.keys()
            left += one.values()
        elif isinstance(one, list):
            left += one


def _wrong_with(text: str) -> str:
    if "\x00" in text:
        return "Null characters are not allowed."
    try:
        text.encode()
    except UnicodeEncodeError as err:
        return f"{text[err.start]!a} is half of a pair of surrogates, no character."
    return ""


class JsonAlways(DefaultContentNegotiation):
    """Answers in JSON: a browser that asks for a page is told as much as a program."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type
