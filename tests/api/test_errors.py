"""Refusals: status, field, reason and way out, always as JSON."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, Final

import pytest
from rest_framework.test import APIClient

import dcim
import provisioning
from api.http.errors import STATUS
from api.status import Status
from dcim.record.equipment.devices import Device
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.hardware import DeviceType
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from dcim.vocabulary.errors import LumbungError
from tests.factories import make

pytestmark = pytest.mark.django_db
NOT_FOR_IMPORT: Final = {"__main__", "wsgi", "migrations", "gunicorn_conf"}


def kinds_of(error: type[LumbungError]) -> Counter[str]:
    """The codes of `error` and of all kinds of it that are loaded."""
    found = Counter([error.code]) if "code" in vars(error) else Counter[str]()
    return sum((kinds_of(one) for one in error.__subclasses__()), found)


def test_every_kind_of_error_has_a_code_of_its_own_and_a_status() -> None:
    for room in (dcim, provisioning):
        for module in walk_packages(room.__path__, f"{room.__name__}."):
            if not NOT_FOR_IMPORT & set(module.name.split(".")):
                import_module(module.name)
    kinds = kinds_of(LumbungError)
    assert kinds.keys() == {LumbungError.code, *STATUS}
    assert set(kinds.values()) == {1}


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"name": "required", "slug": "required"}),
        ({"name": "", "slug": "a"}, {"name": "blank"}),
        ({"name": "A", "slug": "a b"}, {"slug": "slug"}),
        ({"name": "A", "slug": "a", "status": "on"}, {"status": "not a valid choice"}),
        ({"name": "A", "slug": "a", "latitude": "x"}, {"latitude": "number"}),
        ({"name": "A" * 101, "slug": "a"}, {"name": "100"}),
        ({"name": "A\x00", "slug": "a"}, {"name": "Null characters"}),
        ({"name": "Taken", "slug": "a"}, {"name": "already exists"}),
        ("text", {"__all__": "dictionary"}),
        ([{"name": "A"}, 3], {}),
    ],
)
def test_wrong_input_names_its_fields(api: APIClient, body: Any, errors: dict[str, str]) -> None:
    make(Site, name="Taken")
    answer = api.post("/api/dcim/sites/", body, format="json")
    assert answer.status_code == 400
    for field, reason in errors.items():
        assert reason in str(answer.json()[field])
    assert Site.objects.count() == 1


def test_fields_go_by_their_wire_names(api: APIClient) -> None:
    machine = make(VirtualMachine)
    path = f"/api/virtualization/virtual-machines/{machine.pk}/"
    assert list(api.patch(path, {"memory": 0}, format="json").json()) == ["memory"]
    host_mib = make(Device, cluster=machine.cluster, memory_mib=1024)
    body = {"device": host_mib.pk, "memory": 4096}
    answer = api.patch(path, body, format="json")
    assert answer.status_code == 400
    assert list(answer.json()) == ["memory"]


def test_a_taken_position_is_a_conflict_that_says_who_stands_there(api: APIClient) -> None:
    rack = make(Rack)
    there = {"site": rack.site, "rack": rack, "position": 4, "face": "front"}
    other = make(Device, name="pdr-h01", **there)
    body = {
        "device_type": other.device_type_id, "role": other.role_id, "site": rack.site_id,
        "rack": rack.pk, "position": 4, "face": "front",
    }  # fmt: skip
    answer = api.post("/api/dcim/devices/", body, format="json")
    assert answer.status_code == 409
    assert answer.json()["code"] == "rack.position_taken"
    assert "pdr-h01" in answer.json()["detail"]
    assert Device.objects.count() == 1


def test_what_does_not_fit_is_a_conflict(api: APIClient) -> None:
    cluster = make(Cluster)
    make(Device, cluster=cluster, cpu_cores=4, memory_mib=1024, storage_gib=10)
    body = {"name": "big", "cluster": cluster.pk, "memory": 2048}
    answer = api.post("/api/virtualization/virtual-machines/", body, format="json")
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["field"]) == ("capacity.does_not_fit", "memory")


def test_what_is_in_use_stays(api: APIClient) -> None:
    rack = make(Rack, name="R1")
    answer = api.delete(f"/api/dcim/sites/{rack.site_id}/")
    assert answer.status_code == 409
    assert "1 dependent objects were found: R1." in answer.json()["detail"]


def test_a_list_with_a_wrong_row_writes_nothing_and_names_the_row(api: APIClient) -> None:
    good, other = {"name": "A", "slug": "a"}, {"name": "B", "slug": "b"}
    for bad in ({"slug": "b c"}, {"status": "on"}):
        answer = api.post("/api/dcim/sites/", [good, other | bad], format="json")
        assert answer.status_code == 400
        assert [row["index"] for row in answer.json()["errors"]] == [1]
        assert list(answer.json()["errors"][0]["errors"]) == list(bad)
    assert not Site.objects.exists()


def test_a_list_that_names_the_same_thing_twice_writes_nothing(api: APIClient) -> None:
    row = {"name": "A", "slug": "a"}
    answer = api.post("/api/dcim/sites/", [row, row], format="json")
    assert answer.status_code == 400
    rows = answer.json()["errors"]
    assert [(one["index"], set(one["errors"])) for one in rows] == [
        (0, {"name", "slug"}),
        (1, {"name", "slug"}),
    ]
    assert not Site.objects.exists()
    assert not ObjectChange.objects.filter(changed_object_type="dcim.site").exists()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/dcim/sites/999999999/", 404),
        ("get", "/api/dcim/sites/99999999999999999999999/", 404),
        ("patch", "/api/dcim/sites/999999999/", 404),
        ("delete", "/api/dcim/sites/999999999/", 404),
        ("get", "/api/nothing/at/all/", 404),
        ("post", "/api/nothing/", 404),
        ("delete", "/api/core/object-changes/", 405),
        ("get", "/api/dcim/racks/999999999/elevation/", 404),
    ],
)
def test_there_is_never_a_page(api: APIClient, method: str, path: str, status: int) -> None:
    answer = getattr(api, method)(path, format="json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
    assert answer.json()["detail"]


@pytest.mark.parametrize("body", ["{", "", "[1,", "\xff", '{"a": NaN}'])
def test_broken_json_is_refused(api: APIClient, body: str) -> None:
    answer = api.post("/api/dcim/sites/", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/json"


def test_deep_nesting_is_refused(api: APIClient) -> None:
    body = "[" * 100_000 + "]" * 100_000
    answer = api.post("/api/dcim/sites/", body, content_type="application/json")
    assert answer.status_code == 400


def test_other_content_types_are_refused(api: APIClient) -> None:
    answer = api.post("/api/dcim/sites/", "name=A", content_type="text/plain")
    assert (answer.status_code, list(answer.json())) == (415, ["detail"])


@pytest.mark.parametrize("accepted", ["text/html", "application/xml", "*/*", "nonsense"])
def test_json_comes_whatever_is_accepted(api: APIClient, accepted: str) -> None:
    for path in ("/api/dcim/sites/", "/api/schema/", "/api/nothing/"):
        answer = api.get(path, headers={"Accept": accepted})
        assert answer.headers["Content-Type"] == "application/json"


def test_a_fault_of_ours_is_answered_in_json(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Status, "get", fail)
    api.raise_request_exception = False
    answer = api.get("/api/status/")
    assert (answer.status_code, list(answer.json())) == (500, ["detail"])


def test_a_wrong_type_of_device_is_told_with_its_reason(api: APIClient) -> None:
    kind = make(DeviceType)
    answer = api.patch(f"/api/dcim/device-types/{kind.pk}/", {"u_height": 1.3}, format="json")
    assert answer.json() == {"u_height": ["Write the height in steps of 0.5 U. “1.3” was sent."]}
