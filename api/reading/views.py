"""The read half of a resource's views: lists, single objects, and what answers to writes show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import F, ForeignKey, QuerySet
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from api.http.auth import action_of, signed_in
from api.reading.briefs import Briefs, brief_paths, extras_of
from api.reading.fetching import Among, keys_given, statement
from api.reading.fragments import Fragments
from api.reading.layouts import layout_for, names_of
from api.reading.page import Layout
from api.reading.references import LARGEST_ID, Found
from dcim.actions.rights import visible
from dcim.catalog.resource import TAKEN, AnyField, Resource

Body = dict[str, Any]
TRUE = frozenset({"1", "true"})


class Reading(GenericViewSet[Any]):
    """List and read the objects of one resource."""

    resource: ClassVar[Resource]
    serializer_class: type[serializers.Serializer[Any]]

    @cached_property
    def shown(self) -> frozenset[str] | None:
        """The wire names that the caller asked for by `brief`, `fields` or `omit`; None: all."""
        asked = self.request.query_params
        known = names_of(self.serializer_class)
        if asked.get("brief", "").lower() in TRUE:
            fields = {self.resource.wire_name(name) for name in self.resource.brief}
            return TAKEN | fields | {*extras_of(self.resource.model)}
        names = _words(asked.getlist("fields"))
        if names:
            return names & known
        omitted = _words([*asked.getlist("omit"), *asked.getlist("exclude")]) & known
        return known - omitted if omitted else None

    @property
    def _reads(self) -> bool:
        # OpenAPI is made without a request.
        request: Request | None = self.request
        return request is not None and request.method == "GET"

    @cached_property
    def layout(self) -> Layout | None:
        """How the answer's objects are read; None where a field has no reader."""
        shown = self.shown if self._reads else None
        return layout_for(self.serializer_class, self.resource.model, shown)

    def get_queryset(self) -> QuerySet[Any]:
        """The objects that the caller may do with what is asked: see, change, delete."""
        rows = self.resource.model._default_manager.all()
        request: Request | None = self.request  # OpenAPI is made without one
        if request is None:
            return rows
        return visible(rows, signed_in(request), action_of(request, self))

    def get_object(self) -> Any:
        found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise self._not_found()
        return found

    def get_serializer_context(self) -> dict[str, Any]:
        return {
            **super().get_serializer_context(),
            "briefs": Briefs(self.request),
            "found": Found(self._referable),
            "shown": self.shown if self._reads else None,
        }

    def _referable(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What a body may refer to: an object that the caller may not see is as good as none."""
        return visible(rows, signed_in(self.request))

    def list(self, request: Request, **kwargs: Any) -> Response:
        """One page of objects that match the filters."""
        rows = self.filter_queryset(self.get_queryset())
        found = self.paginate_queryset(
            self._rows(rows) if self.layout is None else rows.values_list("pk")
        )
        page: Sequence[Any] = found or ()
        if self.layout is not None:
            page = self._in_order([pk for (pk,) in page])
        return self.get_paginated_response(self._bodies(page))

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """One object."""
        found = self._bodies(self._read([self.kwargs["pk"]]))
        if not found:
            raise self._not_found()
        return Response(found[0])

    def _not_found(self) -> NotFound:
        return NotFound(f"There is no {self.resource.kind} with the id {self.kwargs['pk']}.")

    def _shown_as_json(self, objects: Sequence[Any]) -> Sequence[Body]:
        """The wire forms of `objects` as the database holds them now, in the order given."""
        keys = [one.pk for one in objects]
        found = {row.pk if self.layout is None else row[0]: row for row in self._read(keys)}
        return self._bodies([found[key] for key in keys])

    def _in_order(self, keys: Sequence[int]) -> Sequence[Any]:
        """The layout's columns of a page, whose keys were found by themselves.

        So that sorting and passing over rows handles nothing but keys, and the selection of all
        columns need not be built for each request.
        """
        found = {
            row[0]: row for row in self._columns(self.resource.model._default_manager.all(), keys)
        }
        return [found[key] for key in keys if key in found]

    def _read(self, keys: Sequence[int]) -> Sequence[Any]:
        """What is read of the objects that have the `keys`, as far as the caller may see them."""
        rows = self.get_queryset()
        if self.layout is not None and not rows.query.where:
            return self._columns(rows, [key for key in keys if key <= LARGEST_ID])
        return list(self._rows(rows.filter(pk__in=keys)))

    def _columns(self, rows: QuerySet[Any], keys: Sequence[int]) -> Sequence[Any]:
        """The layout's columns of those of all `rows` that have the `keys`."""
        if self.layout is not None and self.shown is None:  # callers' own choices are not kept
            return statement(self.resource.model, self.layout.columns).rows(keys)
        return list(self._rows(rows.order_by().filter(Among(F("pk"), keys_given(keys)))))

    def _rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What of the objects is read: the layout's columns; without one, all that they show."""
        return with_shown(rows, self.resource) if self.layout is None else self.layout.rows(rows)

    def _bodies(self, rows: Sequence[Any]) -> Sequence[Body]:
        """The wire forms of rows of the layout; of objects, where there is none."""
        if self.layout is not None:
            return self.layout.make(rows, Fragments(self.request, [row[0] for row in rows]))
        context = self.get_serializer_context()
        context["briefs"] = Briefs(self.request, [one.pk for one in rows])
        return list(self.serializer_class(rows, many=True, context=context).data)


def with_shown(rows: QuerySet[Any], resource: Resource) -> QuerySet[Any]:
    """Objects with all that their serializer shows, in a constant number of queries."""
    many = [one.name for one in resource.fields if one.many_to_many]
    return rows.prefetch_related(
        *many, *(path for one in resource.fields for path in paths_of(one))
    )


def paths_of(one: AnyField) -> Iterable[str]:
    """What to select for the brief that a reference is shown as."""
    if not isinstance(one, ForeignKey):
        return []
    return [one.name, *(f"{one.name}__{path}" for path in brief_paths(one.related_model))]


def _words(texts: Iterable[str]) -> frozenset[str]:
    words = (word.strip() for text in texts for word in text.split(","))
    return frozenset(word for word in words if word)
