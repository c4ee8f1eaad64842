"""Make a source: which system, where its database is, and the account to read it with."""

import secrets
from collections.abc import Iterator
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from emailketing.accounts.audit import note
from emailketing.accounts.changes import kept, note_saved
from emailketing.accounts.who import Who
from emailketing.common.one_line import is_one_line, line_problems
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import Connector, ConnectorError, load
from emailketing.sources.dialects.registry import dialects
from emailketing.sources.login import login_of
from emailketing.sources.models import Source
from emailketing.sources.upkeep.neighbours import refuse_same_address

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


class StillInstalled(CaptureError):
    sentence = gettext_noop(
        "It is still installed in the business database. Take it out there first."
    )


@transaction.atomic
def add_source(source: Source, *, password: str = "", by: Who | str, now: datetime) -> Source:
    """Check, save and note a new source; it is not connected to yet.

    Args:
        source: unsaved, with slug, name, connector, dialect, database and, for a server, the rest.
        password: kept encrypted (S22).
        by: who adds it.
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
    note("created", by=by, now=now, about=source)
    return source


@transaction.atomic
def change_source(
    source: Source, *, password: str | None = None, by: Who | str, now: datetime
) -> Source:
    """Check, save and note changed entries; without `password` the old one stays.

    Raises:
        SourceInvalid: everything there is to put right.
        ConnectorError: there is no such connector, or it is not well formed.
    """
    if password is not None:
        source.password = password
    check_entries(source)
    before = kept(source)
    source.save(update_fields=ENTRIES)  # the worker may be writing the rest just now
    note_saved(source, before, by=by, now=now)
    return source


@transaction.atomic
def delete_source(source: Source, *, by: Who | str, now: datetime) -> None:
    """Forget a source with its rules and what was captured; messages and events stay.

    Raises:
        StillInstalled: our triggers would stay behind.
    """
    if source.installed_at is not None:
        raise StillInstalled
    note("deleted", by=by, now=now, about=source)
    source.delete()


def check_entries(source: Source) -> None:
    """Refuse what cannot work before anything is saved or connected to.

    Raises:
        SourceInvalid: everything that is wrong.
        ConnectorError: the connector's folder is not well formed.
        SourceAlreadyThere: another source reads the same database.
    """
    problems: dict[str, str] = {}
    try:
        source.full_clean(exclude=["password_encrypted", "name", "dialect"])  # these: below
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
        problems.setdefault("dialect", message % words)
    if problems:
        raise SourceInvalid(problems)
    refuse_same_address(source)


def _connector(source: Source, problems: dict[str, str]) -> Connector | None:
    """Return the connector; beside other problems one more, alone it is refused with its own."""
    if source.connector and "connector" in problems:
        return None  # too long, or several lines: no folder is called so
    try:
        return load(source.connector)
    except ConnectorError as error:
        if not problems:
            raise
        problems["connector"] = str(error)
    return None


def connection_problems(source: Source) -> Iterator[tuple[str, str]]:
    """Yield (field, sentence) of what is wrong with its name and with where its database is."""
    if not source.name.strip():
        yield "name", _("This must not be empty.")
    yield from line_problems(source, "name")
    for field in ("host", "database", "username"):
        if not is_one_line(getattr(source, field)):
            yield field, _("Only one line, please.")
    if source.kind_of_database is not None:
        yield from source.kind_of_database.problems(login_of(source))
    else:
        sentence = _("“%(dialect)s” is no kind of database known here. There are: %(known)s.")
        words = {"dialect": source.dialect or "—", "known": ", ".join(dialects())}
        yield "dialect", sentence % words


def _problems(source: Source) -> Iterator[tuple[str, str]]:
    if not is_one_line(source.connector):
        yield "connector", _("Only one line, please.")
    yield from connection_problems(source)


def _with_label(field: str, text: str) -> str:
    if field == "__all__":
        return text
    return f"{getattr(Source._meta.get_field(field), 'verbose_name', field)}: {text}"
