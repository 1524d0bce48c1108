"""What stands on the ground: places, devices and their power."""

from __future__ import annotations

import numpy as np

from dcim.graph.load.cabling import FEED, OUTLET, PORT
from dcim.graph.load.columns import Column
from dcim.graph.load.lookups import first_known, known, matches
from dcim.graph.load.naming import joined_to_place, led_by_place
from dcim.graph.load.reading import Reading
from dcim.graph.load.roles import are_of_kind
from dcim.graph.wiring import NOBODY, Numbers
from dcim.vocabulary.things import ThingKind


def read_places(reading: Reading) -> None:
    """Sites, the rooms in them, and racks."""
    sites, rooms, racks = (reading.tables[name] for name in ("sites", "locations", "racks"))
    reading.add(ThingKind.SITE, sites, lambda: sites.texts["name"])
    site = reading.of(ThingKind.SITE, rooms["site_id"])
    own = reading.add(
        ThingKind.LOCATION, rooms, lambda: joined_to_place(rooms, reading.names(site))
    )
    above = reading.of(ThingKind.LOCATION, rooms["parent_id"])
    reading.wiring.need(own, first_known(above, site))
    site_of_rack = reading.of(ThingKind.SITE, racks["site_id"])
    own = reading.add(
        ThingKind.RACK, racks, lambda: led_by_place(racks, reading.names(site_of_rack))
    )
    reading.wiring.need(own, reading.place(racks))


def read_devices(reading: Reading) -> None:
    """Hosts, switches, routers and PDUs, each in its rack, room or site.

    Devices are known by their role, by power outlets (PDU), or by a cluster, capacity or a tier
    that they carry (host); others carry no app as far as is recorded.
    """
    rows = reading.tables["devices"]
    site = reading.of(ThingKind.SITE, rows["site_id"])
    powers = np.isin(rows["pk"], reading.tables["outlets"]["device_id"])
    brings = (rows["cpus"] > 0) | (rows["memory"] > 0) | (rows["storage"] > 0)
    carries = np.isin(rows["pk"], reading.tables["bare_carriers"]["device_id"])
    hosts = are_of_kind(rows, ThingKind.HOST) | (rows["cluster_id"] != NOBODY) | brings | carries
    switch, router = (are_of_kind(rows, kind) for kind in (ThingKind.SWITCH, ThingKind.ROUTER))
    pdu = ~switch & ~router & (are_of_kind(rows, ThingKind.PDU) | powers)
    chosen = {
        ThingKind.HOST: hosts & ~switch & ~router & ~pdu,
        ThingKind.SWITCH: switch,
        ThingKind.ROUTER: router,
        ThingKind.PDU: pdu,
    }
    for kind, only in chosen.items():
        reading.add(
            kind,
            rows,
            lambda: led_by_place(rows, reading.names(site), "called"),
            label="called",
            only=only,
        )
    rack = reading.of(ThingKind.RACK, rows["rack_id"])
    reading.wiring.need(reading.devices(rows["pk"]), first_known(rack, reading.place(rows)))


def read_power(reading: Reading) -> None:
    """A device needs one of its cabled power ports: a server its supplies, a PDU its inlets."""
    _read_feeds(reading)
    ports = reading.tables["supplies"]
    device = reading.devices(ports["device_id"])
    own = reading.add(
        ThingKind.PSU,
        ports,
        lambda: joined_to_place(ports, reading.names(device)),
        only=device != NOBODY,
    )
    _read_outlets(reading)
    place, source = _power_sources(reading, ports["pk"])
    reading.wiring.choose("sources", own[place], source, 1)
    cabled = np.isin(own, own[place][source != NOBODY])
    reading.wiring.choose("supplies", device, known(own, where=cabled), 1)


def _read_feeds(reading: Reading) -> None:
    panels, feeds = reading.tables["panels"], reading.tables["feeds"]
    site = reading.of(ThingKind.SITE, panels["site_id"])
    own = reading.add(ThingKind.PANEL, panels, lambda: joined_to_place(panels, reading.names(site)))
    reading.wiring.need(own, reading.place(panels))
    panel = reading.of(ThingKind.PANEL, feeds["power_panel_id"])
    own = reading.add(ThingKind.FEED, feeds, lambda: joined_to_place(feeds, reading.names(panel)))
    reading.wiring.need(own, panel)


def _read_outlets(reading: Reading) -> None:
    """An outlet is on its device; where that has several inlets, also on the one that is stated."""
    rows, ports = reading.tables["outlets"], reading.tables["supplies"]
    device = reading.devices(rows["device_id"])
    own = reading.add(
        ThingKind.OUTLET,
        rows,
        lambda: joined_to_place(rows, reading.names(device)),
        only=device != NOBODY,
    )
    reading.wiring.need(own, device)
    inlets = np.bincount(ports["device_id"], minlength=int(rows["device_id"].max(initial=0)) + 1)
    inlet = reading.of(ThingKind.PSU, rows["power_port_id"])
    reading.wiring.need(own, known(inlet, where=inlets[rows["device_id"]] > 1))


def _power_sources(reading: Reading, ports: Column) -> tuple[Column, Numbers]:
    """The feeds and outlets that power ports are cabled to, each beside the place of its port."""
    links = reading.links
    source = first_known(
        reading.of(ThingKind.FEED, links.ends[FEED]),
        reading.of(ThingKind.OUTLET, links.ends[OUTLET]),
    )
    place, pair = matches(ports, links.starts[PORT])
    return place, source[pair]
