"""The ceiling as people write it: `vcpus=2000,memory=8TiB,storage=120TiB`."""

from __future__ import annotations

from typing import Final

from dcim.planning.structure import LARGEST
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.errors import InvalidInput

MIB: Final = {"MiB": 1, "GiB": 2**10, "TiB": 2**20}
GIB: Final = {"GiB": 1, "TiB": 2**10}
UNITS: Final[dict[str, dict[str, int]]] = {"vcpus": {"": 1}, "memory": MIB, "storage": GIB}
HINT: Final = "Write all three, like vcpus=2000,memory=8TiB,storage=120TiB."


def ceiling_of(text: str) -> Amounts:
    """The amounts that `text` names; each once, with its unit.

    Raises: InvalidInput: something else stands there, or not all three.

    >>> ceiling_of("vcpus=2000, memory=512GiB, storage=120TiB")
    Amounts(vcpus=2000, memory_mib=524288, storage_gib=122880)
    """
    found: dict[str, int] = {}
    for part in text.split(","):
        name, _, amount = (one.strip() for one in part.partition("="))
        if name not in UNITS or name in found:
            raise InvalidInput(f"“{part.strip()}” has no place here.", field="ceiling", hint=HINT)
        found[name] = _amount(amount, UNITS[name], part.strip())
    if len(found) < len(UNITS):
        missing = ", ".join(name for name in UNITS if name not in found)
        raise InvalidInput(f"{missing} is not said.", field="ceiling", hint=HINT)
    return Amounts(found["vcpus"], found["memory"], found["storage"])


def _amount(text: str, units: dict[str, int], part: str) -> int:
    for unit, times in units.items():
        digits = text.removesuffix(unit).strip()
        if text.endswith(unit) and digits.isascii() and digits.isdigit():
            if (amount := int(digits) * times) <= LARGEST:
                return amount
            raise InvalidInput(f"“{part}” is out of range.", field="ceiling", hint=HINT)
    known = " or ".join(one for one in units if one) or "no unit"
    raise InvalidInput(
        f"“{part}” is no amount.",
        field="ceiling",
        hint=f"Write a whole number, 0 or more, {known}.",
    )
