"""The command `python -m provisioning`: parses, runs, prints; progress goes to stderr.

Exit codes: preview and refresh 0 no change, 2 changes, 3 refused, 1 error; up and destroy 0 done, 3
refused, 1 error; of several targets the worst counts (1, 3, 2, 0). Usage errors are errors too: 1.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from dcim.planning.document import PlanDocument, parse
from dcim.vocabulary.errors import InvalidInput, LumbungError, Refused
from provisioning.engine.command import get_engine, get_language_host
from provisioning.engine.markdown import as_markdown
from provisioning.engine.report import EXIT_CODES, Action, Result, as_json
from provisioning.engine.run import run
from provisioning.engine.text import as_text
from provisioning.program.build import PlanRefused

INTERRUPTED: Final = 130
_DEEDS: Final = {
    Action.PREVIEW: "show what the plan would change, on rehearsals after how things stand",
    Action.REFRESH: "show what differs between state and hypervisor (drift); changes nothing",
    Action.UP: "make it so: only on rehearsal: and test:/// targets",
    Action.DESTROY: "remove what a stack made: only on rehearsal: and test:/// targets",
}


class _Parser(argparse.ArgumentParser):
    """argparse, with our exit code for wrong usage: 2 means changes here."""

    def error(self, message: str) -> NoReturn:
        self.exit(1, f"{self.prog}: {message}. Try --help.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command that `arguments` say (default: the process's own); returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.deed == "engine":
            get_engine(_say)
            get_language_host(_say)
            return 0
        return _run(options)
    except LumbungError as err:
        return _complain(err)
    except KeyboardInterrupt:
        _say("Stopped. What was done stands in the state; run again to go on.")
        return INTERRUPTED


def read_plan(path: Path) -> PlanDocument:
    """The plan document in the file.

    Raises: InvalidInput when the file can't be read, BadDocument when it is no plan.
    """
    try:
        data = path.read_bytes()
    except OSError as err:
        raise InvalidInput(
            f"{path} can't be read: {err.strerror}.",
            field="plan",
            hint="Make a plan with ./manage.py plan --output FILE.",
        ) from err
    return parse(data)


def check_markdown(path: Path) -> None:
    """Raises: InvalidInput when no file can be written at `path`, before minutes are spent."""
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise InvalidInput(
            f"{path} can't be written.",
            field="markdown",
            hint="Name a file in a folder that exists and is yours.",
        )


def _run(options: argparse.Namespace) -> int:
    document = read_plan(options.plan)
    if options.markdown:
        check_markdown(options.markdown)
    report = run(document, Action(options.deed), targets=options.target, say=_say)
    if options.markdown:
        options.markdown.write_text(as_markdown(report), "utf-8")
    sys.stdout.write(f"{as_json(report) if options.json else as_text(report)}\n")
    for target in report.targets:
        if target.message:
            _say(f"{target.name}: {target.result}: {target.message}")
    return report.exit_code


def _complain(err: LumbungError) -> int:
    reasons = [str(one) for one in err.violations] if isinstance(err, PlanRefused) else [str(err)]
    for reason in reasons:
        _say(reason)
    return EXIT_CODES[Result.REFUSED if isinstance(err, Refused) else Result.FAILED]


def _parser() -> _Parser:
    parser = _Parser(prog="python -m provisioning", description="Runs the Pulumi engine on a plan.")
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    for action, help_text in _DEEDS.items():
        _add_options(deeds.add_parser(action, help=help_text, description=help_text))
    deeds.add_parser("engine", help="get the Pulumi engine, once: by download or built from source")
    return parser


def _add_options(deed: argparse.ArgumentParser) -> None:
    deed.add_argument("--plan", type=Path, required=True, metavar="FILE", help="the plan document")
    deed.add_argument(
        "--target", action="append", default=[], metavar="NAME", help="only this one (repeatable)"
    )
    deed.add_argument("--json", action="store_true", help="print the report as JSON")
    deed.add_argument("--markdown", type=Path, metavar="FILE", help="write it as Markdown too")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
