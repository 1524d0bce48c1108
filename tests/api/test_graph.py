"""Parts of the graph as files."""

from __future__ import annotations

import json
from io import BytesIO

import networkx as nx
import pytest
from rest_framework.test import APIClient

from api.nouns import graph as noun
from dcim.graph.load.record import current_graph
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.people.organisation import Tenant
from dcim.record.places.sites import Region, Site
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.things import Ref
from tests.api.clients import client_of
from tests.factories import make, make_user, member

pytestmark = pytest.mark.django_db
GRAPH = "/api/plugins/planner/graph/"


def app_on_a_machine(code: str, **values: object) -> ServiceApp:
    app = make(ServiceApp, code=code, status="active", **values)
    machine = make(VirtualMachine, name=f"vm-{code}")
    make(Workload, app=app, name="web", virtual_machines=[machine])
    return app


def nodes(client: APIClient, scope: str) -> set[str]:
    answer = client.get(GRAPH, {"scope": scope})
    assert answer.status_code == 200, answer.json()
    return {node["id"] for node in json.loads(answer.getvalue())["nodes"]}


def test_each_form_is_a_file_that_is_read_back(api: APIClient) -> None:
    app_on_a_machine("SIMPEG")
    whole = current_graph().to_networkx(Ref.parse("app:SIMPEG"))
    link = api.get(GRAPH, {"scope": "app:SIMPEG"})
    ml = api.get(GRAPH, {"scope": "app:SIMPEG", "as": "graphml"})
    dot = api.get(GRAPH, {"scope": "app:SIMPEG", "as": "dot"})
    assert set(nx.node_link_graph(json.loads(link.getvalue())).edges) == set(whole.edges)
    assert set(nx.read_graphml(BytesIO(ml.getvalue())).edges) == set(whole.edges)
    assert b'"app:SIMPEG" -> "workload:SIMPEG/web" [hard="true"]' in dot.getvalue()
    assert [one.headers["Content-Type"].partition(";")[0] for one in (link, ml, dot)] == [
        "application/json", "application/graphml+xml", "text/vnd.graphviz",
    ]  # fmt: skip
    assert dot.headers["Content-Disposition"] == 'attachment; filename="app-SIMPEG.dot"'
    assert dot.streaming


def test_a_region_holds_what_stands_in_the_regions_below_it(api: APIClient) -> None:
    province = make(Region, name="Kaltim", slug="kaltim")
    regency = make(Region, name="Paser", slug="paser", parent=province)
    make(Site, name="PDR", region=regency)
    make(Site, name="DRC")
    assert nodes(api, "region:kaltim") == {"site:PDR"}
    assert nodes(api, "region:paser") == {"site:PDR"}


def test_a_tenant_holds_what_it_answers_for(api: APIClient) -> None:
    app_on_a_machine("SIMPEG", owner=make(Tenant, slug="bkpsdm"))
    app_on_a_machine("OPAC")
    found = nodes(api, "tenant:bkpsdm")
    assert {"app:SIMPEG", "vm:vm-SIMPEG"} <= found
    assert "app:OPAC" not in found


def test_an_office_gets_what_its_own_apps_rest_on() -> None:
    office = make(Tenant, slug="bkpsdm")
    app_on_a_machine("SIMPEG", owner=office)
    app_on_a_machine("OPAC", owner=make(Tenant, slug="dinkes"))
    reader = client_of(member(make_user("opd"), "opd", tenant=office))
    mine = nodes(reader, "app:SIMPEG")
    assert nodes(reader, "all") == nodes(reader, "tenant:bkpsdm") == mine
    assert nodes(reader, "vm:vm-SIMPEG") == mine
    hidden = ["app:OPAC", "vm:vm-OPAC", "tenant:dinkes", "region:none", "app:NONE"]
    assert [reader.get(GRAPH, {"scope": one}).status_code for one in hidden] == [404] * 5


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ({}, 400, "scope"),
        ({"scope": "everything"}, 400, "tenant:SLUG"),
        ({"scope": "rack:NOWHERE"}, 404, "rack:NOWHERE"),
        ({"scope": "all", "as": "pdf"}, 400, "graphml"),
    ],
)
def test_what_cannot_be_given_is_told(
    api: APIClient, query: dict[str, str], status: int, told: str
) -> None:
    answer = api.get(GRAPH, query)
    assert answer.status_code == status
    assert told in json.dumps(answer.json())


def test_too_large_a_part_is_refused_with_the_way_out(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    app_on_a_machine("SIMPEG")
    monkeypatch.setattr(noun, "MOST_NODES", 2)
    answer = api.get(GRAPH, {"scope": "app:SIMPEG"})
    assert answer.status_code == 400
    assert "more than the 2" in answer.json()["scope"][0]
    assert "manage.py graph" in answer.json()["scope"][0]
