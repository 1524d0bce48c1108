"""Which providers may hold an app: one rule for plans, requests and the record.

A provider states which data classes it may hold, the gravest system category, and whether it keeps
data in Indonesia. What is not stated, of the provider or of the app, forbids nothing: keeping all
that is not classed yet at home would be too strict. An office's systems and data stay in Indonesia
(PP 71/2019), whatever their class.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dcim.vocabulary.choices import Choices, SystemCategory, _

GRAVITY: Final = tuple(one.value for one in SystemCategory)  # the gravest first


class DataResidency(Choices):
    """Where a provider keeps what it holds."""

    DOMESTIC = "domestic", _("In Indonesia")
    ABROAD = "abroad", _("Abroad, or not in Indonesia alone")


class Objection(Choices):
    """Why a provider may not hold an app."""

    DATA_CLASS = "data_class", _("It may not hold data of this class.")
    CATEGORY = "category", _("It may not hold systems of this category.")
    ABROAD = "abroad", _("It keeps data abroad; systems of public bodies stay in Indonesia.")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a provider states of itself; empty: not stated."""

    data_classes: frozenset[str] = frozenset()
    highest_category: str = ""
    residency: str = ""


@dataclass(frozen=True, slots=True)
class Nature:
    """What an app is, as far as it is stated."""

    data_class: str = ""
    category: str = ""


def objections(terms: Terms, nature: Nature) -> tuple[Objection, ...]:
    """Every reason for which a provider of such `terms` may not hold such an app; none: it may.

    >>> objections(Terms(frozenset({"open"})), Nature("closed", "high"))
    (<Objection.DATA_CLASS: 'data_class'>,)
    """
    return tuple(_objections(terms, nature))


def _objections(terms: Terms, nature: Nature) -> Iterator[Objection]:
    if terms.residency == DataResidency.ABROAD:
        yield Objection.ABROAD
    if terms.data_classes and nature.data_class and nature.data_class not in terms.data_classes:
        yield Objection.DATA_CLASS
    if terms.highest_category and nature.category:
        highest, asked = GRAVITY.index(terms.highest_category), GRAVITY.index(nature.category)
        if asked < highest:
            yield Objection.CATEGORY
