"""A broken rule of a plan document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dcim.planning.document import Change, PlannedVM, Target
from dcim.planning.sentences import Sentence, say, sentence_of


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule: where (`target`, `subject`), why, and the way out."""

    rule: str
    target: str
    subject: str
    reason: str
    hint: str

    def __str__(self) -> str:
        return self.sentence.told(str)

    @property
    def sentence(self) -> Sentence:
        """All of it, for a reader in another language."""
        return say(
            "%(target)s, %(subject)s: %(reason)s %(hint)s",
            target=self.target,
            subject=sentence_of(self.subject),
            reason=sentence_of(self.reason),
            hint=sentence_of(self.hint),
        )


def created(target: Target) -> list[PlannedVM]:
    """The machines that the plan makes."""
    return [vm for vm in target.vms if vm.change is Change.CREATE]


def repeated(names: Iterable[str]) -> list[str]:
    """Those of `names` that stand more than once, each once, in order."""
    return sorted(name for name, count in Counter(names).items() if count > 1)
