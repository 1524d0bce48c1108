"""Write the one initial migration anew: all models in one step, with constraints and indexes.

Until the first release nobody has data, so a schema change is folded into `0001_initial`. Django
writes each model, index and constraint as an operation of its own and renders the whole state again
for each, which makes migrating from zero several times slower; this writes the fast form.

The last steps are triggers: those of the change log, and those that count what grants hold.

Run as `make migration`; `makemigrations --check` then finds nothing to add.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from django.db.migrations.operations import CreateModel

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

    from dcim.record.first_migration import CreateModels
    from dcim.record.log.append_only import protect
    from dcim.record.planner.ceilings import count

    translation.deactivate_all()

    class Initial(Migration):
        initial = True
        dependencies = [("auth", "0012_alter_user_first_name_max_length")]
        operations = [
            CreateModels(operations_of_models()),
            RunPython(protect, RunPython.noop),
            RunPython(count, RunPython.noop),
        ]

    text = MigrationWriter(Initial("0001_initial", APP), include_header=False).as_string()
    path = ROOT / APP / "migrations" / "0001_initial.py"
    path.write_text(f'"""The whole schema; `make migration` writes this file."""\n\n{text}')
    sys.stdout.write(f"{path.relative_to(ROOT)}: {Initial.operations[0].describe()}\n")


def operations_of_models() -> list[CreateModel]:
    """What creates each model of the app, by name."""
    from django.apps import apps
    from django.db.migrations.operations import CreateModel
    from django.db.migrations.state import ProjectState

    states = ProjectState.from_apps(apps).models
    return [
        CreateModel(
            state.name, list(state.fields.items()), state.options, state.bases, state.managers
        )
        for (label, _), state in sorted(states.items())
        if label == APP
    ]


if __name__ == "__main__":
    main()
