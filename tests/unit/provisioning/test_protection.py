"""What the engine holds protected: machines and disks, until a plan reclaims them."""

from __future__ import annotations

import pytest

from dcim.vocabulary.errors import Refused
from provisioning.engine.events import Listener
from provisioning.engine.failures import failure
from provisioning.engine.state.protection import unprotected
from provisioning.program.kinds import MACHINE, NETWORK, VOLUME, WORDS
from provisioning.program.standing import Resource, State
from provisioning.provider.specs import Kind
from tests.plan_documents import target

SAID = """Diagnostics:
error: {} "urn:pulumi:x::lumbung::lumbung:index:App$lumbung:index:Domain::a-1" {}
"""


def state(*kinds: str) -> State:
    held: list[Resource] = [{"urn": f"urn:x::{kind}::a-1", "type": kind} for kind in kinds]
    return {"resources": held}


@pytest.mark.parametrize("kind", WORDS)
def test_every_machine_and_disk_is_to_be_protected_and_no_network(kind: str) -> None:
    assert bool(unprotected(state(kind))) == (WORDS[kind] in {MACHINE, VOLUME})
    assert {MACHINE, VOLUME, NETWORK} == set(WORDS.values())


def test_what_is_protected_or_waits_to_be_deleted_is_left_alone() -> None:
    held = state(*WORDS)
    for one in held["resources"] or []:
        one["protect"] = True
    assert unprotected(held) == []
    assert unprotected({}) == []
    waits = state(Kind.DOMAIN)
    for one in waits["resources"] or []:
        one["delete"] = True
    assert unprotected(waits) == []


@pytest.mark.parametrize(
    "words",
    [
        ("resource", "cannot be deleted because it is protected. To unprotect it, …"),
        ("unable to replace resource", "as it is currently marked for protection. To …"),
    ],
)
def test_the_engine_s_refusal_names_the_machine_and_the_way_out(words: tuple[str, str]) -> None:
    told = failure(SAID.format(*words), Listener(), target())
    assert isinstance(told, Refused)
    assert "a-1 is protected" in str(told)
    assert "or reclaim it by a plan" in str(told)
