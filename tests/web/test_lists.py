"""Lists: search, filters, sorting, paging, columns, CSV."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from dcim.record.people.organisation import Tag, Tenant
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Region, Site
from dcim.record.planner.service_apps import ServiceApp
from dcim.web.values.addresses import page_of
from tests.factories import make

pytestmark = pytest.mark.django_db


def names(answer: Any) -> list[str]:
    return [str(row.record) for row in answer.context["table"].paginated_rows]


def test_a_list_is_searched_by_part_of_a_name(admin_client: Client) -> None:
    for name in ("PDR-R01", "PDR-R02", "DRC-R01"):
        make(Rack, name=name)
    assert names(admin_client.get("/dcim/racks/", {"q": "pdr"})) == ["PDR-R01", "PDR-R02"]


def test_a_list_is_filtered_by_state_and_by_reference(admin_client: Client) -> None:
    mine = make(Rack, name="R1", status="planned")
    make(Rack, name="R2", site=mine.site)
    make(Rack, name="R3", status="planned")
    both = {"status": "planned", "site_id": str(mine.site_id)}
    assert names(admin_client.get("/dcim/racks/", both)) == ["R1"]


def test_a_filter_that_can_not_be_read_is_said_and_matches_nothing(admin_client: Client) -> None:
    make(Rack)
    answer = admin_client.get("/dcim/racks/", {"site_id": "besar", "status": "apa"})
    assert names(answer) == []
    assert answer.content.decode().count('role="alert"') == 2


def test_nothing_found_leads_back_to_all(admin_client: Client) -> None:
    make(Rack)
    answer = admin_client.get("/dcim/racks/", {"q": "tak ada"}).content.decode()
    assert "Tampilkan semua" in answer


def test_a_list_is_sorted_either_way(admin_client: Client) -> None:
    for name in ("B", "A", "C"):
        make(Site, name=name)
    assert names(admin_client.get("/dcim/sites/", {"sort": "-name"})) == ["C", "B", "A"]


def test_a_list_is_cut_into_pages(admin_client: Client) -> None:
    for number in range(30):
        make(Tenant, name=f"Dinas {number:02d}")
    second = admin_client.get("/tenancy/tenants/", {"per_page": "25", "page": "2"})
    assert names(second) == [f"Dinas {number}" for number in range(25, 30)]
    assert names(admin_client.get("/tenancy/tenants/", {"per_page": "25", "page": "99"})) == names(
        second
    )


def test_columns_can_be_chosen(admin_client: Client) -> None:
    make(Rack)
    answer = admin_client.get("/dcim/racks/", {"columns": ["name", "max_weight"]})
    assert list(answer.context["table"].columns.columns) == ["name", "max_weight"]


def test_htmx_is_given_the_results_alone(admin_client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "results"}
    answer = admin_client.get("/dcim/racks/", headers=headers).content.decode()
    assert "<html" not in answer


def test_csv_holds_what_the_filters_leave(admin_client: Client) -> None:
    make(ServiceApp, code="SIMPEG", users_per_month=1250, owner=make(Tenant, name="BKPSDM"))
    make(ServiceApp, code="LAMA", status="inactive")
    answer = admin_client.get("/plugins/planner/service-apps/", {"export": "csv", "q": "SIMPEG"})
    lines = b"".join(answer).decode().splitlines()
    assert answer["Content-Disposition"].startswith('attachment; filename="service-apps-')
    assert len(lines) == 2
    assert ",SIMPEG," in lines[1]
    assert ",BKPSDM," in lines[1]


def test_csv_holds_no_formula_that_a_spreadsheet_would_run(admin_client: Client) -> None:
    make(Tag, name="=HYPERLINK(1)")
    lines = b"".join(admin_client.get("/extras/tags/", {"export": "csv"})).decode()
    assert ",'=HYPERLINK(1)," in lines


def test_csv_holds_no_formula_in_a_tag_either(admin_client: Client) -> None:
    make(Rack, tags=[make(Tag, name="=HYPERLINK(1)")])
    lines = b"".join(admin_client.get("/dcim/racks/", {"export": "csv"})).decode()
    assert ",'=HYPERLINK(1)," in lines


def test_a_relation_leads_to_its_filtered_list(admin_client: Client) -> None:
    rack = make(Rack, name="R1")
    make(Rack, name="R2")
    page = admin_client.get(page_of(rack.site)).content.decode()
    address = f"/dcim/racks/?site_id={rack.site_id}"
    assert address in page
    assert names(admin_client.get(address)) == ["R1"]


def test_a_place_finds_what_is_in_the_places_below_it(admin_client: Client) -> None:
    country = make(Region, name="Kalimantan Timur")
    make(Site, name="PDR", region=make(Region, name="Paser", parent=country))
    rows = admin_client.get(f"/dcim/sites/?region_id={country.pk}").context["table"].rows
    assert [str(row.record) for row in rows] == ["PDR"]
