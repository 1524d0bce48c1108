"""The one migration says what the models say, in the form that is quick to run."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader

from dcim.record.first_migration import CreateModels


@pytest.mark.django_db
def test_the_models_need_no_further_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_the_initial_migration_creates_all_models_in_one_step() -> None:
    initial = MigrationLoader(None).disk_migrations["dcim", "0001_initial"]
    kinds = [type(operation) for operation in initial.operations]
    assert kinds == [CreateModels, RunPython, RunPython], "Run make migration."


def test_django_finds_nothing_to_complain_of() -> None:
    call_command("check", fail_level="WARNING")
