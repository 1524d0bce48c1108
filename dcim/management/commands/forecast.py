"""Say when each pool runs full, or that this can't be told yet."""

from __future__ import annotations

import json
from argparse import Namespace

from django.core.management.base import CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from dcim.actions.forecasts.current import current_forecasts
from dcim.actions.forecasts.words import sentence
from dcim.management.base import LumbungCommand
from dcim.planning.forecast.answers import answer_of
from dcim.vocabulary.errors import UnknownThing


class Command(LumbungCommand):
    """`forecast [--pool KIND:NAME] [--json]`: a line per pool and resource class."""

    help = "Say when each pool and resource class runs full, with how sure that is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pool", metavar="KIND:NAME")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        found = current_forecasts()
        if options.pool is not None:
            found = tuple(one for one in found if one.pool == options.pool)
            if not found:
                raise UnknownThing(
                    f"There is no pool “{options.pool}” with capacity.",
                    field="pool",
                    hint="Name one of ./manage.py forecast, for example cluster:PDR-KVM.",
                )
        if options.json:
            answers = [answer_of(one) for one in found]
            self.stdout.write(json.dumps(answers, cls=DjangoJSONEncoder, indent=2))
            return
        for one in found:
            self.stdout.write(f"{one.pool} {one.resource_class}: {sentence(one)}")
