"""What each test process begins with: an empty database of ours, migrated once for all of them."""

from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests.migrated import Migrated, state_of


@pytest.mark.django_db
def test_nothing_is_left_to_migrate_and_the_models_stand_in_it() -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    for model in apps.get_models():
        list(model._default_manager.all()[:1])  # names every column
    assert Migrated().is_there()


def test_another_state_of_the_code_is_migrated_anew(tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    first = tmp_path / "migrations" / "0001_start.py"
    first.write_text("x = 1\n")
    states = {state_of(tmp_path)}
    first.write_text("x = 2\n")
    states.add(state_of(tmp_path))
    first.rename(first.with_name("0002_start.py"))
    states.add(state_of(tmp_path))
    assert len(states) == 3
    assert state_of(tmp_path) in states
