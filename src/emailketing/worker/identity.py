"""The identity of our own database: a restored backup must not send its old queue again (C20)."""

from datetime import datetime

from django.db import connection

from emailketing.common.own_database import own_file
from emailketing.company.identity import check_identity
from emailketing.company.models import INSTALLATION
from emailketing.company.turn import check_turn, move_on
from emailketing.sources.restored import ask_the_businesses


def own_identity() -> dict[str, str]:
    """Return what marks this very database: file, inode and path, or server and oid."""
    if connection.vendor == "sqlite":
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


def check_own_identity(now: datetime) -> bool:
    """Compare with what was registered; False means safe mode: the built-in inbox only."""
    is_known = check_identity(INSTALLATION, own_identity(), now=now)
    return check_turn(now) and is_known


def check_before_sending(now: datetime) -> None:
    """Ask everybody who remembers us, before the first message can leave (C20)."""
    check_own_identity(now)
    move_on(now)
    ask_the_businesses(now)
