"""The digests of the chain: what is stored reads back, on either engine, as it was digested."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from dcim.actions.changes import Change, log_changes
from dcim.actions.log.writer import of_entry, of_link
from dcim.actions.refusals import writing
from dcim.record.log.chain import (
    ENTRY_COLUMNS,
    LINK_COLUMNS,
    Key,
    LinkMac,
    entry_mac,
    keys_of,
    settled,
)
from dcim.record.log.changes import ChangeLink, ObjectChange
from dcim.record.places.sites import Site
from tests.factories import TESTER, make

KEY = Key.of("k" * 32)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.0, 1),
        (-0.0, 0),
        (1e23, 10**23),
        (0.1, 0.1),
        (1e-7, 1e-7),
        ({"b": 2.0, "a": (1.5,)}, {"a": [1.5], "b": 2}),
        ([True, None, "1.0"], [True, None, "1.0"]),
    ],
)
def test_a_number_has_one_form(value: Any, expected: Any) -> None:
    assert repr(settled(value)) == repr(expected) or settled(value) == expected
    assert type(settled(value)) is type(expected)


def test_no_column_of_entries_and_links_is_left_out_of_the_digests() -> None:
    for model, columns in ((ObjectChange, ENTRY_COLUMNS), (ChangeLink, LINK_COLUMNS)):
        assert {one.attname for one in model._meta.concrete_fields} == {*columns, "mac"}


def test_the_name_of_a_key_does_not_tell_the_key() -> None:
    assert list(keys_of(["a" * 32, "b" * 32])) == [Key.of("a" * 32).id, Key.of("b" * 32).id]
    assert Key.of("a" * 32).id not in "a" * 32


def test_another_key_makes_another_digest() -> None:
    assert entry_mac(KEY, (1, "x")) != entry_mac(Key.of("l" * 32), (1, "x"))


def test_the_order_of_keys_in_data_makes_no_difference() -> None:
    assert entry_mac(KEY, ({"a": 1, "b": 2},)) == entry_mac(KEY, ({"b": 2, "a": 1},))


@pytest.mark.django_db
def test_what_was_digested_is_what_is_read(settings: Any) -> None:
    odd = {"z": 'é\u2028\x01"\\', "a": [1e22, 0.1, -0.0, 2**70, True, None], "": {"n": 1e-9}}
    with writing():
        make(Site, name="Ünï", description="baris\nbaru")
        log_changes([Change(Site(name="x"), 7, odd, {"a": timezone.now().isoformat()})], by=TESTER)
    key, link = next(iter(keys_of(settings.LOG_KEYS).values())), ChangeLink.objects.get()
    entries = list(ObjectChange.objects.order_by("id"))
    mac = LinkMac(key, of_link(link))
    for entry in entries:
        assert entry_mac(key, of_entry(entry)) == entry.mac
        mac.add(entry.mac)
    assert (len(entries), mac.result()) == (2, link.mac)
