"""Amounts that a provider's letter states per line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from dcim.record.planner.requests import RequestLine
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.errors import InvalidInput


def amounts_of_lines(
    lines: Sequence[RequestLine], stated: Mapping[int, Amounts], *, differing: bool = False
) -> dict[int, Amounts]:
    """The amounts of every line by id: as stated, else as asked.

    Args:
        lines: All lines of a request.
        stated: Amounts by line id.
        differing: Whether something must differ from what was asked.

    Raises: InvalidInput: an amount is of no line, or below 0, or nothing differs.
    """
    known = {one.pk for one in lines}
    for pk, amounts in stated.items():
        if pk not in known:
            raise InvalidInput(
                _("The request has no line with the id %(id)s.") % {"id": pk},
                field="lines",
                hint=_("Look at its lines again."),
            )
        if min(amounts.as_mapping().values()) < 0:
            raise InvalidInput(_("An amount can't be below 0."), field="lines")
    found = {one.pk: stated.get(one.pk, one.asked) for one in lines}
    if differing and all(found[one.pk] == one.asked for one in lines):
        raise InvalidInput(
            _("This is what was asked: nothing is offered instead."),
            field="lines",
            hint=_("Write the amounts of the offer, or let it be approved."),
        )
    return found


def within_asked(lines: Sequence[RequestLine], granted: Mapping[int, Amounts]) -> None:
    """Refuse grants beyond what was asked or offered: a letter that is read wrong is found here.

    Raises: InvalidInput, naming line and class.
    """
    for line in lines:
        offered = line.countered or Amounts()
        for one in ResourceClass:
            most = max(line.asked[one], offered[one])
            if granted[line.pk][one] > most:
                raise InvalidInput(
                    _("%(line)s: %(granted)s %(class)s would be granted, but %(most)s were asked.")
                    % {"line": line, "granted": granted[line.pk][one], "class": one, "most": most},
                    field="lines",
                    hint=_(
                        "Write what the letter grants; more is asked for by a request of its own."
                    ),
                )
