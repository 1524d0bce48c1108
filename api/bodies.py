"""What the bodies of deeds have in common: ids, and the word that goes into the change log."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

LONGEST_MESSAGE: Final = 200
BIGGEST_ID: Final = 2**63 - 1  # what a database can look up


class Id(serializers.IntegerField):
    """The id of an object."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=BIGGEST_ID, **options)


class WithMessage(serializers.Serializer[Any]):
    """The body of a deed; `changelog_message` says why."""

    changelog_message = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=LONGEST_MESSAGE
    )


def read(body: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """The values of a body.

    Raises: ValidationError, naming every wrong field.
    """
    asked = body(data=data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)
