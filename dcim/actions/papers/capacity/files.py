"""The quarterly capacity report as PDF and XLSX, for whoever may see all that it tells of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Final

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions.papers.capacity.figures import figures_of, quarter_asked
from dcim.actions.papers.capacity.report import Report, capacity_report
from dcim.actions.papers.files import PDF, XLSX, Paper
from dcim.actions.papers.printed import printed_head, printed_section
from dcim.actions.papers.typesetting import typeset
from dcim.actions.papers.workbook import workbook
from dcim.actions.rights import may_all
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.account import User
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import NotPermitted

TEMPLATE: Final = Path(__file__).parents[1] / "report.typ"
# Whoever may not view all of these sees nothing of the report.
TELLS_OF: Final[tuple[type[Model], ...]] = (Cluster, Allocation, VirtualMachine, ServiceApp)


def capacity_paper(quarter: str, form: str) -> Paper:
    """The report of a quarter.

    Args:
        quarter: As `2026-Q4`; "" for the running one.
        form: PDF or XLSX, as in `files`.

    Raises: InvalidInput, Refused, MissingComponent.

    Notes: the same record on the same day gives the same bytes.
    """
    asked = quarter_asked(quarter)
    data = FORMS[form](capacity_report(figures_of(asked)))
    return Paper(f"laporan-kapasitas-{asked.year}-TW{asked.number}.{form}", data)


def require_all_of_it(reader: User) -> None:
    """Let pass who may view every object that the report tells of.

    Raises: NotPermitted.
    """
    if not all(may_all(reader, "view", model) for model in TELLS_OF):
        raise NotPermitted(
            _("The capacity report tells of every pool; your account sees a part only."),
            hint=_("Ask an administrator for the right."),
        )


def _as_pdf(report: Report) -> bytes:
    told = {
        "title": report.title,
        "subtitle": report.subtitle,
        "facts": report.facts,
        "head": printed_head(report.head),
        "dated": report.head.dated(report.day),
        "sections": [printed_section(one) for one in report.sections],
    }
    moment = timezone.make_aware(datetime.combine(report.day, time()))
    return typeset(TEMPLATE, told, moment=moment, language="id")


def _as_xlsx(report: Report) -> bytes:
    facts = [*report.facts]
    for section in report.sections:
        facts += [(section.title if not n else "", line) for n, line in enumerate(section.lines)]
    tables = [section.table for section in report.sections if section.table is not None]
    return workbook(f"{report.title} {report.subtitle}", facts, tables, report.day)


FORMS: Final[Mapping[str, Callable[[Report], bytes]]] = {PDF: _as_pdf, XLSX: _as_xlsx}
