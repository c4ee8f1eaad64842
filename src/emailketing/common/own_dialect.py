"""What SQLite and PostgreSQL do differently as our own database; only the search has more of it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from emailketing.common.own_database import own_file

FULL = 2  # SQLite: PRAGMA synchronous


def is_a_file() -> bool:
    return connection.vendor == "sqlite"


def locking(table: str = "") -> str:
    """Return the end of a SELECT whose rows nobody else may take (SQLite locks the whole file)."""
    if is_a_file():
        return ""
    return f" FOR UPDATE OF {table} SKIP LOCKED" if table else " FOR UPDATE SKIP LOCKED"


def one_at_a_time(queue: int) -> None:
    """Wait for whoever is in this queue, until the transaction ends.

    SQLite's transactions do so by themselves (IMMEDIATE).
    """
    if not is_a_file():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [queue])


def beside_others(queue: int) -> str:
    """Return PostgreSQL's statement that waits while somebody is in this queue (`one_at_a_time`).

    It lets nobody in until the transaction ends; any number may stand beside it together.
    """
    return f"SELECT pg_advisory_xact_lock_shared({queue})"


@contextmanager
def held_alone(number: int) -> Iterator[bool]:
    """Hold a lock of the whole database within it; give False when another process holds it."""
    if is_a_file():
        with Path(f"{own_file()}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            yield True
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        yield bool(cursor.fetchone()[0])


def own_identity() -> dict[str, str]:
    """Return what marks this very database: file, inode and path, or server and oid."""
    if is_a_file():
        path = own_file().resolve()
        status = path.stat()
        return {"device": str(status.st_dev), "inode": str(status.st_ino), "path": str(path)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::text, datname,"
            " has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')"
            " FROM pg_database WHERE datname = current_database()"
        )
        oid, name, may_ask = cursor.fetchone()
        identity = {"oid": oid, "database": name}
        if may_ask:  # not with every hosting
            cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
            (identity["system"],) = cursor.fetchone()
    return identity


def why_one_worker_only() -> str:
    """Return a sentence when several workers would only wait for one another, else ""."""
    if not is_a_file():
        return ""
    return _(
        "Several workers need PostgreSQL: SQLite lets one process write at a time. Leave "
        "--workers out, or set DATABASE_URL to a PostgreSQL database."
    )


def forgetful_setting() -> str:
    """Return a sentence when a confirmed commit may not survive a power cut, "" when it does."""
    with connection.cursor() as cursor:
        if is_a_file():
            cursor.execute("PRAGMA synchronous")
            is_safe = cursor.fetchone()[0] >= FULL
            return "" if is_safe else _("SQLite runs with synchronous below FULL; set it to FULL.")
        for name in ("fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {name}")
            if cursor.fetchone()[0] == "off":
                sentence = _("PostgreSQL runs with %(name)s = off; switch it on for our database.")
                return sentence % {"name": name}
    return ""
