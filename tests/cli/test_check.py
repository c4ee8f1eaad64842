"""`emailketing check`: what we keep is nobody else's to read (S22)."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from emailketing.common.open_files import close_files, open_files, open_sentence


@pytest.fixture
def home(settings: Settings) -> Iterator[Path]:
    """In a place that everybody may enter, unlike the folders of pytest."""
    place = Path(tempfile.mkdtemp(dir="/tmp"))
    place.chmod(0o755)
    home = place / "casa de todos"
    home.mkdir()
    settings.HOME, settings.ATTACHMENTS = home, home / "attachments"
    settings.KEY_FILE = home / "secret.key"
    settings.ATTACHMENTS.mkdir()
    (settings.ATTACHMENTS / "ab").write_bytes(b"pdf")
    settings.KEY_FILE.write_text("x")
    for path in (home, settings.ATTACHMENTS):
        path.chmod(0o755)
    settings.KEY_FILE.chmod(0o644)
    (settings.ATTACHMENTS / "ab").chmod(0o644)
    yield home
    shutil.rmtree(place)


def test_s22_what_others_can_read_is_named_with_what_to_do(home: Path, settings: Settings) -> None:
    assert set(open_files()) >= {home, settings.ATTACHMENTS, settings.KEY_FILE}
    sentence = open_sentence([home])
    assert str(home) in sentence
    assert f"chmod -R go= '{home}'" in sentence


def test_s22_a_closed_folder_closes_what_is_in_it(home: Path, settings: Settings) -> None:
    home.chmod(0o700)
    assert not {home, settings.ATTACHMENTS, settings.KEY_FILE} & set(open_files())


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o602])
def test_s22_the_group_and_the_world_are_others(home: Path, settings: Settings, mode: int) -> None:
    home.chmod(0o711)
    settings.KEY_FILE.chmod(mode)
    assert settings.KEY_FILE in open_files()


def test_s22_closing_takes_the_rights_of_all_others_and_leaves_ours(
    home: Path, settings: Settings
) -> None:
    (home / "out").symlink_to("/etc")
    before = Path("/etc").stat().st_mode
    assert close_files([home]) == []
    assert Path("/etc").stat().st_mode == before
    modes = {path.name: path.stat().st_mode & 0o777 for path in home.rglob("*")}
    assert (modes["attachments"], modes["secret.key"], modes["ab"]) == (0o700, 0o600, 0o600)
    assert home not in open_files()


def run(home: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "EMAILKETING_HOME": str(home), "EMAILKETING_LANGUAGE": "en"}
    for name in ("DATABASE_URL", "EMAILKETING_DATABASE_URL"):
        environment.pop(name, None)
    words = [sys.executable, "-m", "emailketing", *command]
    return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120)


def test_s22_the_command_says_it_and_mends_it(home: Path) -> None:
    (home / "secret.key").unlink()
    assert run(home, "migrate").returncode == 0
    (home / "emailketing.sqlite3").chmod(0o644)
    found = run(home, "check")
    assert found.returncode == 1
    assert f"{home}/emailketing.sqlite3" in found.stderr + found.stdout
    assert "can read" in run(home, "worker", "--once").stderr
    assert run(home, "check", "--mend").returncode == 0
    assert run(home, "check").returncode == 0
    assert home.stat().st_mode & 0o077 == 0
    assert "can read" not in run(home, "worker", "--once").stderr
