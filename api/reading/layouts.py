"""The layout of a serializer's answers, made from its own fields: nothing is declared twice.

A field says how it is read by a method `reader(model)`; plain fields of REST framework are read as
the columns they stand for. A serializer with a field of which neither is known has no layout: it is
told in the log, and the serializer itself makes the answers, one object after another.
"""

from __future__ import annotations

import logging
from functools import cache, lru_cache
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils import translation
from rest_framework import serializers

from api.reading.briefs import model_field
from api.reading.page import Layout, Reader
from api.reading.readers import reader_of

Shown = frozenset[str] | None
SerializerClass = type[serializers.Serializer[Any]]
# Subclasses may show something else, so they are not counted among them.
PLAIN: Final = frozenset(
    {
        serializers.BooleanField,
        serializers.IntegerField,
        serializers.CharField,
        serializers.DateTimeField,
        serializers.DateField,
        serializers.UUIDField,
        serializers.JSONField,
    }
)
LAYOUTS_KEPT: Final = 2000  # callers may choose fields as they like

_log = logging.getLogger(__name__)


@lru_cache(maxsize=LAYOUTS_KEPT)
def layout_for(
    serializer_class: SerializerClass, model: type[Model], shown: Shown
) -> Layout | None:
    """How objects of `model` are read for answers with the `shown` fields (None: all), if known."""
    readers: dict[str, Reader] = {}
    with translation.override("en"):
        for name, field in serializer_class(context={"shown": shown}).fields.items():
            if field.write_only:  # a password is taken in and never told
                continue
            reader = reader_for(field, model)
            if reader is None:
                _log.warning("%s.%s has no reader", serializer_class.__name__, name)
                return None
            readers[name] = reader
    return Layout(model, readers)


@cache
def names_of(serializer_class: SerializerClass) -> frozenset[str]:
    """The names of all fields that answers may show."""
    fields = serializer_class().fields.items()
    return frozenset(name for name, field in fields if not field.write_only)


def reader_for(field: Any, model: type[Model]) -> Reader | None:
    """How a serializer's field is read, or None where that isn't known."""
    own = getattr(field, "reader", None)
    if own is not None:
        found: Reader | None = own(model)
        return found
    if type(field) not in PLAIN:
        return None
    try:
        stored = model_field(model, field.source)
    except FieldDoesNotExist:
        return None
    return reader_of(stored)
