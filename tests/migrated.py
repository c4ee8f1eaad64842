"""An empty database of ours, migrated once for a state of the code and copied by each test process.

A hundred migrations take four seconds of processor time, in each of three processes, in both
rounds, and for whoever runs a single test.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import django
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
OURS = f"emailketing_migrated_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]}_"


def state_of(folder: Path) -> str:
    """Return what is another as soon as a migration could end otherwise."""
    found = hashlib.sha256(f"{django.__version__} {connection.vendor}".encode())
    for file in sorted(folder.rglob("*.py")):
        found.update(f"{file.relative_to(folder)} {file.stat().st_size} ".encode())
        found.update(file.read_bytes())
    return found.hexdigest()[:12]


class Migrated:
    """The copy for this state of the code; those of others are thrown away when it is kept."""

    def __init__(self) -> None:
        self.name = OURS + state_of(ROOT / "src")
        self.file = Path(gettempdir()) / f"{self.name}.sqlite3"
        self.is_file = connection.vendor == "sqlite"

    def is_there(self) -> bool:
        return self.file.exists() if self.is_file else self.name in self._databases()

    def begin_with_it(self) -> None:
        """Let Django make the database of the tests from it; then no migration is left to run."""
        if not self.is_file:
            connection.settings_dict["TEST"]["TEMPLATE"] = self.name
            return
        creation: Any = connection.creation
        make = creation._create_test_db

        def copied(*args: Any, **named: Any) -> str:
            name = str(make(*args, **named))
            shutil.copyfile(self.file, name)
            return name

        creation._create_test_db = copied

    def keep(self) -> None:
        """Keep the database of the tests as it is now."""
        made = str(connection.settings_dict["NAME"])
        connection.close()  # SQLite then has everything in one file; PostgreSQL copies only so
        if self.is_file:
            for file in self.file.parent.glob(f"{OURS}*.sqlite3"):
                file.unlink(missing_ok=True)
            half = self.file.with_suffix(f".{os.getpid()}")
            shutil.copyfile(made, half)
            half.rename(self.file)
            return
        for old in self._databases():
            self._run(f'DROP DATABASE IF EXISTS "{old}"')
        self._run(f'CREATE DATABASE "{self.name}" TEMPLATE "{made}"')

    def _databases(self) -> list[str]:
        with connection._nodb_cursor() as cursor:
            named = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
            cursor.execute(named, [OURS])
            return [name for (name,) in cursor.fetchall()]

    def _run(self, statement: str) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """The first process migrates, the others wait for what it kept."""
    with (Path(gettempdir()) / f"{OURS}lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
