"""Transactions whose refusals name fields: what Django and the database refuse, in sentences.

What a rule of our own refuses is raised where the rule is and passes through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import Error, IntegrityError, OperationalError, transaction
from django.db.models import Model
from django.utils.translation import gettext

from dcim.actions.changes import gathering
from dcim.actions.log.writer import write_log
from dcim.record.networks.ipam import Claiming
from dcim.record.planner import allocations
from dcim.vocabulary.amounts import ResourceClass
from dcim.vocabulary.errors import (
    BadRows,
    InUse,
    InvalidInput,
    LumbungError,
    QuotaExceeded,
    Refused,
    RowErrors,
)

ALL_FIELDS: Final = "__all__"
# PostgreSQL's codes, since its sentences come in the server's language; else SQLite's words.
DANGLING: Final = re.compile(r"23503|FOREIGN KEY constraint failed")
CROSSED: Final = re.compile(r"40001|40P01|55P03|database (table )?is locked")
# "(site_id, name)=(1, R01)", or "UNIQUE constraint failed: dcim_rack.site_id, dcim_rack.name".
KEY: Final = re.compile(r"\((?P<columns>[^()]+)\)=\(|UNIQUE constraint failed: (?P<cells>.+)")
CEILING: Final = re.compile(rf"\b{allocations.CEILING}(?P<of>{'|'.join(allocations.CLASSES)})\b")
CLASS_OF: Final = dict(zip(allocations.CLASSES, ResourceClass, strict=True))


@contextmanager
def writing() -> Iterator[None]:
    """A transaction; what the database refuses, at commit too, becomes an error with a way out.

    The outermost one logs, as its last deed, what `log_changes` was told inside. An inner one is a
    savepoint: when it is undone, so are its entries.

    Raises:
        InvalidInput: a value is missing, wrong or taken; `errors` names the fields.
        InUse: what was to go, or what is named, is gone or held by another's write.
        Refused: other writers were in the way.
    """
    try:
        with transaction.atomic():
            with gathering() as entries:
                yield
            if entries:
                write_log(entries)
    except ValidationError as err:
        errors = errors_of(err)
        field, reasons = next(iter(errors.items()))
        name = "" if field == ALL_FIELDS else field
        raise InvalidInput(reasons[0], field=name, errors=errors) from err
    except IntegrityError as err:
        raise _broken_rule(err) from err
    except OperationalError as err:
        if CROSSED.match(_code_of(err)) is None:
            raise
        raise Refused(
            gettext("Others were writing the same objects."), hint=gettext("Try again.")
        ) from err


@contextmanager
def of_row(position: int, pk: int | None = None) -> Iterator[None]:
    """Where one row of a set is written: what is wrong is told of that row.

    Raises: BadRows.
    """
    try:
        yield
    except BadRows:
        raise
    except InvalidInput as err:
        raise BadRows([RowErrors(position, err.errors, pk)]) from err


def errors_of(err: ValidationError) -> dict[str, list[str]]:
    """The reasons per field; those of no field under `__all__`."""
    if not hasattr(err, "error_dict"):
        return {ALL_FIELDS: list(err.messages)}
    return {
        ALL_FIELDS if field == NON_FIELD_ERRORS else field: [str(reason) for reason in reasons]
        for field, reasons in err.message_dict.items()
    }


def _code_of(err: Error) -> str:
    """PostgreSQL's code of the failure, or what SQLite says of it."""
    return getattr(err.__cause__, "sqlstate", None) or str(err)


def _broken_rule(err: IntegrityError) -> LumbungError:
    if DANGLING.match(_code_of(err)) is not None:
        return InUse(
            gettext("An object that is named here has just been deleted, or is still in use."),
            hint=gettext("Look it up again in the list."),
        )
    says = str(err)
    ceiling = CEILING.search(says)
    if ceiling is not None:
        return _overdrawn(ceiling["of"])
    taken = KEY.search(says)
    if taken is not None:
        cells = (taken["columns"] or taken["cells"]).split(", ")
        model = _model_of(_table_of(err) or cells[0].partition(".")[0])
        return _taken(model, [cell.rpartition(".")[2] for cell in cells])
    return InvalidInput(
        gettext("A rule of the record is broken."),
        hint=gettext("The database says: %(reason)s.") % {"reason": says.splitlines()[0]},
    )


def _overdrawn(field: str) -> QuotaExceeded:
    """Rules judge grants under their locks; this is for whoever writes past them."""
    return QuotaExceeded(
        gettext("A grant has no room for what would be drawn or committed of its %(class)s.")
        % {"class": CLASS_OF[field]},
        field=field,
        hint=gettext("Ask for less, free as much on the grant, or choose another one."),
    )


def _taken(model: type[Model], columns: list[str]) -> InvalidInput:
    """Two objects claim one value of `columns`, said as Django says it of a form."""
    names = {one.column: one.name for one in model._meta.concrete_fields}
    fields = [names[column] for column in columns]
    reason = model().unique_error_message(model, tuple(fields)).messages[0]
    if fields == ["claim"] and issubclass(model, Claiming):
        fields = [model.claimed_as]
    return InvalidInput(reason, field=fields[0] if len(fields) == 1 else "")


def _table_of(err: IntegrityError) -> str:
    """The table that PostgreSQL names beside its sentence; empty on SQLite."""
    return getattr(getattr(err.__cause__, "diag", None), "table_name", None) or ""


def _model_of(table: str) -> type[Model]:
    models = apps.get_models(include_auto_created=True)
    return next(one for one in models if one._meta.db_table == table)
