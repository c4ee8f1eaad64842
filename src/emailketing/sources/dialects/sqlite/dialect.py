"""SQLite, for a source."""

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from emailketing.sources.dialects.base import Login
from emailketing.sources.dialects.sqlite.capture import CaptureInSQLite
from emailketing.sources.dialects.sqlite.connect import opener


class SQLite(CaptureInSQLite):
    name = "sqlite"

    def engine(self, login: Login, *, timeout: float) -> Engine:  # noqa: ARG002 - never waits
        # no pool: a file replaced under our feet is seen at once (C20)
        return create_engine("sqlite://", creator=opener(login.database), poolclass=NullPool)
