"""What objects were at a time, from the change log."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from dcim.actions import record
from dcim.actions.log.states import PastState, state_at
from dcim.record.places.sites import Site
from dcim.vocabulary.errors import InvalidInput
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def name_in(found: PastState) -> Any:
    return None if found.state is None else found.state["name"]


def test_an_object_is_what_its_newest_change_up_to_then_made_of_it() -> None:
    site = make(Site, name="old")
    between = timezone.now()
    record.update(site, {"name": "new"}, by=TESTER)
    states = [state_at("dcim.site", site.pk, at) for at in (LONG_AGO, between, timezone.now())]
    assert [name_in(one) for one in states] == [None, "old", "new"]
    assert [one.serial for one in states] == [0, 1, 2]


def test_the_time_of_a_change_is_already_after_it() -> None:
    site = make(Site, name="A")
    made = state_at("dcim.site", site.pk, timezone.now()).entry
    assert made is not None
    assert name_in(state_at("dcim.site", site.pk, made.time)) == "A"
    assert name_in(state_at("dcim.site", site.pk, made.time - timedelta(microseconds=1))) is None


def test_what_is_deleted_was_there_before() -> None:
    site = make(Site, name="A")
    pk, before = site.pk, timezone.now()
    record.delete(site, by=TESTER)
    assert name_in(state_at("dcim.site", pk, before)) == "A"
    assert state_at("dcim.site", pk, timezone.now()).state is None


def test_it_takes_two_queries_whatever_the_history(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    site = make(Site)
    for number in range(5):
        record.update(site, {"name": f"S{number}"}, by=TESTER)
    with django_assert_num_queries(2):
        state_at("dcim.site", site.pk, timezone.now())


def test_a_kind_that_there_is_not_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"dcim\.moon"):
        state_at("dcim.moon", 1, LONG_AGO)


def test_the_command_prints_the_state_and_fails_where_there_was_none() -> None:
    site, out = make(Site, name="A"), StringIO()
    call_command("state", "dcim.site", str(site.pk), stdout=out)
    assert json.loads(out.getvalue())["name"] == "A"
    with pytest.raises(CommandError, match="2001"):
        call_command("state", "dcim.site", str(site.pk), at=LONG_AGO)
