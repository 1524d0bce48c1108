"""A forecast in one sentence, for pages and commands."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dcim.planning.forecast.forecast import (
    HORIZON_DAYS,
    NEEDED_CHANGES,
    NEEDED_DAYS,
    Forecast,
    FullOn,
    Verdict,
)


def sentence(one: Forecast) -> str:
    """What `one` says, in the reader's language."""
    match one.verdict:
        case Verdict.NOT_ENOUGH_HISTORY:
            return _not_enough(one)
        case Verdict.FULL_NOW:
            return _("full now")
        case Verdict.RUNS_FULL if one.full_on is not None:
            return _full(one.full_on)
        case _rest:
            if not one.changes:
                return _("nothing has changed on %(days)s days; not full as far as is known") % {
                    "days": one.days
                }
            return _("not full within %(years)s years") % {"years": HORIZON_DAYS // 365}


def _not_enough(one: Forecast) -> str:
    if one.days < NEEDED_DAYS:
        return _("not enough history: %(days)s of %(needed)s days") % {
            "days": one.days,
            "needed": NEEDED_DAYS,
        }
    return _("not enough history: it changed on %(changes)s of at least %(needed)s days") % {
        "changes": one.changes,
        "needed": NEEDED_CHANGES,
    }


def _full(full: FullOn) -> str:
    earliest, likely, latest = (_day(one) for one in (full.earliest, full.likely, full.latest))
    return _("full between %(earliest)s and %(latest)s, most likely %(likely)s") % {
        "earliest": earliest,
        "latest": latest,
        "likely": likely,
    }


def _day(day: date | None) -> str:
    if day is None:
        return _("later than in %(years)s years") % {"years": HORIZON_DAYS // 365}
    return date_format(day, "j F Y")
