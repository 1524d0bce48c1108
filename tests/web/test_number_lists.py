"""Lists of numbers in forms."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from dcim.record.places.reservations import RackReservation
from dcim.web.forms.number_lists import NumberListFormField, numbers_in
from dcim.web.values.addresses import page_of
from tests.factories import make


@pytest.mark.parametrize(
    ("text", "numbers"), [("", []), ("4", [4]), ("7, 1 - 3", [1, 2, 3, 7]), ("2,2", [2])]
)
def test_numbers_are_read_as_people_write_them(text: str, numbers: list[int]) -> None:
    assert numbers_in(text) == numbers


@pytest.mark.parametrize("text", ["a", "3-1", "1-", "-1", "1-99999999", "9" * 5000])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        numbers_in(text)


def test_another_way_of_writing_changes_nothing() -> None:
    field = NumberListFormField()
    assert not field.has_changed([1, 2, 3], "1-3")
    assert field.has_changed([1, 2, 3], "1-4")


@pytest.mark.django_db
def test_a_page_shows_ranges(admin_client: Client) -> None:
    page = admin_client.get(page_of(make(RackReservation, units=[1, 2, 3, 7])))
    assert "1-3, 7" in page.content.decode()
