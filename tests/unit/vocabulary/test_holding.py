"""Who may hold an app: by data class, by category, by where data are kept."""

from __future__ import annotations

import pytest

from dcim.vocabulary.holding import Nature, Objection, Terms, objections

OPEN_ONLY = frozenset({"open"})


@pytest.mark.parametrize(
    ("terms", "nature", "found"),
    [
        (Terms(), Nature("closed", "strategic"), ()),
        (Terms(OPEN_ONLY, "low", "domestic"), Nature(), ()),
        (Terms(OPEN_ONLY), Nature("open"), ()),
        (Terms(OPEN_ONLY), Nature("restricted"), (Objection.DATA_CLASS,)),
        (Terms(highest_category="high"), Nature(category="low"), ()),
        (Terms(highest_category="high"), Nature(category="high"), ()),
        (Terms(highest_category="high"), Nature(category="strategic"), (Objection.CATEGORY,)),
        (Terms(highest_category="low"), Nature(category="high"), (Objection.CATEGORY,)),
        (Terms(residency="abroad"), Nature(), (Objection.ABROAD,)),
        (Terms(OPEN_ONLY, "low", "abroad"), Nature("closed", "strategic"), tuple(Objection)),
    ],
)
def test_what_is_stated_forbids_and_what_is_not_stated_does_not(
    terms: Terms, nature: Nature, found: tuple[Objection, ...]
) -> None:
    assert set(objections(terms, nature)) == set(found)
