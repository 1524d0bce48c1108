"""What the engine holds protected: machines and disks, until a plan reclaims them."""

from __future__ import annotations

import pytest

from dcim.vocabulary.errors import Refused
from provisioning.engine.events import Listener
from provisioning.engine.failures import failure
from provisioning.engine.state.protection import locked, unlocked
from provisioning.program.kinds import MACHINE, NETWORK, VOLUME, WORDS
from provisioning.program.standing import Resource, State
from tests.plan_documents import target

SAID = """Diagnostics:
error: {} "urn:pulumi:x::lumbung::lumbung:index:App$lumbung:index:Domain::a-1" {}
"""


def state(*kinds: str) -> State:
    held: list[Resource] = [{"urn": f"urn:x::{kind}::a-1", "type": kind} for kind in kinds]
    return {"resources": held}


def protected(of: State) -> list[bool]:
    return [bool(one.get("protect")) for one in of.get("resources") or []]


@pytest.mark.parametrize("kind", WORDS)
def test_every_machine_and_disk_is_protected_and_no_network(kind: str) -> None:
    assert protected(locked(state(kind))) == [WORDS[kind] in {MACHINE, VOLUME}]
    assert {MACHINE, VOLUME, NETWORK} == set(WORDS.values())


def test_only_what_is_named_is_opened() -> None:
    kinds = [kind for kind in WORDS if WORDS[kind] != NETWORK]
    held = locked(state(*kinds))
    assert protected(unlocked(held, {"b-1"})) == [True] * len(kinds)
    assert protected(unlocked(held, {"a-1"})) == [False] * len(kinds)


def test_what_is_locked_already_is_the_same() -> None:
    held = locked(state(*WORDS))
    assert locked(held) == held
    assert locked({}) == {}


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
    assert "reclaim it by a plan" in str(told)
