"""Whatever is written, and whatever is refused: counters are what machines and commitments come to.

What is refused for want of room would not fit by a count of our own, and what is written does.

Writes go through the actions and, as someone who knows nothing of these, by statements in SQL.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dcim.actions import record
from dcim.actions.grants.commitments import draw
from dcim.actions.grants.counters import check_ledgers
from dcim.record.networks.machine_parts import VirtualDisk
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.allocations import CEILING, Allocation
from dcim.record.planner.commitments import Commitment
from dcim.vocabulary.errors import LumbungError, QuotaExceeded
from tests.factories import TESTER, make
from tests.property.grant_model import Books

pytestmark = pytest.mark.django_db
Change = dict[str, Any]
SIZES: Final = st.fixed_dictionaries(
    {},
    optional={
        "vcpus": st.sampled_from([None, "0.01", "1", "1.5", "2.99", "3"]),
        "memory_mib": st.none() | st.integers(1, 9),
        "disk_mb": st.none() | st.integers(1, 4_000),
        "allocation": st.none() | st.integers(0, 1),
    },
)
HELD: Final = st.fixed_dictionaries(
    {"vcpus": st.integers(0, 5), "storage_gib": st.integers(0, 3), "allocation": st.integers(0, 1)}
)
PLACES: Final = st.integers(0, 5)
DEEDS: Final = st.one_of(
    st.tuples(st.just("create"), st.lists(SIZES, min_size=1, max_size=3)),
    st.tuples(st.just("change"), st.lists(st.tuples(PLACES, SIZES), min_size=1, max_size=3)),
    st.tuples(st.just("delete"), PLACES),
    st.tuples(st.just("disk"), st.tuples(PLACES, st.integers(1, 3_000))),
    st.tuples(st.just("commit"), st.tuples(st.none() | PLACES, HELD)),
    st.tuples(st.just("change_commitment"), st.tuples(PLACES, HELD)),
    st.tuples(st.just("draw"), st.tuples(PLACES, PLACES)),
    st.tuples(st.just("release"), PLACES),
    st.tuples(st.just("grant"), st.tuples(st.integers(0, 1), st.integers(0, 9))),
    st.tuples(st.just("sql"), st.tuples(PLACES, st.integers(0, 6))),
)


class Writer:
    """Writes by the actions; places in the order of ids stand for objects."""

    def __init__(self) -> None:
        self.cluster, self.made = make(Cluster), 0
        size = {"vcpus": 8, "memory_mib": 20, "storage_gib": 8}
        self.grants = [make(Allocation, **size) for _ in range(2)]

    def create(self, rows: list[Change]) -> None:
        bodies = [{**self._row(one), "cluster": self.cluster, "name": self._name()} for one in rows]
        record.create_many(VirtualMachine, bodies, by=TESTER)

    def change(self, changes: list[tuple[int, Change]]) -> None:
        named = {self._at(VirtualMachine, place): row for place, row in changes}
        pairs = [(one, self._row(row)) for one, row in named.items() if one is not None]
        if len(pairs) == 1:
            record.update(*pairs[0], by=TESTER)
        record.update_many(VirtualMachine, pairs, by=TESTER)

    def delete(self, place: int) -> None:
        if one := self._at(VirtualMachine, place):
            record.delete(one, by=TESTER)

    def disk(self, asked: tuple[int, int]) -> None:
        if one := self._at(VirtualMachine, asked[0]):
            row = {"virtual_machine": one, "name": self._name(), "size_mb": asked[1]}
            record.create(VirtualDisk, row, by=TESTER)

    def commit(self, asked: tuple[int | None, Change]) -> None:
        place, row = asked
        machine = None if place is None else self._at(VirtualMachine, place)
        values = {**self._row(row), "virtual_machine": machine, "name": self._name()}
        record.create(Commitment, values, by=TESTER)

    def change_commitment(self, asked: tuple[int, Change]) -> None:
        if one := self._at(Commitment, asked[0]):
            record.update(one, self._row(asked[1]), by=TESTER)

    def draw(self, asked: tuple[int, int]) -> None:
        if one := self._at(Commitment, asked[0]):
            draw(one, machine=one.virtual_machine or self._at(VirtualMachine, asked[1]), by=TESTER)

    def release(self, place: int) -> None:
        if one := self._at(Commitment, place):
            record.delete(one, by=TESTER)

    def grant(self, asked: tuple[int, int]) -> None:
        record.update(self.grants[asked[0]], {"vcpus": asked[1]}, by=TESTER)

    def sql(self, asked: tuple[int, int]) -> None:
        if one := self._at(VirtualMachine, asked[0]):
            with transaction.atomic(), connection.cursor() as cursor:
                statement = "UPDATE dcim_virtualmachine SET vcpus = %s, disk_mb = %s WHERE id = %s"
                cursor.execute(statement, [asked[1] + 0.5, 1_000 * asked[1] + 1, one.pk])

    def _row(self, row: Change) -> Change:
        grant = row.get("allocation")
        return {**row, "allocation": self.grants[grant]} if grant is not None else row

    def _name(self) -> str:
        self.made += 1
        return f"m{self.made}"

    def _at(self, model: Any, place: int) -> Any:
        rows = list(model.objects.order_by("pk"))
        return rows[place % len(rows)] if rows else None


class Thought(Writer):
    """Does the same deeds to books, whether they fit or not."""

    def __init__(self, writer: Writer) -> None:
        self.grants, self.made, self.books = writer.grants, 0, Books.read()

    def create(self, rows: list[Change]) -> None:
        for row in rows:
            self.books.machines[self._name()] = {"allocation": None, **self._ids(row)}

    def change(self, changes: list[tuple[int, Change]]) -> None:
        for pk, row in {self._at(VirtualMachine, place).pk: row for place, row in changes}.items():
            self.books.machines[pk] |= self._ids(row)

    def disk(self, asked: tuple[int, int]) -> None:
        self.books.disk(self._at(VirtualMachine, asked[0]).pk, asked[1])

    def commit(self, asked: tuple[int | None, Change]) -> None:
        place, row = asked
        machine = None if place is None else self._at(VirtualMachine, place)
        whom = {"virtual_machine": machine and machine.pk, "memory_mib": 0}
        self.books.commitments[self._name()] = {**whom, **self._ids(row)}

    def change_commitment(self, asked: tuple[int, Change]) -> None:
        self.books.commitments[self._at(Commitment, asked[0]).pk] |= self._ids(asked[1])

    def draw(self, asked: tuple[int, int]) -> None:
        held = self._at(Commitment, asked[0])
        machine = held.virtual_machine or self._at(VirtualMachine, asked[1])
        self.books.draw(held.pk, machine.pk)

    def grant(self, asked: tuple[int, int]) -> None:
        pk = self.grants[asked[0]].pk
        self.books.ceilings[pk] = (asked[1], *self.books.ceilings[pk][1:])

    def _ids(self, row: Change) -> Change:
        """Rows name grants by their place, and leave them alone where they name none."""
        grant = row.get("allocation")
        left = {name: value for name, value in row.items() if name != "allocation"}
        if grant is not None:
            return {**left, "allocation": self.grants[grant].pk}
        return {**left, "allocation": None} if "allocation" in row else left


def check_refusal(
    writer: Writer, name: str, asked: Any, err: LumbungError | IntegrityError
) -> None:
    """Actions judge before the database does, and only statements in SQL meet its own word."""
    if isinstance(err, IntegrityError):
        assert (name, CEILING in str(err)) == ("sql", True), err
    elif isinstance(err, QuotaExceeded):
        assert err.shortfall is not None
        assert err.shortfall.asked > err.shortfall.free
        thought = Thought(writer)
        getattr(thought, name)(asked)
        assert not thought.books.fit(), (name, asked, err)
    else:
        assert err.reason != gettext("A rule of the record is broken."), err


@settings(
    max_examples=max(1, settings().max_examples // 3),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sequence=st.lists(DEEDS, min_size=3, max_size=12))
def test_counters_are_the_sum_of_consumers_and_under_the_ceiling(sequence: list[Any]) -> None:
    with transaction.atomic():
        writer = Writer()
        for name, asked in sequence:
            deed: Callable[[Any], None] = getattr(writer, name)
            try:
                with transaction.atomic():
                    deed(asked)
            except (LumbungError, IntegrityError) as err:
                check_refusal(writer, name, asked, err)
            assert check_ledgers().is_clean, (name, asked)
            assert Books.read().fit(), (name, asked)
        transaction.set_rollback(True)
