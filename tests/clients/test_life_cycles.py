"""pynetbox leads an object of every kind through its life."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pynetbox
import pytest
from pytest_django.live_server_helper import LiveServer

from dcim.catalog.resource import Resource
from tests.api.examples import WRITABLE, filled_body

pytestmark = [pytest.mark.slow, pytest.mark.once]


def endpoint_of(nb: Any, resource: Resource) -> Any:
    """pynetbox's way to a resource: `nb.dcim.racks`, `nb.plugins.planner.service_apps`."""
    app, _, name = resource.path.rpartition("/")
    way = nb
    for step in (*app.split("/"), name):
        way = getattr(way, step.replace("-", "_"))
    return way


def failures(deed: Callable[[Any, Resource], None], nb: Any) -> dict[str, str]:
    """What went wrong per kind when `deed` was done with each of them."""
    wrong = {}
    for resource in WRITABLE:
        try:
            deed(endpoint_of(nb, resource), resource)
        except Exception as err:  # noqa: BLE001 - whatever a client stumbles over is to be told
            wrong[resource.kind] = f"{type(err).__name__}: {err}"
    return wrong


def live(endpoint: Any, resource: Resource) -> None:
    """Make one, find it in three ways, change it by its own save, and take it away."""
    made = endpoint.create(filled_body(resource))
    found = endpoint.get(made.id)
    assert dict(found) == dict(made)
    assert [one.id for one in endpoint.filter(id=made.id)] == [made.id]
    assert endpoint.count(id=[made.id]) == 1
    assert made.id in [one.id for one in endpoint.all(limit=10)]
    if hasattr(found, "description"):
        found.description = "Diubah oleh pynetbox"
        assert found.save()
        assert endpoint.get(made.id).description == "Diubah oleh pynetbox"
    assert found.delete()
    assert endpoint.get(made.id) is None


def live_as_a_set(endpoint: Any, resource: Resource) -> None:
    """Make three with one request, change them with one, delete them with one."""
    made = endpoint.create([filled_body(resource) for _ in range(3)])
    if hasattr(made[0], "description"):
        changed = endpoint.update([{"id": one.id, "description": "Sama"} for one in made])
        assert [one.description for one in changed] == ["Sama"] * 3
    assert endpoint.delete([one.id for one in made])
    assert endpoint.count(id=[one.id for one in made]) == 0


def test_an_object_of_every_kind_lives_its_life(nb: Any) -> None:
    assert failures(live, nb) == {}


def test_a_set_of_every_kind_lives_its_life(nb: Any) -> None:
    assert failures(live_as_a_set, nb) == {}


def test_threads_see_every_object_once(token: str, live_server: LiveServer) -> None:
    nb = pynetbox.api(live_server.url, token=token, threading=True)
    nb.extras.tags.create([{"name": f"T{n}", "slug": f"t{n}"} for n in range(95)])
    found = [tag.name for tag in nb.extras.tags.filter(name__isw="T", limit=10)]
    nb.http_session.close()
    assert sorted(found) == sorted(f"T{n}" for n in range(95))
