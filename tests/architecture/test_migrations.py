"""The one migration says what the models say, in the form that is quick to run."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db.migrations import CreateModel, RunPython
from django.db.migrations.loader import MigrationLoader


@pytest.mark.django_db
def test_the_models_need_no_further_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_the_initial_migration_holds_constraints_and_indexes_inside_their_models() -> None:
    initial = MigrationLoader(None).disk_migrations["dcim", "0001_initial"]
    others = [operation for operation in initial.operations if not is_quick(operation)]
    assert others == [], "Run make migration."


def is_quick(operation: object) -> bool:
    """Whether the operation does not make Django render the whole state once more per index."""
    return isinstance(operation, (CreateModel, RunPython)) or type(operation).__name__ == "AddField"


def test_django_finds_nothing_to_complain_of() -> None:
    call_command("check", fail_level="WARNING")
