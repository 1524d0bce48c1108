"""What offices are told of work ahead: messages in Indonesian, ready to be sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from urllib.parse import quote

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from dcim.graph.answers.impact import names
from dcim.graph.facts import Thing
from dcim.planning.questions.maintenance import Maintenance, Told, Window
from dcim.planning.questions.maintenance_answers import (
    MaintenanceAnswer,
    NoticeAnswer,
    answer_of_maintenance,
)

LANGUAGE: Final = "id"  # that of the offices, whoever asks


def answer_with_notices(found: Maintenance) -> MaintenanceAnswer:
    """The check as JSON, with a notice to each office."""
    return answer_of_maintenance(found, notices_of(found))


def notices_of(found: Maintenance) -> dict[str, NoticeAnswer]:
    """The notice to each office, by its slug."""
    things = ", ".join(names(found.found.failed))
    with override(LANGUAGE):
        return {one.slug: _notice(one, things, found.window) for one in found.told}


def _notice(one: Told, things: str, window: Window) -> NoticeAnswer:
    to = [person.email for person in one.people if person.email]
    subject = _("Maintenance of %(things)s on %(day)s") % {
        "things": things,
        "day": date_format(window.start, "j F Y"),
    }
    body = "\n".join(_lines(one, things, window))
    mailto = f"mailto:{quote(','.join(to), safe='@,')}?subject={quote(subject)}&body={quote(body)}"
    return {"to": to, "subject": subject, "body": body, "mailto": mailto}


def _lines(one: Told, things: str, window: Window) -> Iterable[str]:
    yield _("To %(office)s,") % {"office": one.name}
    yield ""
    yield _("From %(start)s until %(until)s there is maintenance of %(things)s.") % {
        "start": _written(window.start),
        "until": _written(window.until),
        "things": things,
    }
    told = {
        _("These apps can't be used meanwhile:"): one.stopped,
        _("These apps are moved before, and stop for a moment then:"): one.moved,
        _("These apps go on with less to spare:"): one.weakened,
    }
    for title, apps in told.items():
        if apps:
            yield from ("", title, *_listed(apps))
    yield ""
    yield _("Please tell the users, and answer if the time does not suit.")


def _listed(apps: Iterable[Thing]) -> Iterable[str]:
    return (f"- {app.name} {app.label}".rstrip() for app in apps)


def _written(moment: datetime) -> str:
    return f"{date_format(moment, 'j F Y H.i')} {moment.tzname()}"
