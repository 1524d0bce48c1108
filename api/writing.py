"""The write half of a resource's views: one object by its address, sets by the list's address.

A set is written whole or not at all; every row that can't be taken is named in the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Final

from django.conf import settings
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import LONGEST_MESSAGE
from api.http.auth import signed_in
from api.http.etags import is_named, seen_by, tag_in, tags_named
from api.http.refusals import RowsRefused
from api.reading.references import id_of
from api.reading.views import Reading
from dcim.actions import record
from dcim.actions.accounts.callers import address_of
from dcim.actions.changes import Actor
from dcim.catalog.resource import Resource

Row = Mapping[str, Any]
MESSAGE: Final = "changelog_message"


class Writing(Reading):
    """Create, change and delete the objects of one resource."""

    resource: ClassVar[Resource]

    seen: datetime | None = None  # the object's date that the caller of an update has seen

    @cached_property
    def actor(self) -> Actor:
        """Who writes in this request; every entry of its change log carries the same request id."""
        return Actor.of(
            signed_in(self.request),
            message=message_of(self.request.data),
            source_address=address_of(self.request.META),
        )

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """One object, with its entity tag; 304 when the caller has it in this state."""
        answer = _tagged(super().retrieve(request, **kwargs))
        known = tags_named(request, "If-None-Match")
        if known is not None and "ETag" in answer and is_named(answer["ETag"], known):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": answer["ETag"]})
        return answer

    def create(self, request: Request, **kwargs: Any) -> Response:
        """A new object; of a list of objects all are made, or none."""
        many = isinstance(request.data, list)
        bodies = rows_of(request.data) if many else [request.data]
        messages = self._messages(bodies, many=many)
        rows = self._validated([None] * len(bodies), bodies, many=many)
        written = self.write_new(rows, messages)
        body = self._shown_as_json(written)
        answer = Response(body if many else body[0], status=status.HTTP_201_CREATED)
        return answer if many else _tagged(answer)

    def update(self, request: Request, **kwargs: Any) -> Response:
        """The object with new values; what is not named stays as it is."""
        obj = self.get_object()
        body = one_of(request)
        self._messages([body], many=False)
        self.seen = seen_by(request, obj)
        (values,) = self._validated([obj], [body], many=False)
        with record.unchanged(obj, self.seen) if self.seen else nullcontext():
            written = self.write_changes(obj, values)
        return _tagged(Response(self._shown_as_json([written])[0]))

    def bulk_update(self, request: Request, **kwargs: Any) -> Response:
        """Objects with new values, each named by its id; all are changed, or none."""
        bodies = rows_of(request.data)
        objects = self._named_by(bodies)
        messages = self._messages(bodies, many=True, objects=objects)
        rows = self._validated(objects, bodies, many=True)
        written = self.write_set(list(zip(objects, rows, strict=True)), messages)
        return Response(self._shown_as_json(written))

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Remove the object; refused while others rest on it."""
        obj = self.get_object()
        if request.data:
            self._messages([one_of(request)], many=False)
        record.delete(obj, by=self.actor, unchanged_since=seen_by(request, obj))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def bulk_destroy(self, request: Request, **kwargs: Any) -> Response:
        """Remove objects, each named by its id; all go, or none."""
        bodies = rows_of(request.data)
        objects = self._named_by(bodies)
        messages = self._messages(bodies, many=True, objects=objects)
        record.delete_many(self.resource.model, objects, by=self.actor, messages=messages)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def write_new(
        self, rows: Sequence[dict[str, Any]], messages: Sequence[str] = ()
    ) -> Sequence[Any]:
        """Record new objects from field values."""
        if isinstance(self.request.data, list):
            return record.create_many(self.resource.model, rows, by=self.actor, messages=messages)
        return [record.create(self.resource.model, rows[0], by=self.actor)]

    def write_changes(self, obj: Any, values: dict[str, Any]) -> Any:
        """Record new field values of an object."""
        return record.update(obj, values, by=self.actor)

    def write_set(
        self, changes: Sequence[tuple[Any, dict[str, Any]]], messages: Sequence[str]
    ) -> Sequence[Any]:
        """Record new field values of a set of objects."""
        return record.update_many(self.resource.model, changes, by=self.actor, messages=messages)

    def _validated(
        self, objects: Sequence[Any], bodies: Sequence[Any], *, many: bool
    ) -> list[dict[str, Any]]:
        """The field values that the bodies say of the objects; None stands for a new one.

        Raises: RowsRefused, naming every bad row of many; ValidationError.
        """
        serializer: Any = self.get_serializer(partial=objects[0] is not None)
        if many:
            serializer.look_up(bodies)
        rows, refused = [], []
        for position, (obj, body) in enumerate(zip(objects, bodies, strict=True)):
            serializer.instance = obj
            try:
                rows.append(serializer.run_validation(body))
            except ValidationError as err:
                if not many:
                    raise
                refused.append((row_key(position, obj), err.detail))
        if refused:
            raise RowsRefused(refused)
        return rows

    def _messages(
        self, bodies: Sequence[Any], *, many: bool, objects: Sequence[Any] = ()
    ) -> list[str]:
        """What the log is to say of each row.

        Raises: RowsRefused, ValidationError: a message is no text, or too long.
        """
        refused = [
            (row_key(at, objects[at] if objects else None), {MESSAGE: [reason]})
            for at, body in enumerate(bodies)
            if (reason := wrong_with_message(body))
        ]
        if refused and many:
            raise RowsRefused(refused)
        if refused:
            raise ValidationError(refused[0][1])
        return [message_of(body) for body in bodies]

    def _named_by(self, bodies: Sequence[Any]) -> list[Any]:
        """The objects that the rows name by their ids, in the order of the rows.

        Raises: RowsRefused, naming rows without a good id, of no object, and of one named before.
        """
        ids, refused = list[int](), list[tuple[dict[str, int], Any]]()
        for position, body in enumerate(bodies):
            try:
                ids.append(row_id(body))
            except ValidationError as err:
                refused.append(({"index": position}, err.detail))
        if refused:
            raise RowsRefused(refused)
        found = self.get_queryset().in_bulk(ids)
        refused = [({"id": pk}, {"id": [why]}) for pk, why in self._misnamed(ids, found)]
        if refused:
            raise RowsRefused(refused)
        return [found[pk] for pk in ids]

    def _misnamed(self, ids: Sequence[int], found: Mapping[int, Any]) -> Iterator[tuple[int, str]]:
        seen = set[int]()
        for pk in ids:
            if pk in seen:
                yield pk, f"The id {pk} is named by an earlier row too."
            elif pk not in found:
                yield pk, f"There is no {self.resource.kind} with the id {pk}."
            seen.add(pk)


def row_key(position: int, obj: Any) -> dict[str, int]:
    """How an answer names a row: by what it is about, or where it stands."""
    return {"index": position} if obj is None else {"id": obj.pk}


def rows_of(data: Any) -> list[Any]:
    """The rows of a body that holds a set.

    Raises: ValidationError.
    """
    if not isinstance(data, list):
        kind = type(data).__name__
        raise ValidationError(f"Write a list of objects, each with its id; this is a {kind}.")
    if not data:
        raise ValidationError("The list is empty; name at least one object.")
    limit: int = settings.API_MAX_ROWS
    if len(data) > limit:
        raise ValidationError(
            f"The list has {len(data)} rows, more than {limit}. Send it in several parts."
        )
    return data


def one_of(request: Request) -> Mapping[str, Any]:
    """The body that says something of one object.

    Raises: ValidationError.
    """
    data: Any = request.data
    if not isinstance(data, Mapping):
        kind = type(data).__name__
        raise ValidationError(f"Invalid data. Expected a dictionary, but got {kind}.")
    if not data and request.META.get("CONTENT_LENGTH") in {None, "", "0"}:
        raise ValidationError("The body is empty; write an object with the fields to change.")
    return data


def _tagged(answer: Response) -> Response:
    """The answer with the entity tag of the object in it."""
    if tag := tag_in(answer.data):
        answer["ETag"] = tag
    return answer


def row_id(body: Any) -> int:
    """The id that a row of a set names.

    Raises: ValidationError.
    """
    if not isinstance(body, Mapping):
        kind = type(body).__name__
        raise ValidationError({"__all__": [f"Write an object with an id; this is a {kind}."]})
    if "id" not in body:
        raise ValidationError({"id": ["This field is required."]})
    try:
        return id_of(body["id"])
    except ValidationError as err:
        raise ValidationError({"id": err.detail}) from err


def message_of(body: object) -> str:
    """The `changelog_message` of a body; empty where it has none."""
    message = body.get(MESSAGE) if isinstance(body, Mapping) else None
    return message.strip()[:LONGEST_MESSAGE] if isinstance(message, str) else ""


def wrong_with_message(body: object) -> str:
    """Why the `changelog_message` of a body can't be kept; empty when it can."""
    message = body.get(MESSAGE) if isinstance(body, Mapping) else None
    if message is None:
        return ""
    if not isinstance(message, str):
        return f"Not a valid string. “{str(message)[:60]}” was sent."
    if len(message.strip()) > LONGEST_MESSAGE:
        return f"Ensure this field has no more than {LONGEST_MESSAGE} characters."
    return ""
