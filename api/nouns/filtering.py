"""Parameters of questions about many failures: filters of things, numbers of rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from dcim.graph.selection import FILTERS
from dcim.vocabulary.errors import InvalidInput

MOST_DIGITS: Final = 9
TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}
FILTER_PARAMETERS: Final = [
    OpenApiParameter("kind", str, many=True, description="A kind of thing; may be repeated."),
    OpenApiParameter(
        "within", str, many=True, description="KIND:NAME of a place that things stand in."
    ),
    *(
        OpenApiParameter(name, str, many=True, description=f"The same as within={name}:NAME.")
        for name in FILTERS[2:-1]
    ),
    OpenApiParameter("tenant", str, many=True, description="Slug of the owner of things."),
]


def filters_of(request: Request) -> Mapping[str, list[str]]:
    """The filters that a request names, with their values."""
    return {name: request.query_params.getlist(name) for name in FILTERS}


def truth(request: Request, name: str, default: str = "false") -> bool:
    """A parameter that is true or false; `default` where it is not given.

    Raises: InvalidInput.
    """
    text = request.query_params.get(name) or default
    if text.lower() not in TRUTHS:
        raise InvalidInput(
            f"“{text}” is neither true nor false.", field=name, hint="Write true or false."
        )
    return TRUTHS[text.lower()]


def whole_number(request: Request, name: str, default: int) -> int:
    """A parameter that is a number of rows.

    Raises: InvalidInput.
    """
    text = request.query_params.get(name, str(default))
    if not text.isascii() or not text.isdecimal() or len(text) > MOST_DIGITS:
        raise InvalidInput(
            f"“{text}” is not a number of rows.", field=name, hint="Write a number from 0 on."
        )
    return int(text)
