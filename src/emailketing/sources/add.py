"""Make a source: which system, where its database is, and the account to read it with."""

import secrets
from collections.abc import Iterator
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from emailketing.common.one_line import is_one_line
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import Connector, ConnectorError, load
from emailketing.sources.models import Source
from emailketing.sources.neighbours import refuse_same_address

HIGHEST_PORT = 65_535
ENTRIES = (
    "name",
    "connector",
    "dialect",
    "host",
    "port",
    "database",
    "username",
    "password_encrypted",
)


class SourceInvalid(CaptureError):
    """What was entered cannot be a source: `problems` by field, `str()` all of it in lines."""

    sentence = gettext_noop("%(why)s")

    def __init__(self, problems: dict[str, str]) -> None:
        said = (_with_label(field, text) for field, text in problems.items())
        super().__init__(why="\n".join(said))
        self.problems = problems


def add_source(source: Source, *, password: str = "", now: datetime) -> Source:
    """Check and save a new source; it is not connected to yet.

    Args:
        source: unsaved, with slug, name, connector, dialect, database and, for a server, the rest.
        password: kept encrypted (S22).
        now: when.

    Raises:
        SourceInvalid: everything there is to put right.
        ConnectorError: there is no such connector, or it is not well formed.
    """
    source.password = password
    source.installation = secrets.token_hex(16)
    source.created_at = now
    check_entries(source)
    source.save()
    return source


def change_source(source: Source, *, password: str | None = None) -> Source:
    """Save changed entries; without `password` the old one stays."""
    if password is not None:
        source.password = password
    check_entries(source)
    source.save(update_fields=ENTRIES)  # the worker may be writing the rest just now
    return source


def check_entries(source: Source) -> None:
    """Refuse what cannot work before anything is saved or connected to.

    Raises:
        SourceInvalid: everything that is wrong.
        ConnectorError: the connector's folder is not well formed.
        SourceAlreadyThere: another source reads the same database.
    """
    problems: dict[str, str] = {}
    try:
        source.full_clean(exclude=["password_encrypted"])
    except ValidationError as error:
        problems = {field: texts[0] for field, texts in error.message_dict.items()}
    for field, sentence in _problems(source):
        problems.setdefault(field, sentence)
    connector = _connector(source, problems)
    if connector and source.dialect not in connector.dialects:
        message = _("The connector %(connector)s works with %(known)s, not with %(dialect)s.")
        words = {
            "connector": connector.name,
            "known": ", ".join(connector.dialects),
            "dialect": source.dialect or "—",
        }
        problems["dialect"] = message % words
    if problems:
        raise SourceInvalid(problems)
    refuse_same_address(source)


def _connector(source: Source, problems: dict[str, str]) -> Connector | None:
    """Return the connector; beside other problems one more, alone it is refused with its own."""
    try:
        return load(source.connector)
    except ConnectorError as error:
        if not problems:
            raise
        problems["connector"] = str(error)
    return None


def _problems(source: Source) -> Iterator[tuple[str, str]]:
    for field in ("name", "connector", "host", "database", "username"):
        if not is_one_line(getattr(source, field)):
            yield field, _("Only one line, please.")
    if source.dialect == Source.Dialect.SQLITE:
        yield from _problems_of_file(source)
        return
    if not source.host:
        yield "host", _("Enter the name or address of the database server.")
    if source.port is not None and not 0 < source.port <= HIGHEST_PORT:
        yield "port", _("A port is a number from 1 to 65535.")


def _problems_of_file(source: Source) -> Iterator[tuple[str, str]]:
    """A path that begins elsewhere would be another file in each folder; nothing is dropped."""
    if source.database and not source.database.startswith("/"):
        yield "database", _("Write the full path of the file; it begins with “/”.")
    for field in ("host", "port", "username"):
        if getattr(source, field):
            yield field, _("A database in a file has no server and no user: leave it out.")


def _with_label(field: str, text: str) -> str:
    if field == "__all__":
        return text
    return f"{getattr(Source._meta.get_field(field), 'verbose_name', field)}: {text}"
