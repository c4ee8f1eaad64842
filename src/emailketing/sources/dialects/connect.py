"""Opening a business database of any kind."""

from typing import TYPE_CHECKING

from emailketing.sources.dialects.base import Login
from emailketing.sources.dialects.registry import DIALECT, dialect_named

if TYPE_CHECKING:
    from sqlalchemy import Engine


def open_engine(  # noqa: PLR0913 - one for each field of a source
    dialect: str,
    *,
    database: str,
    host: str = "",
    port: int | None = None,
    username: str = "",
    password: str = "",
    timeout: float = 5,
) -> "Engine":
    """Return an engine that is not connected yet and knows its dialect, see `Dialect.engine`.

    Raises:
        Unsupported: no such dialect.
        DriverMissing: its driver is not installed.
    """
    chosen = dialect_named(dialect)
    login = Login(database, host, port, username, password)
    engine = chosen.engine(login, timeout=timeout)
    engine.update_execution_options(**{DIALECT: chosen})
    return engine
