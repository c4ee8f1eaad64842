"""Small helpers for the ledger's plain SQL on SQLite and PostgreSQL."""

import json
from collections.abc import Sized
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from emailketing.common.said import kept_with


def instant(moment: datetime) -> Any:
    """Return the moment as this database keeps it, so that comparisons hold."""
    return connection.ops.adapt_datetimefield_value(moment)


def said_json(sentence: str) -> str | None:
    """Return what is kept beside a sentence as a plain statement writes it."""
    made = kept_with(sentence)
    return None if made is None else json.dumps(made)


def aware(value: datetime) -> datetime:
    """Return what a plain query gave as an aware moment (SQLite keeps UTC without saying so)."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def listing(statement: str, values: Sized) -> str:
    """Put as many placeholders as there are values where the statement says `(@)`."""
    return statement.replace("(@)", f"({', '.join(['%s'] * len(values))})")
