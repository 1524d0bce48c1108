"""What a request sent, shown in the reasons against it: a refusal names the field and the value."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from rest_framework.exceptions import APIException
from rest_framework.request import Request

from dcim.actions.rights import SECRET

LONGEST_SHOWN: Final = 60
MAY_HOLD_SECRETS: Final = frozenset({"hypervisor_uri", "ssh_keys"})
"""Fields that are refused for holding a password or a private key."""
READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Sent:
    """The body of a request; of one that only reads, its parameters."""

    def __init__(self, request: Request | None) -> None:
        self.request = request

    def shown_in(
        self, errors: Mapping[str, Any], *, index: int | None = None, id: int | None = None
    ) -> dict[str, Any]:
        """The reasons per field, each with the value that was sent.

        Args:
            errors: Wire field, or parameter, to reasons.
            index: The row of a set that they are about, by where it stands.
            id: The same by the id that it names.
        """
        values = self._values(index, id)
        return {name: with_value(name, found, values.get(name)) for name, found in errors.items()}

    @property
    def is_set(self) -> bool:
        """Whether the body is a list of rows."""
        return isinstance(self._body(), list)

    def _body(self) -> Any:
        try:
            return None if self.request is None else self.request.data
        except APIException:  # it can't be read, which is what the refusal says
            return None

    def _values(self, index: int | None, pk: int | None) -> Mapping[str, Any]:
        if self.request is None:
            return {}
        if self.request.method in READS:
            asked = self.request.query_params
            return {name: asked[name] for name in asked if len(asked.getlist(name)) == 1}
        data = self._body()
        if isinstance(data, list):
            data = _row_of(data, index, pk)
        return data if isinstance(data, Mapping) else {}


def _row_of(rows: list[Any], index: int | None, pk: int | None) -> Any:
    if index is not None:
        return rows[index] if index < len(rows) else None
    if pk is None:  # a rule that does not say which row it means
        return rows[0] if len(rows) == 1 else None
    return next((one for one in rows if isinstance(one, Mapping) and one.get("id") == pk), None)


def with_value(name: str, reasons: Any, value: Any) -> Any:
    """The reasons against the `value` of a field, each of which shows it; secrets are not."""
    if (
        not isinstance(reasons, list)
        or value is None
        or value == ""
        or name in SECRET | MAY_HOLD_SECRETS
    ):
        return reasons
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    shown = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return [one if is_in(text[:LONGEST_SHOWN], str(one)) else told(one, shown) for one in reasons]


def told(reason: Any, shown: str) -> str:
    """The reason, with the value behind it."""
    return f"{reason} “{shown}” was sent."


def is_in(value: str, reason: str) -> bool:
    """Whether a reason shows the value already, not as a part of a word."""
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", reason) is not None
