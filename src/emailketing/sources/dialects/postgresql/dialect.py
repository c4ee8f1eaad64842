"""PostgreSQL, for a source."""

from sqlalchemy import Engine, create_engine

from emailketing.sources.dialects.base import Login
from emailketing.sources.dialects.postgresql.capture import CaptureInPostgreSQL
from emailketing.sources.dialects.postgresql.connect import opener


class PostgreSQL(CaptureInPostgreSQL):
    name = "postgresql"

    def engine(self, login: Login, *, timeout: float) -> Engine:
        return create_engine(
            "postgresql+psycopg://",
            creator=opener(login, timeout=timeout),
            pool_size=1,
            max_overflow=2,
            pool_pre_ping=True,
        )
