"""Keep what the ledgers say today; a worker does so every day by itself."""

from __future__ import annotations

from argparse import Namespace

from django.utils.translation import gettext as _

from dcim.actions.forecasts.snapshots import snapshot_ledgers
from dcim.management.base import LumbungCommand


class Command(LumbungCommand):
    """`snapshot_ledgers`: today's rows, written anew when they are there already."""

    help = "Keep what the ledgers say today, so that forecasts have a past."

    def act(self, options: Namespace) -> None:
        rows = snapshot_ledgers()
        self.stdout.write(
            _("%(count)s lines of ledgers are kept for today.") % {"count": len(rows)}
        )
