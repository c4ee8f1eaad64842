"""C20: our own database put back in its place sends nothing again until somebody confirms."""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.worker.test_own_identity import Installation, two_databases

__all__ = ["two_databases"]
pytestmark = pytest.mark.slow
Restore = Callable[[], object]
LEAVE = """
from datetime import UTC, datetime
from emailketing.company.turn import TurnPace
TurnPace().sending(datetime.now(UTC))
"""


def messages_leave(installation: Installation) -> None:
    """Do what the sending engine does before it hands over."""
    assert installation.python(LEAVE).returncode == 0


def by_cp(file: Path) -> Restore:
    backup = file.with_name("backup")
    shutil.copyfile(file, backup)
    return lambda: shutil.copyfile(backup, file)


def by_the_backup_api(file: Path) -> Restore:
    """What `.backup` and `.restore` of the sqlite3 shell do."""
    backup = file.with_name("backup")
    copy(file, backup)
    return lambda: copy(backup, file)


def copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as from_there, closing(sqlite3.connect(target)) as to:
        from_there.backup(to)


def by_dump(address: str) -> Restore:
    dump = subprocess.run(["pg_dump", "-Fc", address], capture_output=True, check=True).stdout
    words = ["pg_restore", "--clean", "--if-exists", "-d", address]
    return lambda: subprocess.run(words, input=dump, capture_output=True, check=True)


def by_plain_dump(address: str) -> Restore:
    words = ["pg_dump", "--clean", "--if-exists", address]
    dump = subprocess.run(words, capture_output=True, check=True).stdout
    words = ["psql", "-q", "-v", "ON_ERROR_STOP=1", address]
    return lambda: subprocess.run(words, input=dump, capture_output=True, check=True)


def see_it_held_until_confirmed(installation: Installation, restore: Restore) -> None:
    messages_leave(installation)
    restore()
    asked = installation.run("safe-mode", "status")
    assert asked.returncode == 1
    assert "put back to an earlier state" in asked.stdout
    assert installation.run("safe-mode", "confirm", "--yes").returncode == 0
    assert installation.is_safe()


def installed(home: Path, url: str = "") -> Installation:
    found = Installation(home, url)
    assert found.run("migrate").returncode == 0
    messages_leave(found)
    return found


@pytest.mark.parametrize("way", [by_cp, by_the_backup_api])
def test_a_file_put_back_in_place_is_in_safe_mode(
    tmp_path: Path, way: Callable[[Path], Restore]
) -> None:
    installation = installed(tmp_path / "home")
    see_it_held_until_confirmed(installation, way(installation.home / "emailketing.sqlite3"))


@pytest.mark.postgres
@pytest.mark.parametrize("way", [by_dump, by_plain_dump])
def test_a_dump_put_back_in_place_is_in_safe_mode(
    tmp_path: Path, two_databases: tuple[str, str], way: Callable[[str], Restore]
) -> None:
    address, _other = two_databases
    see_it_held_until_confirmed(installed(tmp_path / "home", address), way(address))


@pytest.mark.postgres
def test_tables_put_back_by_sql_are_in_safe_mode(
    tmp_path: Path, two_databases: tuple[str, str]
) -> None:
    address, _other = two_databases
    installation = installed(tmp_path / "home", address)
    with psycopg.connect(address, autocommit=True) as program:
        (number,) = program.execute("SELECT number FROM company_turn").fetchone() or (None,)

        def restore() -> None:
            with psycopg.connect(address, autocommit=True) as again:
                again.execute("UPDATE company_turn SET number = %s", [number])

        see_it_held_until_confirmed(installation, restore)


def test_a_new_database_beside_an_old_file_is_no_restore(tmp_path: Path) -> None:
    installation = installed(tmp_path / "home")
    turn = installation.home / "turn"
    turn.write_text(json.dumps({"mark": "another", "number": 99, "at": "2026-11-29T00:00:00"}))
    assert installation.is_safe()
    turn.write_text("torn")
    assert installation.is_safe()
    messages_leave(installation)
    assert json.loads(turn.read_text())["number"] == 2
