"""Regular expressions that people write, matched in a time that grows with the text alone.

Python's own engine tries one way after the other and may never come to an end: `(a+)+$` doubles its
time with each letter. Here all ways are followed at once, which does without look-around, back
references and word boundaries; patterns with these are refused.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

LONGEST_PATTERN: Final = 500
MOST_NODES: Final = 2_000
MOST_KEPT: Final = 5_000
# The parser of Python's engine: what is a pattern, and how it is read, is Python's to say.
_parser: Final[Any] = import_module("re._parser")
_names: Final[Any] = import_module("re._constants")
CATEGORIES: Final[dict[str, Callable[[str], bool]]] = {
    "CATEGORY_DIGIT": str.isdecimal,
    "CATEGORY_NOT_DIGIT": lambda one: not one.isdecimal(),
    "CATEGORY_SPACE": str.isspace,
    "CATEGORY_NOT_SPACE": lambda one: not one.isspace(),
    "CATEGORY_WORD": lambda one: one.isalnum() or one == "_",
    "CATEGORY_NOT_WORD": lambda one: not (one.isalnum() or one == "_"),
}
BEGINNINGS: Final = frozenset({"AT_BEGINNING", "AT_BEGINNING_STRING"})
ENDS: Final = frozenset({"AT_END", "AT_END_STRING"})

Test = Callable[[str], bool]
States = frozenset[int]


class NotAPattern(ValueError):
    """Why a text is no regular expression that can be matched here."""


@dataclass(slots=True)
class _Node:
    """A step of a pattern: a character that passes `test`, or a place (`at`), or a parting."""

    following: list[int]
    test: Test | None = None
    at: str = ""


@dataclass(slots=True)
class Pattern:
    """A pattern as the steps that lead from `start` to the step 0, where it has been found."""

    ignores_case: bool = False
    start: int = 0
    nodes: list[_Node] = field(default_factory=lambda: [_Node([])])
    _kept: dict[tuple[States, bool, str], States | None] = field(default_factory=dict)

    def begins(self, text: str) -> bool:
        """Whether `text` begins with the pattern."""
        return self._found(text, anywhere=False)

    def is_in(self, text: str) -> bool:
        """Whether a part of `text` fits the pattern."""
        return self._found(text, anywhere=True)

    def _found(self, text: str, *, anywhere: bool) -> bool:
        first = states = frozenset({self.start})
        for position, one in enumerate(text):
            key = (states, position == 0, one)
            if key not in self._kept:
                if len(self._kept) >= MOST_KEPT:
                    self._kept.clear()
                self._kept[key] = self._next(*key)
            following = self._kept[key]
            if following is None:
                return True
            states = following | first if anywhere else following
            if not states:
                return False
        return 0 in self._reached(states, begins=not text, ends=True)

    def _next(self, states: States, begins: bool, one: str) -> States | None:
        """The steps behind a character; None when the pattern was found before it."""
        reached = self._reached(states, begins=begins, ends=False)
        if 0 in reached:
            return None
        written = {one, one.lower(), one.upper()} if self.ignores_case else {one}
        return frozenset(
            following
            for node in map(self.nodes.__getitem__, reached)
            if node.test is not None and any(map(node.test, written))
            for following in node.following
        )

    def _reached(self, states: Iterable[int], *, begins: bool, ends: bool) -> set[int]:
        """All steps that are reached without a further character."""
        left, reached = list(states), set[int]()
        while left:
            number = left.pop()
            if number in reached:
                continue
            reached.add(number)
            node = self.nodes[number]
            is_there = begins if node.at in BEGINNINGS else ends if node.at in ENDS else True
            if node.test is None and is_there:
                left += node.following
        return reached


@lru_cache(maxsize=128)
def compiled(text: str, *, ignores_case: bool = False) -> Pattern:
    """The pattern that `text` is.

    Raises: NotAPattern.
    """
    if len(text) > LONGEST_PATTERN:
        raise NotAPattern(f"A pattern has at most {LONGEST_PATTERN} characters.")
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = _parser.parse(text)
    except (re.error, RecursionError, OverflowError) as err:
        raise NotAPattern(f"This is not a regular expression: {err}.") from err
    if tree.state.flags & ~re.UNICODE.value & ~re.IGNORECASE.value:
        raise NotAPattern("Of flags, only (?i) can be used.")
    pattern = Pattern(ignores_case or bool(tree.state.flags & re.IGNORECASE))
    try:
        pattern.start = _sequence(pattern.nodes, tree, 0)
    except RecursionError as err:
        raise NotAPattern("The pattern is nested too deeply.") from err
    return pattern


def _add(nodes: list[_Node], node: _Node) -> int:
    if len(nodes) >= MOST_NODES:
        raise NotAPattern("The pattern is too large; let it repeat less.")
    nodes.append(node)
    return len(nodes) - 1


def _sequence(nodes: list[_Node], items: Sequence[tuple[Any, Any]], after: int) -> int:
    """The first step of `items`, which lead to the step `after`."""
    for kind, value in reversed(items):
        after = _one(nodes, str(kind), value, after)
    return after


def _one(nodes: list[_Node], kind: str, value: Any, after: int) -> int:
    if (test := _test_of(kind, value)) is not None:
        return _add(nodes, _Node([after], test))
    if kind == "AT" and str(value) in BEGINNINGS | ENDS:
        return _add(nodes, _Node([after], at=str(value)))
    if kind == "BRANCH":
        return _add(nodes, _Node([_sequence(nodes, one, after) for one in value[1]]))
    if kind == "SUBPATTERN" and not value[1] and not value[2]:
        return _sequence(nodes, value[3], after)
    if kind in {"MAX_REPEAT", "MIN_REPEAT"}:
        least, most, items = value
        return _repeated(nodes, (least, most), items, after)
    raise NotAPattern("Look-around, references, word boundaries and flags of parts can't be used.")


def _repeated(nodes: list[_Node], times: tuple[int, Any], items: Any, after: int) -> int:
    least, most = times
    if most == _names.MAXREPEAT:
        start = _add(nodes, _Node([after]))
        nodes[start].following.append(_sequence(nodes, items, start))
    else:
        start = after
        for _ in range(most - least):
            start = _add(nodes, _Node([_sequence(nodes, items, start), after]))
    for _ in range(least):
        before = len(nodes)
        start = _sequence(nodes, items, start)
        if len(nodes) == before:
            break  # what is empty may be repeated for ever
    return start


def _test_of(kind: str, value: Any) -> Test | None:
    """What a single character must be; None where the step is no character."""
    if kind == "LITERAL":
        return chr(value).__eq__
    if kind == "NOT_LITERAL":
        return chr(value).__ne__
    if kind == "ANY":
        return "\n".__ne__
    return _test_of_class(value) if kind == "IN" else None


def _test_of_class(items: Sequence[tuple[Any, Any]]) -> Test:
    tests: list[Test] = []
    negated = False
    for kind, value in items:
        if str(kind) == "NEGATE":
            negated = True
        elif str(kind) == "LITERAL":
            tests.append(chr(value).__eq__)
        elif str(kind) == "RANGE":
            first, last = map(chr, value)
            tests.append(lambda one, first=first, last=last: first <= one <= last)  # type: ignore[misc]
        else:
            tests.append(CATEGORIES[str(value)])
    return lambda one: any(test(one) for test in tests) is not negated
