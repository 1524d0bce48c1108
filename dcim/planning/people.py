"""People who are called or told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to call, `priority` in the record's words."""

    name: str
    role: str
    priority: str
    phone: str
    email: str
