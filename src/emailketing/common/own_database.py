"""Our own database: where it is, and what is wrong with it in one sentence that says what to do."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError, connection
from django.utils.translation import gettext

from emailketing.common.marked import gettext_noop

NOT_UP_TO_DATE = gettext_noop(
    "The database is not up to date. Run “emailketing migrate”, then start again."
)
# part of what the database says, or its code, and our sentence
_SENTENCES = (
    ("no such table", NOT_UP_TO_DATE),
    ("no such column", NOT_UP_TO_DATE),
    (
        "database is locked",
        gettext_noop("Another program holds our database %(where)s: wait, then try again."),
    ),
    ("is full", gettext_noop("The disk of our database %(where)s is full: make room.")),
    (
        "unable to open",
        gettext_noop(
            "Our database %(where)s cannot be opened: check DATABASE_URL, that the folder exists "
            "and that the user that runs emailketing may write there."
        ),
    ),
    (
        "readonly",
        gettext_noop(
            "Our database %(where)s can only be read: give the user that runs emailketing the "
            "right to write the file and its folder."
        ),
    ),
    (
        "malformed",
        gettext_noop("Our database %(where)s is damaged: restore it from the last backup."),
    ),
    (
        "not a database",
        gettext_noop("%(where)s is not a database of eMailketing: check DATABASE_URL."),
    ),
    (
        "refused",
        gettext_noop(
            "Nothing answers at our database %(where)s: check DATABASE_URL and that the server "
            "runs."
        ),
    ),
    (
        "resolve host",
        gettext_noop("There is no computer of that name (%(where)s): check DATABASE_URL."),
    ),
    (
        "authentication failed",
        gettext_noop(
            "Our database %(where)s refused the user or the password: check DATABASE_URL."
        ),
    ),
    (
        "does not exist",
        gettext_noop(
            "Our database %(where)s does not exist, or its user does not: make it first, or check "
            "DATABASE_URL."
        ),
    ),
)
_POOLED = gettext_noop(
    "Something between us and our database %(where)s gives each transaction another connection "
    "(PgBouncer: pool_mode = transaction): let it keep one (session), or go without it."
)
_NO_FILE = gettext_noop(
    "There is no database %(where)s: put it back if there was one; if this is a new installation, "
    "run “emailketing migrate” to make it."
)
_OTHERWISE = gettext_noop(
    "Our database %(where)s does not answer: %(why)s. Check DATABASE_URL and that its server runs."
)


def database_sentence(error: DatabaseError | InterfaceError) -> str:
    """Say it without the password that DATABASE_URL may hold, and without any row (S22)."""
    if "prepared statement" in str(error):
        return gettext(_POOLED) % {"where": where()}
    if isinstance(error, ProgrammingError):
        return gettext(NOT_UP_TO_DATE)
    said = type(error).__name__
    if isinstance(error, OperationalError) or type(error) is DatabaseError:
        said = (str(error).strip() or said).splitlines()[0]
    if "unable to open" in said and not file_exists():
        return gettext(_NO_FILE) % {"where": where()}
    sentence = next((ours for part, ours in _SENTENCES if part in said), _OTHERWISE)
    return gettext(sentence) % {"where": where(), "why": said.rstrip(".")}


def words_of(error: Exception) -> str:
    """Return what a driver says is wrong, without the lines that point into the statement."""
    return str(error).strip().partition("\n")[0]


def where() -> str:
    """Return the file, or server and name."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(own_file())
    server = ":".join(str(part) for part in (at["HOST"], at["PORT"]) if part)
    return f"{server or 'localhost'}/{at['NAME']}"


def own_file() -> Path:
    """Return the SQLite file; Django's settings name it by an URI, so that nobody makes it anew."""
    name = str(connection.settings_dict["NAME"])
    return Path(unquote(urlsplit(name).path) if name.startswith("file:") else name)


def file_exists() -> bool:
    return connection.vendor != "sqlite" or own_file().is_file()


def file_mark() -> tuple[int, int] | None:
    """Return what tells the file from another one at its place; None on a server or without it."""
    if connection.vendor != "sqlite":
        return None
    try:
        status = own_file().stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
