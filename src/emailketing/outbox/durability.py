"""What we promise survives a power cut: a database that forgets commits is refused (R7)."""

from django.db import connection
from django.utils.translation import gettext as _

FULL = 2  # SQLite: PRAGMA synchronous


class LedgerUnsafe(Exception):
    """The database may forget what it confirmed; the worker does not send with it."""


def check_durability() -> None:
    """Raise unless a confirmed commit survives a power cut."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            if cursor.fetchone()[0] < FULL:
                raise LedgerUnsafe(_("SQLite runs with synchronous below FULL; set it to FULL."))
            return
        for name in ("fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {name}")
            if cursor.fetchone()[0] == "off":
                sentence = _("PostgreSQL runs with %(name)s = off; switch it on for our database.")
                raise LedgerUnsafe(sentence % {"name": name})
