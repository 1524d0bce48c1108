"""What the emergency book says, in words: the same for the page on a phone and the printed one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dcim.planning.emergency_book import Backup, Carrier, EmergencyBook, Responsible
from dcim.planning.people import Person
from dcim.vocabulary.choices import CopyKind

NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a section: a heading, sentences, and a table; each may be empty."""

    title: str
    lines: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter; `anchor` is its place in the file."""

    anchor: str
    title: str
    intro: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """The book in words.

    Attributes:
        title: What stands on the front.
        facts: What it is of, label and text.
        how: How to read it, a sentence or two each.
        contents: The heading of the table of contents.
        sections: The chapters.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    how_title: str
    how: tuple[str, ...]
    contents: str
    sections: tuple[Section, ...]

    def as_data(self) -> dict[str, Any]:
        """The same as plain data."""
        return asdict(self)


def in_words(book: EmergencyBook) -> Printed:
    """The book in the language that is active."""
    return Printed(
        title=_("Emergency book"),
        facts=(
            (_("Sites"), ", ".join(one.name for one in book.sites) or NOTHING),
            (_("Made"), f"{book.made_at:%Y-%m-%d %H:%M} {book.made_at.tzname()}"),
            (_("Record as of change"), str(book.serial)),
            (_("Digest"), " ".join(_in_eights(book.digest))),
        ),
        how_title=_("How to read it"),
        how=_how_to_read(),
        contents=_("Contents"),
        sections=tuple(make(book) for make in CHAPTERS),
    )


def _in_eights(digest: str) -> Iterator[str]:
    for start in range(0, len(digest), 8):
        yield digest[start : start + 8]


def _how_to_read() -> tuple[str, ...]:
    return (
        _(
            "For the hour in which Lumbung itself can't be asked. It tells the record as it was at"
            " the change named above; what was changed later is not in it."
        ),
        _(
            "Down: people can't use the app while the thing is away. Degraded: it goes on, but"
            " with nothing to spare, or without an app that it can do without."
        ),
        _("Things are named KIND:NAME, as on every page of Lumbung: rack:PDR-R01, host:PDR-H02."),
        _(
            "Two books with the same digest say the same, whenever they were made. Keep one on"
            " paper, and one where it can be read without this data centre's network."
        ),
    )


def _board(book: EmergencyBook) -> Section:
    return Section(
        "failures",
        _("N-1 board"),
        _("What the loss of one thing alone costs, the worst first."),
        (
            Block(
                "",
                (),
                (_("What fails"), _("Down"), _("Degraded"), _("Users per month"), _("Owners")),
                tuple(
                    (
                        one.thing,
                        str(one.apps_down),
                        str(one.apps_degraded),
                        str(one.users_per_month_down),
                        str(one.owners_hit),
                    )
                    for one in book.failures
                ),
            ),
        ),
    )


def _start_order(book: EmergencyBook) -> Section:
    return Section(
        "start",
        _("Start order"),
        _(
            "After everything went dark: wave by wave from the first. What is in one wave can be"
            " started at once; “+” joins what needs each other and is started together."
        ),
        (
            Block(
                "",
                (),
                (_("Wave"), _("Kind"), _("Names")),
                tuple(
                    (str(number), kind, names)
                    for number, wave in enumerate(book.start_order, 1)
                    for kind, names in _by_kind(wave)
                ),
            ),
        ),
    )


def _by_kind(wave: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """A row for each kind of thing in a wave; steps of several are told with their kinds."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for step in wave:
        kind, _colon, name = step[0].partition(":")
        kinds[kind].append(name if len(step) == 1 else " + ".join(step))
    for kind, names in kinds.items():
        yield kind, _listed(names)


def _backups(book: EmergencyBook) -> Section:
    without = (
        _("Running apps without any copy: %(apps)s") % {"apps": _listed(book.without_backup)},
    )
    return Section(
        "backups",
        _("Backup copies"),
        _("What can be brought back from where; a copy that was never restored is a hope."),
        (
            Block(
                "",
                without,
                (_("Tier"), _("Where"), _("Kind"), _("Last success"), _("Last restore test")),
                tuple(
                    (
                        one.tier,
                        one.place,
                        _kind_of_copy(one),
                        one.last_success[:16].replace("T", " ") or NOTHING,
                        one.last_restore_test or NOTHING,
                    )
                    for one in book.backups
                ),
            ),
        ),
    )


def _kind_of_copy(copy: Backup) -> str:
    kind = _(dict(CopyKind.pairs()).get(copy.kind, copy.kind))
    if copy.frequency_hours is None:
        return kind
    return _("%(kind)s, every %(hours)s h") % {"kind": kind, "hours": copy.frequency_hours}


def _racks(book: EmergencyBook) -> Section:
    return Section(
        "racks",
        _("What each rack carries"),
        _("Equipment from the record, the machines recorded on it, and the apps they carry."),
        _carrier_blocks(_("Rack"), book.racks),
    )


def _feeds(book: EmergencyBook) -> Section:
    return Section(
        "feeds",
        _("What each power feed carries"),
        _("Equipment that gets power from the feed, also through PDUs."),
        _carrier_blocks(_("Power feed"), book.feeds),
    )


def _carrier_blocks(heading: str, carriers: Iterable[Carrier]) -> tuple[Block, ...]:
    carriers = tuple(carriers)
    overview = Block(
        "",
        (),
        (heading, _("Down"), _("Degraded"), _("Equipment"), _("Machines")),
        tuple(
            (
                one.thing,
                str(len(one.apps_down)),
                str(len(one.apps_degraded)),
                str(len(one.equipment)),
                str(one.machines),
            )
            for one in carriers
        ),
    )
    return (overview, *map(_carrier_block, carriers))


def _carrier_block(carrier: Carrier) -> Block:
    down, degraded = carrier.apps_down, carrier.apps_degraded
    return Block(
        carrier.thing,
        (
            ngettext("%(count)s app stops: %(apps)s", "%(count)s apps stop: %(apps)s", len(down))
            % {"count": len(down), "apps": _listed(down)},
            ngettext(
                "%(count)s app is degraded: %(apps)s",
                "%(count)s apps are degraded: %(apps)s",
                len(degraded),
            )
            % {"count": len(degraded), "apps": _listed(degraded)},
        ),
        (_("Equipment"), _("Place"), _("Machines"), _("Apps")),
        tuple(
            (one.thing, one.place or NOTHING, _listed(one.machines), _listed(one.apps))
            for one in carrier.equipment
        ),
    )


def _contacts(book: EmergencyBook) -> Section:
    return Section(
        "contacts",
        _("Whom to call"),
        _("Owners of running apps, and sites; who is to be called first stands first."),
        (
            Block(
                _("Sites"),
                (),
                (_("Site"), _("Call")),
                tuple((one.name, _called(one.people)) for one in book.sites),
            ),
            Block(
                _("Owners"),
                (),
                (_("Owner"), _("Call"), _("Apps")),
                tuple((one.name, _called(one.people), _apps_of(one)) for one in book.owners),
            ),
        ),
    )


def _called(people: Iterable[Person]) -> str:
    lines = (" · ".join(filter(None, (one.name, one.role, one.phone, one.email))) for one in people)
    return "\n".join(lines) or _("nobody is recorded")


def _apps_of(owner: Responsible) -> str:
    return "\n".join(f"{code} · {name}" for code, name in owner.apps)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or NOTHING


CHAPTERS: Final[tuple[Callable[[EmergencyBook], Section], ...]] = (
    _board,
    _start_order,
    _racks,
    _feeds,
    _contacts,
    _backups,
)
