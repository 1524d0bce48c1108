"""The plan document: same content, same bytes; damage anywhere is named by its path."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dcim.planning.document import (
    Change,
    DocumentKind,
    Outcome,
    PlanDocument,
    as_is,
    digest_of,
    encode,
    parse,
)
from dcim.vocabulary.errors import BadDocument
from tests.plan_documents import app_vms, document, target, vm


def damaged(change: Callable[[dict[str, Any]], object]) -> bytes:
    raw = json.loads(encode(document()))
    change(raw)
    return json.dumps(raw).encode()


def test_what_is_encoded_is_read_back() -> None:
    assert parse(encode(document())) == document()


def test_bytes_are_canonical() -> None:
    data = encode(document())
    raw = json.loads(data)
    assert data == json.dumps(raw, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def test_order_of_lists_does_not_change_the_bytes() -> None:
    vms = app_vms(3, Change.KEEP)
    there, back = document(target(vms=vms)), document(target(vms=vms[::-1]))
    assert encode(there) == encode(back)


def test_digest_leaves_itself_out() -> None:
    assert digest_of(document()) == digest_of(replace(document(), digest="sha256:0"))


def test_digest_changes_with_the_content() -> None:
    assert digest_of(document()) != digest_of(document(base_serial=13))


def test_names_in_other_scripts_stay_readable() -> None:
    assert "perizinan – ikan".encode() in encode(document(name="perizinan – ikan"))


def within(depth: int) -> dict[str, Any]:
    """A sentence inside so many others."""
    sentence: dict[str, Any] = {"text": "x", "values": {}}
    for _ in range(depth):
        sentence = {"text": "%(x)s", "values": {"x": sentence}}
    return sentence


def test_a_file_reformatted_by_an_editor_is_still_the_same_plan() -> None:
    assert parse(damaged(lambda raw: None)) == document()


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        (lambda raw: raw.update(format="lumbung.plan/1"), "format", "lumbung.plan/1"),
        (lambda raw: raw.pop("format"), "format", "lumbung.plan/3"),
        (lambda raw: raw.update(base_serial=13), "digest", "was changed"),
        (lambda raw: raw.update(digest="sha256:x"), "digest", "does not match"),
        (lambda raw: raw.pop("digest"), "$", "'digest' is a required property"),
        (lambda raw: raw.update(base_serial=-1), "base_serial", "minimum"),
        (lambda raw: raw.update(extra=1), "$", "extra"),
        (lambda raw: raw.update(targets={}), "targets", "array"),
        (lambda raw: raw["targets"][0].update(name="../x"), "targets[0].name", "does not match"),
        (
            lambda raw: raw["targets"][0]["vms"][1].update(vcpus="2"),
            "targets[0].vms[1].vcpus",
            "integer",
        ),
        (lambda raw: raw["targets"][0]["vms"][0].pop("app"), "targets[0].vms[0]", "'app'"),
        (lambda raw: raw["targets"][0]["vms"][0].update(reason="x"), "targets[0].vms[0]", "reason"),
        (lambda raw: raw["targets"][0]["vms"][0].pop("running"), "targets[0].vms[0]", "'running'"),
        (
            lambda raw: raw["targets"][0]["reclaim"][0].pop("reason"),
            "targets[0].reclaim[0]",
            "'reason'",
        ),
        (
            lambda raw: raw["targets"][0]["capacity"][2].update(total=1.5),
            "targets[0].capacity[2].total",
            "1.5",
        ),
        (lambda raw: raw["apps"][0].update(outcome="sold"), "apps[0].outcome", "sold"),
        (lambda raw: raw["apps"][0].update(why=[{"text": "x"}]), "apps[0].why[0]", "'values'"),
        (
            lambda raw: raw["apps"][0].update(why=[{"text": "x", "values": {"y": 1.5}}]),
            "apps[0].why[0].values.y",
            "1.5",
        ),
        (lambda raw: raw["apps"][0].update(why=[within(400)]), "apps", "sentences within"),
        (lambda raw: raw["ask"]["amounts"].pop("VCPU"), "ask.amounts", "VCPU"),
        (lambda raw: raw["objective"].update(proved=1), "objective.proved", "boolean"),
    ],
)
def test_damage_is_named_by_its_path(
    change: Callable[[dict[str, Any]], object], path: str, reason: str
) -> None:
    with pytest.raises(BadDocument, match=r".") as caught:
        parse(damaged(change))
    assert caught.value.field == path
    assert reason in caught.value.reason
    assert caught.value.hint


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"[]", "no fields"),
        (b"[" * 100_000, "not JSON"),
        (b'{"format":1,"format":2}', "written twice"),
        (b'{"format":NaN}', "NaN"),
        (encode(document())[:200], "not JSON"),
    ],
)
def test_what_is_no_plan_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(BadDocument, match=reason):
        parse(data)


def test_any_single_changed_byte_is_noticed() -> None:
    data = encode(document())
    for place in range(0, len(data) - 1, 7):
        changed = bytes([*data[:place], data[place] ^ 1, *data[place + 1 :]])
        with pytest.raises(BadDocument):
            parse(changed)


def test_as_is_keeps_what_stands_and_leaves_out_what_is_new() -> None:
    (one,) = as_is(document()).targets
    assert [machine.name for machine in one.vms] == ["lama-app-1", "simpeg-app-1"]
    assert {machine.change for machine in one.vms} == {Change.KEEP}
    assert one.reclaim == ()


def test_as_is_says_of_each_machine_whether_it_runs_now() -> None:
    starting = vm("a-1", runs_now=False)
    gone = vm("b-1", running=False, change=Change.RECLAIM, reason="retired")
    (one,) = as_is(document(target(vms=(starting, vm("c-1")), reclaim=(gone,)))).targets
    assert [(machine.name, machine.running) for machine in one.vms] == [
        ("a-1", False),
        ("b-1", False),
        ("c-1", True),
    ]
    assert {machine.runs_now for machine in one.vms} == {None}


def test_how_a_machine_runs_now_is_written_only_where_the_plan_changes_it() -> None:
    starting, other = vm("a-1", runs_now=False), vm("b-1", running=False)
    raw = json.loads(encode(document(target(vms=(starting, other)))))
    assert [
        (machine["running"], machine.get("runs_now")) for machine in raw["targets"][0]["vms"]
    ] == [(True, False), (False, None)]


def test_as_is_is_a_plan_document_too() -> None:
    standing = as_is(document())
    assert standing.kind is DocumentKind.AS_IS
    assert parse(encode(standing)) == standing


def test_as_is_uses_what_was_used_before() -> None:
    (one,) = as_is(document()).targets
    assert all(line.used_after == line.used_before for line in one.capacity)


def test_as_is_of_as_is_is_itself() -> None:
    assert as_is(as_is(document())) == as_is(document())


def test_a_target_without_hypervisor_rehearses() -> None:
    assert target("pdr-kvm").uri == "rehearsal:pdr-kvm"
    assert target(hypervisor="test:///default").uri == "test:///default"


def test_enumerations_read_back_as_themselves() -> None:
    read: PlanDocument = parse(encode(document()))
    assert read.apps[0].outcome is Outcome.RETIRE
    assert read.targets[0].vms[0] == vm()
