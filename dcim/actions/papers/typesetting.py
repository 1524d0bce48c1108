"""PDFs by Typst, with the fonts that it brings: the same content gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from django.utils.translation import gettext as _

from dcim.vocabulary.errors import MissingComponent, Refused

Form: TypeAlias = Literal["pdf", "png"]
IMAGE: Final = Path(__file__).with_name("image.typ")


def typeset(
    template: Path, told: Mapping[str, Any], *, moment: datetime, language: str, way_out: str = ""
) -> bytes:
    """The PDF that `template` makes of what it is told.

    Args:
        template: A Typst file.
        told: What it finds as JSON in `sys.inputs.told`.
        language: Whose hyphens and quotes; `sys.inputs.language` there.
        moment: When the paper was made, with its time zone.
        way_out: What to do without the PDF, where there is something.

    Raises:
        MissingComponent: Typst is not installed.
        Refused: Typst could not typeset it, in its own words.
    """
    inputs = {"told": json.dumps(told, ensure_ascii=False), "language": language}
    return _compiled(template, inputs, way_out, form="pdf", timestamp=int(moment.timestamp()))


def drawn(svg: str) -> bytes:
    """The SVG as a PNG, for documents that can't hold it.

    Raises: MissingComponent, Refused.
    """
    return _compiled(IMAGE, {"svg": svg}, form="png", ppi=200.0)


def _compiled(
    template: Path,
    inputs: dict[str, str],
    way_out: str = "",
    *,
    form: Form,
    ppi: float | None = None,
    timestamp: int | None = None,
) -> bytes:
    try:
        import typst  # here: 80 MB that nothing else needs
    except ImportError as err:
        raise MissingComponent(
            _("The PDF is typeset by Typst, which is not installed."),
            hint=" ".join(filter(None, (_("Run make setup."), way_out))),
        ) from err
    try:
        made = typst.compile(
            template,
            format=form,
            ignore_system_fonts=True,
            sys_inputs=inputs,
            ppi=ppi,
            timestamp=timestamp,
        )
    except typst.TypstError as err:
        raise Refused(
            _("The PDF can't be typeset: %(reason)s") % {"reason": err},
            hint=" ".join(filter(None, (_("Report it."), way_out))),
        ) from err
    return made
