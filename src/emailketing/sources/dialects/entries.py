"""The entries that say where a source's database is: what a form shows and a command takes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

EntryName = Literal["host", "port", "database", "username", "password"]
NAMES: tuple[EntryName, ...] = ("host", "port", "database", "username", "password")


@dataclass(frozen=True, slots=True)
class ConnectionField:
    """One of the columns of a source, as this kind of database calls it."""

    name: EntryName
    label: "Lazy | str"
    help: "Lazy | str" = ""
    example: str = ""  # stands grey in the empty field
    missing: "Lazy | str" = ""  # what is said where it is left out; "": it may be
    longest: int = 120


Form = tuple[tuple[ConnectionField, ...], ...]  # row by row


def of_a_server(port: int) -> Form:
    """Return the entries of a database server that usually listens there."""
    host = ConnectionField(
        "host",
        _("Server"),
        help=_("Name or address of the database server"),
        missing=_("Enter the name or address of the database server."),
        longest=200,
    )
    database = ConnectionField(
        "database", _("Database"), missing=_("Write the name of the database.")
    )
    username = ConnectionField(
        "username",
        _("User"),
        help=_("A user of its own, with the few rights of the next page"),
        missing=_("Write the database user."),
    )
    password = ConnectionField("password", _("Password"), longest=500)
    return (host, ConnectionField("port", _("Port"), example=str(port)), database), (
        username,
        password,
    )
