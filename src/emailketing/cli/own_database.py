"""What is wrong with our own database, in one sentence that says what to do."""

from django.db import DatabaseError, ProgrammingError, connection
from django.utils.translation import gettext, gettext_noop

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
_OTHERWISE = gettext_noop(
    "Our database %(where)s does not answer: %(why)s. Check DATABASE_URL and that its server runs."
)


def database_sentence(error: DatabaseError) -> str:
    """Say it without the password that DATABASE_URL may hold (S22)."""
    said = (str(error).strip() or type(error).__name__).splitlines()[0]
    if isinstance(error, ProgrammingError):
        return gettext(NOT_UP_TO_DATE)
    sentence = next((ours for part, ours in _SENTENCES if part in said), _OTHERWISE)
    return gettext(sentence) % {"where": where(), "why": said.rstrip(".")}


def where() -> str:
    """Return the file, or server and name."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(at["NAME"])
    server = ":".join(str(part) for part in (at["HOST"], at["PORT"]) if part)
    return f"{server or 'localhost'}/{at['NAME']}"
