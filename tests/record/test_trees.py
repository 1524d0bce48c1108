"""Objects that stand under one another."""

from __future__ import annotations

import pytest
from django.db.models import Model

from dcim.actions import record
from dcim.record.equipment.devices import Device
from dcim.record.log.changes import ObjectChange
from dcim.record.places.hardware import Platform
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Region, Site
from dcim.vocabulary.errors import InUse, InvalidInput
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db


def chain(*names: str) -> list[Region]:
    """Regions of which each stands under the one before it."""
    regions: list[Region] = []
    for name in names:
        parent = regions[-1] if regions else None
        regions.append(make(Region, name=name, slug=name.lower(), parent=parent))
    return regions


def depths() -> dict[str, int]:
    return dict(Region.objects.values_list("name", "depth"))


def test_every_object_knows_how_deep_it_stands() -> None:
    chain("Kaltim", "Paser", "Kuaro")
    assert depths() == {"Kaltim": 0, "Paser": 1, "Kuaro": 2}


def test_whatever_moves_takes_along_what_stands_under_it() -> None:
    _top, middle, _low = chain("Kaltim", "Paser", "Kuaro")
    moved = record.update(middle, {"parent": None}, by=TESTER)
    assert moved.depth == 0
    assert depths() == {"Kaltim": 0, "Paser": 0, "Kuaro": 1}


def test_what_moves_along_has_no_entry_in_the_log() -> None:
    _top, middle, _low = chain("Kaltim", "Paser", "Kuaro")
    before = ObjectChange.objects.count()
    record.update(middle, {"parent": None}, by=TESTER)
    assert ObjectChange.objects.count() == before + 1


@pytest.mark.parametrize("under", [0, 1, 2])
def test_nothing_stands_under_itself(under: int) -> None:
    regions = chain("Kaltim", "Paser", "Kuaro")
    with pytest.raises(InvalidInput) as refused:
        record.update(regions[0], {"parent": regions[under]}, by=TESTER)
    assert refused.value.field == "parent"
    assert depths() == {"Kaltim": 0, "Paser": 1, "Kuaro": 2}


def test_a_circle_of_several_at_once_is_refused() -> None:
    one, other = make(Platform), make(Platform)
    changes = [(one, {"parent": other}), (other, {"parent": one})]
    with pytest.raises(InvalidInput):
        record.update_many(Platform, changes, by=TESTER)


def test_one_name_may_be_used_under_several_parents_but_once_under_each() -> None:
    east, north = make(Region), make(Region)
    for parent in (east, north):
        make(Region, name="Kota", slug="kota", parent=parent)
    with pytest.raises(InvalidInput):
        make(Region, name="Kota", slug="kota-2", parent=east)


def test_one_name_is_used_once_at_the_top() -> None:
    make(Region, name="Kota", slug="kota")
    with pytest.raises(InvalidInput):
        make(Region, name="Kota", slug="kota-2")


def test_what_something_stands_under_is_kept() -> None:
    top, _low = chain("Kaltim", "Paser")
    with pytest.raises(InUse):
        record.delete(top, by=TESTER)


def test_a_location_stands_under_one_of_its_own_site() -> None:
    with pytest.raises(InvalidInput) as refused:
        make(Location, parent=make(Location))
    assert refused.value.field == "parent"


@pytest.mark.parametrize("model", [Location, Rack, Device])
def test_a_location_does_not_leave_what_stands_in_it(model: type[Model]) -> None:
    room = make(Location)
    where = "parent" if model is Location else "location"
    make(model, **{"site": room.site, where: room})
    with pytest.raises(InvalidInput) as refused:
        record.update(room, {"site": make(Site)}, by=TESTER)
    assert refused.value.field == "site"
