"""Random sequences of writes by the API equal a plain model of the record, held in memory.

The model knows which fields a kind requires, what is unique, what refers to what, and that a set is
written whole or not at all. After each write the answer's status and the whole record are compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from dcim.record.people.organisation import Tag
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from tests.api.clients import client_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db
Row = dict[str, Any]
Named = tuple[int, Row]


@dataclass(frozen=True)
class Kind:
    """What the model knows of one kind of object."""

    path: str
    model: Any
    texts: tuple[str, ...]
    required: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    refers: dict[str, str] = field(default_factory=dict)


KINDS: Final = {
    "tag": Kind("extras/tags", Tag, ("name", "slug"), ("name", "slug"), (("name",), ("slug",))),
    "site": Kind(
        "dcim/sites", Site, ("name", "slug", "facility"), ("name", "slug"), (("name",), ("slug",))
    ),
    "rack": Kind(
        "dcim/racks", Rack, ("name", "serial"), ("name", "site"), (("site", "name"),),
        {"site": "site"},
    ),
}  # fmt: skip
REQUIRED_TEXTS: Final = {"name", "slug"}


class Model:
    """The record as it should be: per kind, values by the number that stands for an id."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[int, Row]] = {name: {} for name in KINDS}

    def is_bad(self, name: str, row: Row, *, new: bool) -> bool:
        """Whether a row can't be taken by itself."""
        kind = KINDS[name]
        missing = new and any(one not in row for one in kind.required)
        empty = any(row.get(one) == "" for one in REQUIRED_TEXTS & set(kind.texts))
        dangling = any(
            one in row and row[one] not in self.rows[other] for one, other in kind.refers.items()
        )
        return missing or empty or dangling

    def clashes(self, name: str, written: dict[int, Row], named: dict[int, set[str]]) -> bool:
        """Whether rows, as they are to be, claim what others of them or of the record have."""
        for fields in KINDS[name].unique:
            claims = [
                tuple(row[one] for one in fields)
                for key, row in written.items()
                if named[key] & set(fields)
            ]
            held = {key: tuple(row[one] for one in fields) for key, row in self.rows[name].items()}
            if len(set(claims)) < len(claims):
                return True
            for key, row in written.items():
                value = tuple(row[one] for one in fields)
                others = {one for other, one in held.items() if other != key}
                if named[key] & set(fields) and value in others:
                    return True
        return False

    def create(self, name: str, rows: list[Row]) -> int:
        """The status of creating `rows`."""
        blank = dict.fromkeys(KINDS[name].texts, "")
        new = {-1 - at: blank | row for at, row in enumerate(rows)}
        if any(self.is_bad(name, row, new=True) for row in rows):
            return 400
        if self.clashes(name, new, {key: set(row) for key, row in new.items()}):
            return 400
        return 201

    def update(self, name: str, changes: list[Named]) -> int:
        """The status of changing objects."""
        stored = self.rows[name]
        keys = [key for key, _ in changes]
        if len(set(keys)) < len(keys) or not set(keys) <= stored.keys():
            return 400
        if any(self.is_bad(name, row, new=False) for _, row in changes):
            return 400
        now = {key: stored[key] | row for key, row in changes}
        if self.clashes(name, now, {key: set(row) for key, row in changes}):
            return 400
        stored |= now
        return 200

    def delete(self, name: str, keys: list[int]) -> int:
        """The status of deleting objects."""
        if len(set(keys)) < len(keys) or not set(keys) <= self.rows[name].keys():
            return 400
        for other, kind in KINDS.items():
            for one, referred in kind.refers.items():
                users = {row[one] for row in self.rows[other].values()}
                if referred == name and users & set(keys):
                    return 409
        for key in keys:
            del self.rows[name][key]
        return 204


WORDS: Final = st.sampled_from([*"abcdefghijkl", ""])
NOBODY: Final = 9
PLACES: Final = st.integers(0, NOBODY)


@st.composite
def rows(draw: st.DrawFn, name: str) -> Row:
    kind = KINDS[name]
    chosen = draw(st.sets(st.sampled_from([*kind.texts, *kind.refers]), min_size=1))
    if draw(st.integers(0, 5)):
        chosen |= set(kind.required)
    return {one: draw(PLACES) if one in kind.refers else draw(WORDS) for one in sorted(chosen)}


@st.composite
def deeds(draw: st.DrawFn) -> tuple[str, str, bool, list[tuple[int, Row]]]:
    name = draw(st.sampled_from(list(KINDS)))
    verb = draw(st.sampled_from(["post", "post", "patch", "put", "delete"]))
    many = draw(st.booleans())
    size = st.lists(st.tuples(PLACES, rows(name)), min_size=1, max_size=3 if many else 1)
    return name, verb, many, draw(size)


class Twin:
    """The API and the model beside each other; places in a kind's list stand for ids."""

    def __init__(self, api: APIClient) -> None:
        self.api, self.model = api, Model()

    def id_at(self, name: str, place: int) -> int:
        """The id of the object at a place in the order of ids, counted round; one of no object."""
        ids = sorted(self.model.rows[name])
        return ids[place % len(ids)] if ids and place != NOBODY else 10**9

    def resolved(self, name: str, row: Row) -> Row:
        """A row with ids in place of places."""
        refers = KINDS[name].refers
        return {
            one: self.id_at(refers[one], value) if one in refers else value
            for one, value in row.items()
        }

    def do(self, name: str, verb: str, many: bool, parts: list[tuple[int, Row]]) -> None:
        """Write by both, and compare."""
        path = f"/api/{KINDS[name].path}/"
        named = [(self.id_at(name, at), self.resolved(name, row)) for at, row in parts]
        bodies = [row if verb == "post" else {"id": key, **row} for key, row in named]
        expected = self.expected(name, verb, named)
        if many or verb == "post":
            answer = getattr(self.api, verb)(path, bodies if many else bodies[0], format="json")
        else:
            one = f"{path}{named[0][0]}/"
            known = named[0][0] in self.before
            expected = expected if known else 404
            answer = getattr(self.api, verb)(one, bodies[0], format="json")
        assert answer.status_code == expected, answer.content
        if expected == 201:
            made = answer.json() if many else [answer.json()]
            self.model.rows[name] |= {
                body["id"]: dict.fromkeys(KINDS[name].texts, "") | row
                for body, (_, row) in zip(made, named, strict=True)
            }

    def expected(self, name: str, verb: str, named: list[Named]) -> int:
        """The status by the model, which holds what was written once this is answered."""
        self.before = set(self.model.rows[name])
        if verb == "post":
            return self.model.create(name, [row for _, row in named])
        if verb == "delete":
            return self.model.delete(name, [key for key, _ in named])
        return self.model.update(name, named)

    def recorded(self, name: str) -> Iterator[tuple[int, Row]]:
        """What the record holds of a kind."""
        kind = KINDS[name]
        for obj in kind.model.objects.all():
            texts = {one: getattr(obj, one) for one in kind.texts}
            yield obj.pk, texts | {one: getattr(obj, f"{one}_id") for one in kind.refers}


@pytest.fixture
def api() -> APIClient:
    return client_of(make_user("sri", is_superuser=True))


@settings(
    max_examples=max(1, settings().max_examples // 4),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sequence=st.lists(deeds(), min_size=3, max_size=12))
def test_the_record_is_as_a_plain_model_says(
    api: APIClient, sequence: list[tuple[str, str, bool, list[tuple[int, Row]]]]
) -> None:
    with transaction.atomic():
        twin = Twin(api)
        for name in ("site", "tag"):
            first = [(0, {"name": one, "slug": one}) for one in "xyz"]
            twin.do(name, "post", True, first)
        for deed in sequence:
            twin.do(*deed)
            for name in KINDS:
                assert dict(twin.recorded(name)) == twin.model.rows[name]
        transaction.set_rollback(True)
