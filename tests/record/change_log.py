"""What an entry of the change log says of an object, before and after."""

from __future__ import annotations

from typing import Any

from dcim.record.log.changes import ObjectChange


def before(entry: ObjectChange) -> dict[str, Any]:
    return dict(entry.prechange_data or {})


def after(entry: ObjectChange) -> dict[str, Any]:
    return dict(entry.postchange_data or {})
