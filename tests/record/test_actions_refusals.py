"""What the database refuses, in a statement or at the commit, has a field and a way out."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from dcim.actions import record
from dcim.actions.refusals import writing
from dcim.record.people.organisation import Tag
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from dcim.vocabulary.errors import InUse, InvalidInput, Refused
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_a_reference_that_vanished_is_refused_at_the_commit() -> None:
    rack, gone = make(Rack), make(Site)
    Site.objects.filter(pk=gone.pk).delete()
    with pytest.raises(InUse, match="just been deleted"):
        record.update_many(Rack, [(rack, {"site": Site(pk=gone.pk)})], by=TESTER)
    assert Rack.objects.get().site_id == rack.site_id


@pytest.mark.django_db(transaction=True)
def test_what_is_referred_to_meanwhile_stays() -> None:
    site = make(Rack).site
    with pytest.raises(InUse), writing():
        Site.objects.filter(pk=site.pk)._raw_delete("default")
    assert Site.objects.get() == site


def test_values_of_a_set_that_are_taken_are_named_by_field() -> None:
    make(Site, slug="pusat")
    with pytest.raises(InvalidInput, match="Site with this Slug already exists") as refused:
        record.create_many(Site, [{"name": "Lain", "slug": "pusat"}], by=TESTER)
    assert refused.value.field == "slug"


def test_several_fields_that_are_taken_together_are_named() -> None:
    site = make(Site)
    with pytest.raises(InvalidInput, match="with this Site and Name already exists"), writing():
        Rack.objects.bulk_create([Rack(site=site, name="R01"), Rack(site=site, name="R01")])


def test_another_rule_of_the_database_is_told_in_its_words() -> None:
    rack = make(Rack)
    with pytest.raises(InvalidInput, match="rack_u_height"), writing():
        Rack.objects.filter(pk=rack.pk).update(u_height=0)


def test_an_object_named_twice_in_a_set_is_linked_once() -> None:
    tag = make(Tag)
    (site,) = record.create_many(
        Site, [{"name": "Pusat", "slug": "pusat", "tags": [tag, tag]}], by=TESTER
    )
    assert list(site.tags.all()) == [tag]


@pytest.mark.parametrize("says", ["database is locked", "database table is locked: dcim_site"])
def test_writers_in_each_others_way_are_asked_to_try_again(says: str) -> None:
    with pytest.raises(Refused, match="Try again"), writing():
        raise OperationalError(says)


def test_a_database_that_fails_otherwise_is_not_a_refusal() -> None:
    with pytest.raises(OperationalError, match="disk"), writing():
        raise OperationalError("database or disk is full")
