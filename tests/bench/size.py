"""How large the estates are that are measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estate:
    """How many objects an estate has, and where their numbers begin: no two estates share names.

    Devices come in racks of 40.
    """

    devices: int = 10_000
    machines: int = 50_000
    first: int = 0

    def name(self, name: str) -> str:
        """The name of an object of this estate."""
        return f"{name}-of-{self.first}" if self.first else name

    def named(self, name: str) -> dict[str, str]:
        """Name and slug of an object of this estate."""
        return {"name": self.name(name), "slug": self.name(name)}
