"""Where a source's database is, for its dialect."""

from emailketing.sources.dialects.base import Login
from emailketing.sources.models import Source


def login_of(source: Source, password: str = "") -> Login:
    """Return its entries; the password is only read where somebody connects."""
    return Login(source.database, source.host, source.port, source.username, password)
