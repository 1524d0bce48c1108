"""Inputs of resources: right ones pass, a wrong one is named with reason and way out."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pulumi.runtime.rpc import UNKNOWN

from provisioning.provider.checks import faults
from provisioning.provider.provider import changed_fields
from provisioning.provider.specs import (
    DomainSpec,
    Kind,
    NetworkSpec,
    Plain,
    VolumeSpec,
    properties_of,
)

RIGHT: Mapping[Kind, dict[str, Plain]] = {
    Kind.NETWORK: properties_of(NetworkSpec(name="apps", cidr="10.64.0.0/16")),
    Kind.VOLUME: properties_of(VolumeSpec(name="simpeg-app-1", size_gib=20)),
    Kind.DOMAIN: properties_of(
        DomainSpec(name="simpeg-app-1", vcpus=2, memory_mib=2048, volume="default/simpeg-app-1")
    ),
}


@pytest.mark.parametrize("kind", Kind)
def test_right_inputs_have_no_fault(kind: Kind) -> None:
    assert faults(kind, RIGHT[kind], {}) == []


@pytest.mark.parametrize(
    ("kind", "field", "value", "reason"),
    [
        (Kind.NETWORK, "name", "a/b", "Use letters"),
        (Kind.NETWORK, "name", None, "is missing"),
        (Kind.NETWORK, "mode", "open", "isolated, nat, bridge"),
        (Kind.NETWORK, "cidr", "10.64.0.1/16", "without host bits"),
        (Kind.NETWORK, "cidr", "10.64.0.0/32", "Write a range"),
        (Kind.NETWORK, "vlan", 4095, "1 to 4094"),
        (Kind.VOLUME, "size_gib", 0, "at least 1"),
        (Kind.VOLUME, "size_gib", 1.5, "whole number"),
        (Kind.VOLUME, "size_gib", True, "whole number"),
        (Kind.VOLUME, "colour", "red", "Known: name, size_gib, pool, image"),
        (Kind.DOMAIN, "vcpus", -1, "at least 1"),
        (Kind.DOMAIN, "memory_mib", "2048", "whole number"),
        (Kind.DOMAIN, "volume", "simpeg", "POOL/NAME"),
        (Kind.DOMAIN, "addresses", ["ten"], "list of addresses"),
        (Kind.DOMAIN, "addresses", "10.0.0.1/8", "list of addresses"),
        (Kind.DOMAIN, "running", "yes", "true or false"),
        (Kind.DOMAIN, "app", 5, "Give a text"),
    ],
)
def test_a_fault_names_field_reason_and_way_out(
    kind: Kind, field: str, value: Plain, reason: str
) -> None:
    (fault,) = faults(kind, {**RIGHT[kind], field: value}, {})
    assert fault.field == field
    assert reason in fault.reason


def test_what_a_preview_can_not_know_is_taken_as_right() -> None:
    assert faults(Kind.DOMAIN, {**RIGHT[Kind.DOMAIN], "volume": UNKNOWN}, {}) == []


@pytest.mark.parametrize(("before", "is_refused"), [(19, False), (20, False), (21, True)])
def test_a_volume_may_grow_but_not_shrink(before: int, is_refused: bool) -> None:
    found = faults(Kind.VOLUME, RIGHT[Kind.VOLUME], {"size_gib": before})
    assert bool(found) is is_refused


def test_changes_are_found_by_field_and_unsaid_is_the_same_as_empty() -> None:
    old = RIGHT[Kind.DOMAIN]
    assert changed_fields(Kind.DOMAIN, old, {**old, "vcpus": 4, "network": ""}) == ["vcpus"]


def test_the_image_of_a_volume_counts_only_when_it_is_made() -> None:
    old = RIGHT[Kind.VOLUME]
    assert changed_fields(Kind.VOLUME, old, {**old, "image": "debian-13"}) == []


def test_a_stopped_machine_differs_from_a_running_one() -> None:
    old = RIGHT[Kind.DOMAIN]
    assert changed_fields(Kind.DOMAIN, {**old, "running": False}, old) == ["running"]
