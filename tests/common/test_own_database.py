"""Our own database does not answer: which sentence, and never the password (S22)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connection
from django.utils import translation

from emailketing.common.own_database import database_sentence, file_mark, own_file, where


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """The sentences are compared as they are written."""
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationalError("no such table: company_company"), "emailketing migrate"),
        (ProgrammingError('relation "x" does not exist\nLINE 1: …'), "emailketing migrate"),
        (OperationalError('FATAL:  database "x" does not exist'), "make it first"),
        (ProgrammingError('prepared statement "mark" does not exist'), "pool_mode"),
        (ProgrammingError('prepared statement "mark" already exists'), "pool_mode"),
        (OperationalError('FATAL:  role "x" does not exist'), "make it first"),
        (OperationalError("password authentication failed for user"), "password"),
        (OperationalError("port 1 failed: Connection refused\n\tIs the server …?"), "Nothing"),
        (OperationalError("database is locked"), "wait"),
        (OperationalError("database or disk is full"), "make room"),
        (OperationalError("attempt to write a readonly database"), "right to write"),
        (DatabaseError("database disk image is malformed"), "backup"),
        (DatabaseError("file is not a database"), "DATABASE_URL"),
        (OperationalError("could not resolve host: no address"), "no computer"),
        (OperationalError(""), "OperationalError"),
    ],
)
def test_what_the_database_says_becomes_what_to_do(error: DatabaseError, expected: str) -> None:
    said = database_sentence(error)
    assert expected in said
    assert "\n" not in said


def test_s22_the_place_is_named_without_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "geheim")
    said = database_sentence(OperationalError("something else"))
    assert where() in said
    assert "geheim" not in said


def test_another_file_at_the_same_place_is_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only files are put aside")
    file = tmp_path / "own ñ.sqlite3"
    monkeypatch.setitem(connection.settings_dict, "NAME", f"{file.as_uri()}?mode=rw")
    assert own_file() == file
    assert file_mark() is None
    assert "no database" in database_sentence(OperationalError("unable to open database file"))
    file.write_bytes(b"")
    first = file_mark()
    assert first is not None
    file.rename(tmp_path / "aside")
    file.write_bytes(b"")
    assert file_mark() not in {None, first}
