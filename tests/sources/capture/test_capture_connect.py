"""Opening a business database: each usual failure is one sentence saying what to do."""

import socket
import sqlite3
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from emailketing.sources.capture.errors import (
    CaptureError,
    ConnectionFailed,
    DatabaseBusy,
    HostUnreachable,
    NoSuchDatabase,
    NotAdmitted,
    Unsupported,
    WrongPassword,
)
from emailketing.sources.dialects.connect import open_engine
from emailketing.sources.dialects.postgresql.connect import refusal
from emailketing.sources.dialects.registry import dialect_named, dialect_of
from emailketing.sources.dialects.sqlite.errors import FileNotReadable, NoSuchFile, NotADatabaseFile
from tests.sources.capture.business import engine_at


def test_a_missing_file_is_named_and_not_created(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.db"
    with pytest.raises(NoSuchFile, match=r"nowhere\.db"):
        open_engine("sqlite", database=str(path)).connect()
    assert not path.exists()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lista.txt"
    path.write_text("esto no es una base de datos\n" * 100)
    with pytest.raises(NotADatabaseFile, match=r"lista\.txt"):
        open_engine("sqlite", database=str(path)).connect()


def test_a_file_that_may_not_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cerrado.db"
    sqlite3.connect(path).close()
    monkeypatch.setattr("os.access", lambda _path, _mode: False)  # root may write everywhere
    with pytest.raises(FileNotReadable, match=r"cerrado\.db"):
        open_engine("sqlite", database=str(path)).connect()


def test_c12_a_locked_file_is_busy_after_a_short_wait(tmp_path: Path) -> None:
    path = tmp_path / "ocupado.db"
    business = sqlite3.connect(path, isolation_level=None)
    business.execute("CREATE TABLE t (a)")
    business.execute("BEGIN EXCLUSIVE")
    started = time.monotonic()
    with pytest.raises(DatabaseBusy):
        open_engine("sqlite", database=str(path)).connect()
    assert time.monotonic() - started < 5
    business.close()


def test_nothing_listening_there_names_host_and_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        engine = open_engine("postgresql", host="127.0.0.1", port=port, database="erp", timeout=2)
        with pytest.raises(HostUnreachable, match=rf"127\.0\.0\.1.*{port}"):
            engine.connect()


@pytest.mark.postgres
def test_a_database_that_does_not_exist_is_named(postgres_server: str) -> None:
    address = psycopg.conninfo.make_conninfo(postgres_server, dbname="no_such_database")
    with pytest.raises(NoSuchDatabase, match="no_such_database"):
        engine_at(address).connect()


@pytest.mark.postgres
def test_an_unknown_role_is_a_wrong_login(postgres_server: str) -> None:
    with pytest.raises(WrongPassword, match="nobody_here"):
        engine_at(postgres_server, username="nobody_here").connect()


@pytest.mark.postgres
def test_the_server_sees_who_we_are(postgres_server: str) -> None:
    engine = engine_at(postgres_server)
    with engine.connect() as connection:
        assert connection.execute(text("SHOW application_name")).scalar() == "emailketing"
    engine.dispose()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('FATAL:  password authentication failed for user "ana"', WrongPassword),
        ("FATAL:  la autentificación password falló para el usuario «ana»", WrongPassword),
        ('FATAL:  autenticação do tipo senha falhou para usuário "ana"', WrongPassword),
        ("fe_sendauth: no password supplied", WrongPassword),
        ("FATAL:  no existe la base de datos «erp»", NoSuchDatabase),
        ('FATAL:  banco de dados "erp" não existe', NoSuchDatabase),
        ('FATAL:  no pg_hba.conf entry for host "192.0.2.7", user "ana"', NotAdmitted),
        ('FATAL:  permission denied for database "erp"', NotAdmitted),
        ("connection timeout expired", HostUnreachable),
        ("could not translate host name", HostUnreachable),
        ("FATAL:  sorry, too many clients already", CaptureError),
    ],
)
def test_what_servers_say_is_understood_in_three_languages(
    said: str, expected: type[CaptureError]
) -> None:
    server = {"host": "erp.test", "port": 5432, "database": "erp", "username": "ana"}
    refused = refusal(said, server)
    assert type(refused) is expected
    assert str(refused)


@pytest.mark.postgres
def test_a_connection_cut_by_the_server_is_one_sentence(postgres_database: str) -> None:
    engine = engine_at(postgres_database)
    dialect = dialect_of(engine)
    with psycopg.connect(postgres_database, autocommit=True) as other, engine.connect() as ours:
        pid = ours.execute(text("SELECT pg_backend_pid()")).scalar()
        ours.rollback()
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        with pytest.raises(ConnectionFailed):
            dialect.read(ours, limit=1)
    with engine.connect() as again:
        assert not dialect.inspect(again, []).installed
    engine.dispose()


def test_other_databases_are_refused_in_one_sentence() -> None:
    with pytest.raises(Unsupported, match="oracle"):
        dialect_named("oracle")
    with pytest.raises(Unsupported, match="oracle"):
        open_engine("oracle", database="x")
