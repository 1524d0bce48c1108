"""Errors that users meet, each with a stable code, a reason and a way out.

    LumbungError
    ├── InvalidInput          what was handed in is wrong             input.invalid
    │   ├── BadDocument       a plan or snapshot file is wrong        document.invalid
    │   ├── BadRow            a row of an imported file is wrong      import.bad_row
    │   └── BadRows           rows of a set are wrong, each named     input.bad_rows
    ├── UnknownThing          no such object                          thing.unknown
    ├── Stale                 it was changed since it was read        record.stale
    ├── NotPermitted          right input, but not for this user      rights.missing
    ├── Refused               right input, but a rule forbids it      refused
    │   ├── DoesNotFit        no room in a rack or pool               capacity.does_not_fit
    │   │   └── QuotaExceeded a grant would be overdrawn              allocation.quota_exceeded
    │   ├── PositionTaken     rack units are occupied                 rack.position_taken
    │   ├── MayNotHold        a provider may not hold the app         provider.may_not_hold
    │   ├── InUse             something still rests on it             record.in_use
    │   │   ├── DrawnOn           machines draw on a grant that would go  allocation.drawn_on
    │   │   └── StillNeeded       running apps rest on machines that go   reclaim.still_needed
    │   ├── AnotherMachine    a plan and the record mean two machines reclaim.another_machine
    │   ├── NotReclaimed      machines would go that no plan reclaims reclaim.not_planned
    │   ├── NotBackedUp       data would go without a copy or waiver  reclaim.no_backup
    │   ├── WrongStep         a request can't take this step now      request.wrong_step
    │   ├── ApprovalLapsed    what was approved has moved             request.approval_lapsed
    │   └── Stopped           someone ended the work before its end   job.stopped
    └── MissingComponent      an engine, server or package is absent  component.missing

Provisioning adds plan.refused (a Refused), engine.failed, engine.state_failed,
engine.state_unreachable and hypervisor.failed beside them.

Raise where the rule is, catch only at a border (API, page, command). Codes never change and are
never used again for something else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


class LumbungError(Exception):
    """Something a user can put right: which field, why, and the way out."""

    code: ClassVar[str] = "error"

    def __init__(self, reason: str, *, field: str = "", hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
        self.hint = hint

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        way_out = f" {self.hint}" if self.hint else ""
        return f"{where}{self.reason}{way_out}"


class InvalidInput(LumbungError):
    """What was handed in is wrong; `errors` holds every field's reasons where there are several."""

    code = "input.invalid"

    def __init__(
        self,
        reason: str,
        *,
        field: str = "",
        hint: str = "",
        errors: dict[str, list[str]] | None = None,
    ) -> None:
        super().__init__(reason, field=field, hint=hint)
        self.errors = errors or {field or "__all__": [f"{reason} {hint}".strip()]}


class BadDocument(InvalidInput):
    """A plan document or snapshot that can't be used; `field` is the path into it."""

    code = "document.invalid"


class BadRow(InvalidInput):
    """A row of an imported file that can't be taken; `row` counts from 1 below the heading."""

    code = "import.bad_row"

    def __init__(self, row: int, reason: str, *, field: str = "", hint: str = "") -> None:
        super().__init__(reason, field=field, hint=hint)
        self.row = row

    def __str__(self) -> str:
        return f"row {self.row}, {super().__str__()}"


@dataclass(frozen=True, slots=True)
class RowErrors:
    """What is wrong with one row of a set.

    Attributes:
        position: Where it stands among the rows, counted from 0.
        errors: Reasons per field; those of no single field under `__all__`.
        pk: The key of the stored object that the row is about; None for a new one.
    """

    position: int
    errors: Mapping[str, Sequence[str]]
    pk: int | None = None


class BadRows(InvalidInput):
    """Rows of a set that can't be taken, every one of them; nothing was written."""

    code = "input.bad_rows"

    def __init__(self, rows: Sequence[RowErrors]) -> None:
        first = rows[0]
        field, reasons = next(iter(first.errors.items()))
        super().__init__(reasons[0], field="" if field == "__all__" else field)
        self.rows = rows

    def __str__(self) -> str:
        more = f" ({len(self.rows)} rows are wrong)" if len(self.rows) > 1 else ""
        return f"row {self.rows[0].position + 1}, {super().__str__()}{more}"


class UnknownThing(LumbungError):
    """Nothing in the record has that name."""

    code = "thing.unknown"


class Stale(LumbungError):
    """The object is no longer as the writer saw it; to write now would undo someone's change."""

    code = "record.stale"


class NotPermitted(LumbungError):
    """The input is right, but who asks may not do the deed, or not with these objects."""

    code = "rights.missing"


class Refused(LumbungError):
    """The input is right, but a rule forbids the deed now."""

    code = "refused"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """How much room there is not, in Placement's terms.

    Attributes:
        pool: The name of the pool: a cluster, its largest host, or a grant.
        resource_class: VCPU, MEMORY_MIB or STORAGE_GIB, in whose units the amounts are.
        asked: What was asked for, beyond what is held already.
        free: What there is.
    """

    pool: str
    resource_class: str
    asked: int
    free: int


class DoesNotFit(Refused):
    """A rack, pool or grant has no room for what was asked.

    Attributes:
        shortfall: Of which pool and class how much was asked and is free, where that is known.
        position: The row of a set that does not fit, counted from 0; None where there is no one.
        pk: The key of the stored object that this row is about; None for a new one.
    """

    code = "capacity.does_not_fit"

    def __init__(
        self,
        reason: str,
        *,
        field: str = "",
        hint: str = "",
        shortfall: Shortfall | None = None,
        position: int | None = None,
        pk: int | None = None,
    ) -> None:
        super().__init__(reason, field=field, hint=hint)
        self.shortfall = shortfall
        self.position = position
        self.pk = pk


class QuotaExceeded(DoesNotFit):
    """A grant would be drawn on, or committed, beyond its ceiling."""

    code = "allocation.quota_exceeded"


class PositionTaken(Refused):
    """Other devices occupy the rack units."""

    code = "rack.position_taken"


class MayNotHold(Refused):
    """A provider may not hold the app: its data class, its category, or where data are kept."""

    code = "provider.may_not_hold"


class InUse(Refused):
    """Something still rests on what was to be removed."""

    code = "record.in_use"


class DrawnOn(InUse):
    """Machines draw on a grant that would go; `confirm` is the word that lets it go."""

    code = "allocation.drawn_on"

    def __init__(self, reason: str, *, hint: str, confirm: str, field: str = "confirm") -> None:
        super().__init__(reason, field=field, hint=hint)
        self.confirm = confirm


class StillNeeded(InUse):
    """Running apps would stop; `chains` holds for each, by code, one chain of causes."""

    code = "reclaim.still_needed"

    def __init__(
        self, reason: str, *, hint: str, chains: Mapping[str, Sequence[str]], field: str = "plan"
    ) -> None:
        super().__init__(reason, field=field, hint=hint)
        self.chains = chains


class AnotherMachine(Refused):
    """What a plan reclaims is not the machine that the record has under that name or id."""

    code = "reclaim.another_machine"


class NotReclaimed(Refused):
    """`machines` would go, as TARGET/MACHINE, which the plan does not reclaim."""

    code = "reclaim.not_planned"

    def __init__(self, reason: str, *, hint: str, machines: Sequence[str]) -> None:
        super().__init__(reason, field="plan", hint=hint)
        self.machines = machines


class NotBackedUp(Refused):
    """`machines` carry data, have no copy that is young enough, and nobody has waived one."""

    code = "reclaim.no_backup"

    def __init__(self, reason: str, *, hint: str, machines: Sequence[str]) -> None:
        super().__init__(reason, field="plan", hint=hint)
        self.machines = machines


class WrongStep(Refused):
    """A request is not where the step begins."""

    code = "request.wrong_step"


class ApprovalLapsed(Refused):
    """What a second person approved is not what there is now."""

    code = "request.approval_lapsed"


class Stopped(Refused):
    """Someone ended long work, and there is nothing yet that would be of use."""

    code = "job.stopped"


class MissingComponent(LumbungError):
    """An engine, server or package that the deed needs is absent; the hint says how to get it."""

    code = "component.missing"
