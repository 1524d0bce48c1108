"""Write the one initial migration anew, with constraints and indexes inside CreateModel.

Until the first release nobody has data, so a schema change is folded into `0001_initial`. Django
writes each index and constraint as an operation of its own and renders the whole state again for
each, which makes migrating from zero three to five times slower; this writes the fast form.

The last step is the triggers of the change log.

Run as `make migration`; `makemigrations --check` then finds nothing to add.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from django.db.migrations.operations.base import Operation
    from django.db.migrations.state import ModelState
    from django.db.models import Field

ROOT = Path(__file__).resolve().parents[2]
APP = "dcim"


def main() -> None:
    """Replace the initial migration by one that creates the models as they are now."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcim.settings")
    django.setup()
    from django.db.migrations import Migration, RunPython
    from django.db.migrations.writer import MigrationWriter
    from django.utils import translation

    from dcim.record.log.append_only import protect

    translation.deactivate_all()

    class Initial(Migration):
        initial = True
        dependencies = [("auth", "0012_alter_user_first_name_max_length")]
        operations = [*operations_of_models(), RunPython(protect, RunPython.noop)]

    text = MigrationWriter(Initial("0001_initial", APP), include_header=False).as_string()
    path = ROOT / APP / "migrations" / "0001_initial.py"
    path.write_text(f'"""The whole schema; `make migration` writes this file."""\n\n{text}')
    sys.stdout.write(f"{path.relative_to(ROOT)}: {len(Initial.operations)} operations\n")


def operations_of_models() -> list[Operation]:
    """CreateModel per model, each after those it refers to; what closes a cycle comes last."""
    from django.apps import apps
    from django.db.migrations.operations import AddField, CreateModel
    from django.db.migrations.state import ProjectState

    states = {
        state.name_lower: state
        for (label, _), state in ProjectState.from_apps(apps).models.items()
        if label == APP
    }
    created: set[str] = set()
    operations: list[Operation] = []
    late: list[Operation] = []
    while len(created) < len(states):
        name = next_model(states, created)
        state = states[name]
        created.add(name)
        fields = []
        for field_name, field in state.fields.items():
            if referred(field) <= created:
                fields.append((field_name, field))
            else:
                late.append(AddField(name, field_name, field))
        operations.append(
            CreateModel(state.name, fields, state.options, state.bases, state.managers)
        )
    return operations + late


def next_model(states: Mapping[str, ModelState], created: set[str]) -> str:
    """The model that refers to the fewest models not created yet.

    A reference that a constraint rests on, or that can't be empty, weighs most: a cycle is broken
    elsewhere, since a constraint can't stand in CreateModel before its field.
    """

    def missing(name: str) -> int:
        rules = repr(states[name].options.get("constraints", ()))
        return sum(
            1 if field.null and f"'{field_name}" not in rules else len(states)
            for field_name, field in states[name].fields.items()
            if not referred(field) <= created | {name}
        )

    waiting: list[str] = [name for name in sorted(states) if name not in created]
    return min(waiting, key=missing)


def referred(field: Field[Any, Any]) -> set[str]:
    """Names of the app's models that `field` points at."""
    target = str(field.remote_field.model) if field.remote_field else ""
    label, _, name = target.lower().rpartition(".")
    return {name} if label == APP else set()


if __name__ == "__main__":
    main()
