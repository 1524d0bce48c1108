"""The command `python -m provisioning`: parses, runs, prints; progress goes to stderr.

Exit codes: preview and refresh 0 no change, 2 changes, 3 refused, 1 error; up and destroy 0 done, 3
refused, 1 error; of several targets the worst counts (1, 3, 2, 0). Usage errors are errors too: 1.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Final, NoReturn

from dcim.planning.document import PlanDocument
from dcim.vocabulary.errors import InvalidInput, LumbungError, MissingComponent, Refused
from provisioning.engine.command import get_engine, get_language_host
from provisioning.engine.markdown import as_markdown, failure
from provisioning.engine.remote.comment import LABEL, label, post_comment
from provisioning.engine.remote.source import find_document
from provisioning.engine.report import (
    EXIT_CODES,
    Action,
    Report,
    Result,
    as_json,
    may_lose,
    report_of,
)
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


_SCHEMAS: Final = {
    "report": ("provisioning.engine", "report.schema.json"),
    "plan": ("dcim.planning", "document.schema.json"),
}


class _Parser(argparse.ArgumentParser):
    """argparse, with our exit code for wrong usage: 2 means changes here."""

    def error(self, message: str) -> NoReturn:
        self.exit(1, f"{self.prog}: {message}. Try --help.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command that `arguments` say (default: the process's own); returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _OTHER_DEEDS.get(options.deed, _run)(options)
    except LumbungError as err:
        return _complain(err, options)
    except KeyboardInterrupt:
        _say("Stopped. What was done stands in the state; run again to go on.")
        return INTERRUPTED


def check_markdown(path: Path) -> None:
    """Raises: InvalidInput when no file can be written at `path`, before minutes are spent."""
    if not _is_writable(path):
        raise InvalidInput(
            f"{path} can't be written.",
            field="markdown",
            hint="Name a file in a folder that exists and is yours.",
        )


def _is_writable(path: Path) -> bool:
    return not path.is_dir() and os.access(path if path.exists() else path.parent, os.W_OK)


def read_text(path: Path) -> str:
    """The text in the file.

    Raises: InvalidInput when there is none to read.
    """
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as err:
        raise InvalidInput(
            f"{path} can't be read.", field="file", hint="Name what --markdown wrote, or --json."
        ) from err


def _run(options: argparse.Namespace) -> int:
    if options.markdown:
        check_markdown(options.markdown)
    document = find_document(options.plan, options.source, _say)
    report = _report(document, options)
    if options.markdown:
        options.markdown.write_text(as_markdown(report), "utf-8")
    sys.stdout.write(f"{as_json(report) if options.json else as_text(report)}\n")
    for target in report.targets:
        if target.message:
            _say(f"{target.name}: {target.result}: {target.message}")
    return report.exit_code


def _report(document: PlanDocument, options: argparse.Namespace) -> Report:
    """What came of it; a plan that breaks rules has a report too, so that a comment can show it."""
    action = Action(options.deed)
    try:
        return run(
            document,
            action,
            targets=options.target,
            say=_say,
            headroom_percent=options.headroom,
        )
    except PlanRefused as err:
        for one in err.violations:
            _say(str(one))
        return report_of(action, document, (), err.violations)


def _get_engine(_options: argparse.Namespace) -> int:
    get_engine(_say)
    try:
        get_language_host(_say)
    except MissingComponent as err:  # no deed of ours needs it
        _say(str(err))
    return 0


def _print_schema(options: argparse.Namespace) -> int:
    package, name = _SCHEMAS[options.of]
    sys.stdout.write(resources.files(package).joinpath(name).read_text("utf-8"))
    return 0


def _comment(options: argparse.Namespace) -> int:
    text = read_text(options.file)
    loses = may_lose(read_text(options.report)) if options.report else None
    done = post_comment(text, options.at, only_update=options.only_update)
    _say(f"{options.at}: {done}.")
    if loses is not None:
        _say(f"{options.at}: {label(options.at, loses=loses)}.")
    return 0


_OTHER_DEEDS: Final = {"engine": _get_engine, "schema": _print_schema, "comment": _comment}


def _complain(err: LumbungError, options: argparse.Namespace) -> int:
    """Says what is wrong, in the file for a comment too: a red mark alone tells nobody why."""
    _say(str(err))
    is_refused = isinstance(err, Refused)
    markdown: Path | None = getattr(options, "markdown", None)
    if markdown and _is_writable(markdown):
        markdown.write_text(failure(options.deed, [str(err)], refused=is_refused), "utf-8")
    return EXIT_CODES[Result.REFUSED if is_refused else Result.FAILED]


def _parser() -> _Parser:
    parser = _Parser(prog="python -m provisioning", description="Runs the Pulumi engine on a plan.")
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    for action, help_text in _DEEDS.items():
        _add_options(deeds.add_parser(action, help=help_text, description=help_text))
    deeds.add_parser("engine", help="get the Pulumi engine, once: by download or built from source")
    schema = deeds.add_parser("schema", help="print the JSON Schema of reports, or of plans")
    schema.add_argument("of", nargs="?", choices=sorted(_SCHEMAS), default="report")
    comment = deeds.add_parser(
        "comment", help="put a report on a pull or merge request, as one comment kept up to date"
    )
    comment.add_argument("file", type=Path, metavar="FILE", help="what --markdown wrote")
    comment.add_argument("--at", required=True, metavar="URL", help="the request's comments")
    comment.add_argument(
        "--only-update", action="store_true", help="post nothing new, for runs without changes"
    )
    comment.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help=f"what --json printed: the request is labelled {LABEL} while something goes",
    )
    return parser


def _add_options(deed: argparse.ArgumentParser) -> None:
    deed.add_argument(
        "--plan",
        required=True,
        metavar="FILE|URL",
        help="the plan document, or its address in the API; with --from “latest” or an id",
    )
    deed.add_argument(
        "--from",
        dest="source",
        metavar="URL",
        help="a Lumbung that has the plan; LUMBUNG_TOKEN opens it",
    )
    deed.add_argument(
        "--headroom",
        type=_percent,
        default=0,
        metavar="PERCENT",
        help="refuse to leave less of a pool free that the plan adds to",
    )
    deed.add_argument(
        "--target", action="append", default=[], metavar="NAME", help="only this one (repeatable)"
    )
    deed.add_argument("--json", action="store_true", help="print the report as JSON")
    deed.add_argument("--markdown", type=Path, metavar="FILE", help="write it as Markdown too")


def _percent(text: str) -> int:
    if not text.isdecimal() or int(text) > 100:
        raise argparse.ArgumentTypeError(f"“{text}” is no percentage from 0 to 100")
    return int(text)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
