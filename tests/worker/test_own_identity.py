"""C20: our own database, copied or restored, writes to nobody until somebody confirms it."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest


class Installation:
    """A real installation of its own, driven by its commands."""

    def __init__(self, home: Path, url: str = "") -> None:
        self.home = home
        self.url = url or f"sqlite:///{home / 'emailketing.sqlite3'}"

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._start("-m", "emailketing", *words)

    def python(self, program: str) -> subprocess.CompletedProcess[str]:
        """Run a piece of our own code there."""
        return self._start("-c", f"import django\ndjango.setup()\n{program}")

    def _start(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "emailketing.config.settings",
            "EMAILKETING_HOME": str(self.home),
            "DATABASE_URL": self.url,
            "EMAILKETING_LANGUAGE": "en",
        }
        return subprocess.run(
            [sys.executable, *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def is_safe(self) -> bool:
        """Whether it knows itself: no safe mode."""
        return self.run("safe-mode", "status").returncode == 0


def see_it_confirmed(copy: Installation) -> None:
    asked = copy.run("safe-mode", "status")
    assert asked.returncode == 1
    assert "installation" in asked.stdout
    assert "built-in inbox" in asked.stdout
    assert copy.run("safe-mode", "confirm", "--yes").returncode == 0
    assert copy.is_safe()


@pytest.mark.slow
def test_a_copied_file_and_one_put_back_are_in_safe_mode_until_confirmed(tmp_path: Path) -> None:
    original = Installation(tmp_path / "home")
    assert original.run("migrate").returncode == 0
    assert original.is_safe()
    shutil.copytree(original.home, tmp_path / "copy")
    see_it_confirmed(Installation(tmp_path / "copy"))
    file = original.home / "emailketing.sqlite3"
    shutil.copyfile(file, tmp_path / "backup")
    (tmp_path / "backup").replace(file)
    assert not original.is_safe()


@pytest.fixture
def two_databases() -> Iterator[tuple[str, str]]:
    server = os.environ.get("EMAILKETING_TEST_POSTGRES")
    if not server:
        pytest.skip("needs a PostgreSQL server: set EMAILKETING_TEST_POSTGRES")
    names = [f"emk_{uuid.uuid4().hex[:12]}" for _ in range(2)]
    base = server.rpartition("/")[0]
    with psycopg.connect(server, autocommit=True) as root:
        for name in names:
            root.execute(f'CREATE DATABASE "{name}"'.encode())
        yield f"{base}/{names[0]}", f"{base}/{names[1]}"
        for name in names:
            root.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.mark.slow
@pytest.mark.postgres
def test_a_restored_dump_is_in_safe_mode_until_confirmed(
    tmp_path: Path, two_databases: tuple[str, str]
) -> None:
    first, second = two_databases
    original = Installation(tmp_path / "home", first)
    assert original.run("migrate").returncode == 0
    assert original.is_safe()
    dump = subprocess.run(["pg_dump", "--no-owner", first], capture_output=True, check=True)
    subprocess.run(["psql", "-q", second], input=dump.stdout, capture_output=True, check=True)
    see_it_confirmed(Installation(tmp_path / "home", second))
