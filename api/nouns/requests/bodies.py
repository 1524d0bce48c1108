"""What programs hand in with a step of a request, and what they are told of where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from api.bodies import Id, WithMessage
from dcim.actions.requests.given import Given
from dcim.actions.requests.giving_back import Loss
from dcim.actions.requests.progress import Progress
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.errors import InvalidInput

MOST: int = 2**31 - 1


class LineAmounts(serializers.Serializer[Any]):
    """What is offered or granted of one line: vCPUs, MiB, GiB."""

    id = Id()
    vcpus = serializers.IntegerField(min_value=0, max_value=MOST)
    memory_mib = serializers.IntegerField(min_value=0, max_value=MOST)
    storage_gib = serializers.IntegerField(min_value=0, max_value=MOST)


class Letter(WithMessage):
    """A letter, and a word about it."""

    letter_number = serializers.CharField(
        required=False, allow_blank=True, max_length=100, default=""
    )
    letter_date = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


class Confirmed(Letter):
    """A letter of ours, and the word that confirms what draws on the grant."""

    confirm = serializers.CharField(required=False, allow_blank=True, max_length=64, default="")


class StepBody(Confirmed):
    """What comes with a step; what the step does not take is left alone."""

    lines = LineAmounts(many=True, required=False)
    reference = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")
    valid_from = serializers.DateField(required=False, allow_null=True, default=None)
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)


class RenewalBody(WithMessage):
    """How long a grant is to go on, and which tenant asks for it; else the asker's own."""

    valid_until = serializers.DateField()
    tenant = Id(required=False)


class BundleBody(WithMessage):
    """Requests of offices to pass on, to whom and in whose name."""

    requests = serializers.ListField(child=Id(), min_length=1)
    provider = Id()
    tenant = Id(required=False)
    subject = serializers.CharField(max_length=200)


def given_in(values: Mapping[str, Any]) -> Given:
    """What a body gives.

    Raises: InvalidInput: a line is named twice.
    """
    lines = values.get("lines", [])
    amounts = {
        one["id"]: Amounts(one["vcpus"], one["memory_mib"], one["storage_gib"]) for one in lines
    }
    if len(amounts) < len(lines):
        raise InvalidInput("A line is named twice.", field="lines", hint="Name each once.")
    names = (
        "letter_number",
        "letter_date",
        "note",
        "confirm",
        "reference",
        "valid_from",
        "valid_until",
    )
    return Given(amounts=amounts, **{name: values[name] for name in names if name in values})


def progress_body(progress: Progress) -> dict[str, Any]:
    """Where a request stands, as programs read it."""
    return {
        "asked": _amounts(progress.asked),
        "countered": _amounts(progress.countered),
        "granted": _amounts(progress.granted),
        "moved": list(progress.moved),
        "steps": [one.value for one in progress.deeds],
        "bundle": [
            {
                "id": one.request.pk,
                "number": one.request.number,
                "status": one.request.status,
                "asked": _amounts(one.asked),
                "granted": _amounts(one.granted),
            }
            for one in progress.bundle
        ],
    }


def loss_body(loss: Loss) -> dict[str, Any]:
    """Who is hit when a grant goes, as programs read it."""
    return {
        "machines": list(loss.machines),
        "apps_down": list(loss.down),
        "apps_degraded": list(loss.degraded),
        "owners": list(loss.owners),
        "confirm": loss.confirm,
    }


def _amounts(amounts: Amounts | None) -> dict[str, int] | None:
    if amounts is None:
        return None
    return {str(name): amount for name, amount in amounts.as_mapping().items()}
