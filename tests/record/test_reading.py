"""What is read at one moment, and what is kept until the record changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dcim.actions import record
from dcim.actions.ledgers import current_books
from dcim.record.log.reading import one_view
from dcim.record.networks.virtualization import Cluster
from tests.factories import TESTER, make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries


@pytest.mark.django_db(transaction=True)
def test_ledgers_are_kept_until_something_changes(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    cluster = make(Cluster)
    books = current_books()
    with django_assert_num_queries(1):
        assert current_books() is books
    record.update(cluster, {"status": "offline"}, by=TESTER)
    assert current_books().serial > books.serial


@pytest.mark.django_db
def test_what_is_not_committed_yet_is_seen_and_not_kept() -> None:
    make(Cluster, name="K")
    assert [one.pool for one in current_books().ledgers] == ["cluster:K"]
    assert current_books() is not current_books()


@pytest.mark.django_db(transaction=True)
def test_a_view_within_a_view_is_the_same_view() -> None:
    with one_view(), one_view():
        assert not Cluster.objects.exists()
    make(Cluster)  # and both have ended
