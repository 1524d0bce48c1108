"""What a plan document is judged on beside machines: grants, and what providers may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.holding import Terms

NOTHING: Final = Amounts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A grant that machines of any target draw on: `amounts` were granted.

    `committed` is held on it for machines beyond what they draw.
    """

    name: str
    provider: str = ""
    amounts: Amounts = NOTHING
    committed: Amounts = NOTHING

    @property
    def ceiling(self) -> Amounts:
        """What machines may draw of each class."""
        return self.amounts - self.committed


@dataclass(frozen=True, slots=True, kw_only=True)
class MayHold:
    """What the provider of a target may hold; empty: not stated, which forbids nothing."""

    data_classes: tuple[str, ...] = ()
    highest_category: str = ""
    residency: str = ""

    @property
    def terms(self) -> Terms:
        """The same, for the rule that judges it."""
        return Terms(frozenset(self.data_classes), self.highest_category, self.residency)


NOT_STATED: Final = MayHold()
