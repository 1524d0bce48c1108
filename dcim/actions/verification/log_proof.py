"""The whole proof of the log in one committed state: its chain, its heads, and the record by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings

from dcim.actions.log.heads import heads_file, read_heads
from dcim.actions.verification.log_check import OnProgress, Tally, check_chain, check_heads
from dcim.actions.verification.log_derived import check_units
from dcim.actions.verification.log_drift import check_record
from dcim.actions.verification.log_findings import Finding
from dcim.record.log.chain import keys_of
from dcim.record.log.reading import one_view
from dcim.vocabulary.errors import InvalidInput


def prove(
    tally: Tally,
    *,
    since: datetime | None = None,
    heads: Sequence[Path] = (),
    chain_only: bool = False,
    on_progress: OnProgress = lambda _: None,
    on_chain_end: Callable[[], None] = lambda: None,
) -> Iterator[Finding]:
    """What is wrong with the log, and with rows by what it says of them.

    Args:
        tally: Filled on the way.
        since: Links before this time are trusted.
        heads: Files of heads beside the installation's own.
        chain_only: Leave the rows of the record out.
        on_progress: Told how many entries have been looked at.
        on_chain_end: Told when no more of them come.

    Raises: InvalidInput when a file of heads is not there or can't be read.

    Notes: heads are read before the state that is checked is chosen. Writers go on meanwhile, and
    a head that one of them leaves then names a link that this state does not have yet.
    """
    for path in heads:
        if not path.exists():
            raise InvalidInput(f"{path} is not there.", field="heads")
    known = read_heads([heads_file(), *heads])
    with one_view():
        yield from check_chain(
            keys_of(settings.LOG_KEYS), tally, since=since, on_progress=on_progress
        )
        on_chain_end()
        yield from check_heads(known, tally)
        if not chain_only:
            yield from check_record()
            yield from check_units()
