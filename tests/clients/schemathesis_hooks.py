"""What is told to schemathesis beyond the OpenAPI."""

from __future__ import annotations

from typing import Any, Final

import schemathesis

# They leave out keys that the schema of an answer requires; tests/api/test_reading.py asks them.
SHAPING: Final = {"brief", "fields", "omit"}


@schemathesis.hook
def before_load_schema(context: object, raw_schema: dict[str, Any]) -> None:
    """Ask for whole objects only."""
    for path in raw_schema["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "parameters" in operation:
                operation["parameters"] = [
                    one for one in operation["parameters"] if one.get("name") not in SHAPING
                ]
