"""How things stand in the record is what plans start from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from dcim.planning.document import as_is, encode, parse
from dcim.planning.drift.sides import recorded
from dcim.planning.drift.standing import standing
from dcim.planning.load.record import load_snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.rules import violations
from tests.loaded_sample import loaded_sample

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]


@pytest.fixture(scope="module")
def sample(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with loaded_sample(django_db_blocker):
        yield


def test_it_is_what_a_plan_says_of_how_things_stand() -> None:
    snapshot = load_snapshot()
    stands, planned = standing(snapshot), as_is(plan_reactivation(snapshot))
    assert stands.targets == planned.targets
    assert violations(stands) == []
    assert encode(parse(encode(stands))) == encode(stands)
    assert [recorded(one) for one in stands.targets] == [recorded(one) for one in planned.targets]
