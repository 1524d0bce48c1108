"""OpenStack Placement itself, in process: its WSGI application on an SQLite file of its own."""

from __future__ import annotations

import itertools
import warnings
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from uuid import UUID

# Their names for our classes; the second counts MB to base 1024 as ours does, the third GB.
CLASS_NAMES: Final = {"VCPU": "VCPU", "MEMORY_MIB": "MEMORY_MB", "STORAGE_GIB": "DISK_GB"}
HEADERS: Final = {
    "x-auth-token": "admin",
    "openstack-api-version": "placement 1.38",
    "accept": "application/json",
    "content-type": "application/json",
}
Json = dict[str, Any]


class PlacementService:
    """Makes providers with inventories, and lets consumers ask for room in them."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they are about its own libraries
            self._app = _application(folder)
        self._ids = (str(UUID(int=number)) for number in itertools.count(1))

    def provider(self, inventories: dict[str, Json]) -> str:
        """The id of a new provider that has these inventories, by our class names.

        Notes: it holds no inventory of nothing, so classes with a total of 0 are left out.
        """
        provider = next(self._ids)
        name = {"uuid": provider, "name": f"pool-{provider}"}
        assert self._call("POST", "/resource_providers", name) == HTTPStatus.OK
        named = {CLASS_NAMES[kind]: one for kind, one in inventories.items() if one["total"]}
        body = {"resource_provider_generation": 0, "inventories": named}
        assert self._call("PUT", f"/resource_providers/{provider}/inventories", body) == 200
        return provider

    def takes(self, provider: str, asked: dict[str, int]) -> bool:
        """Whether a new consumer gets `asked`, which it then holds; of what is 0 it asks nothing.

        Notes: 409 is its no; so is 400 for a class of which the provider has no inventory.
        """
        resources = {CLASS_NAMES[kind]: amount for kind, amount in asked.items() if amount}
        body = {
            "allocations": {provider: {"resources": resources}},
            "consumer_generation": None,
            "consumer_type": "INSTANCE",
            "project_id": "paser",
            "user_id": "tests",
        }
        status = self._call("PUT", f"/allocations/{next(self._ids)}", body)
        assert status in {HTTPStatus.NO_CONTENT, HTTPStatus.CONFLICT, HTTPStatus.BAD_REQUEST}
        return status == HTTPStatus.NO_CONTENT

    def _call(self, method: str, path: str, body: Json) -> int:
        from webob import Request

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            asked = Request.blank(path, method=method, headers=HEADERS, json_body=body)
            status: int = asked.get_response(self._app).status_int
        return status


def _application(folder: Path) -> Any:
    from oslo_config import cfg
    from placement import conf, deploy

    settings = cfg.ConfigOpts()
    conf.register_opts(settings)
    database = "placement_database"
    settings.set_default("connection", f"sqlite:///{folder}/placement.sqlite", group=database)
    settings.set_default("sync_on_startup", default=True, group=database)
    settings.set_default("auth_strategy", "noauth2", group="api")
    settings([], default_config_files=[], project="placement")
    return deploy.loadapp(settings)
