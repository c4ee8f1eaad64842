"""Make a source: which system, where its database is, and the account to read it with."""

import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import load
from emailketing.sources.models import Source
from emailketing.sources.neighbours import refuse_same_address

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
    """What was entered cannot be a source."""

    sentence = gettext_noop("%(why)s")


def add_source(source: Source, *, password: str = "", now: datetime) -> Source:
    """Check and save a new source; it is not connected to yet.

    Args:
        source: unsaved, with slug, name, connector, dialect, database and, for a server, the rest.
        password: kept encrypted (S22).
        now: when.

    Raises:
        SourceInvalid: in one sentence what to put right.
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
        SourceInvalid, ConnectorError.
    """
    connector = load(source.connector)
    if source.dialect not in connector.dialects:
        message = _("The connector %(connector)s works with %(known)s, not with %(dialect)s.")
        words = {
            "connector": connector.name,
            "known": ", ".join(connector.dialects),
            "dialect": source.dialect or "—",
        }
        raise SourceInvalid(why=message % words)
    if source.dialect != Source.Dialect.SQLITE and not source.host:
        raise SourceInvalid(why=_("Enter the name or address of the database server."))
    refuse_same_address(source)
    try:
        source.full_clean(exclude=["password_encrypted"])
    except ValidationError as error:
        raise SourceInvalid(why=_sentence(error)) from error


def _sentence(error: ValidationError) -> str:
    field, texts = next(iter(error.message_dict.items()))
    name = (
        ""
        if field == "__all__"
        else str(getattr(Source._meta.get_field(field), "verbose_name", field))
    )
    return f"{name}: {texts[0]}" if name else texts[0]
