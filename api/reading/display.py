"""Objects that hold no more than their `__str__` asks for, made without reading whole rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import CodeType, FunctionType
from typing import Any

from django.db.models import Model
from django.db.models.base import ModelState

from dcim.catalog.resource import AnyField


@cache
def names_in(model: type[Model]) -> tuple[AnyField, ...]:
    """The stored fields that `model.__str__` may ask for, read off its code.

    A field that is missed here is fetched by Django when it is asked for: the name stays right and
    costs a query, which the test of a constant number of queries tells.
    """
    words = set(_words(model, model.__str__, set()))
    fields = model._meta.concrete_fields
    return tuple(one for one in fields if not one.primary_key and words & {one.name, one.attname})


def unfilled(model: type[Model], stored: Mapping[str, Any]) -> Model:
    """An object with the `stored` columns and no others."""
    obj = model.__new__(model)
    state = ModelState()
    state.adding = False
    obj.__dict__.update(stored, _state=state)
    return obj


def _words(model: type[Model], function: object, seen: set[object]) -> Iterator[str]:
    """The names and words in a function's code, and in what of the model it calls."""
    if not isinstance(function, FunctionType) or function in seen:
        return
    seen.add(function)
    for word in _words_of(function.__code__):
        yield word
        called = getattr(model, word, None)
        yield from _words(model, called.fget if isinstance(called, property) else called, seen)


def _words_of(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, CodeType):
            yield from _words_of(constant)
