"""What can go wrong with a business database, each in one sentence an operator understands."""

from django.utils.translation import gettext_noop

from emailketing.common.said import SaidError


class CaptureError(SaidError):
    """The business database cannot be used right now."""

    sentence = gettext_noop("The business database reported: %(detail)s")


class Held(CaptureError):
    """Nothing is read until a person has decided."""


class ConnectionFailed(CaptureError):
    """The database could not be reached or would not let us in; the sentence says which."""

    sentence = gettext_noop("The connection to the business database was lost. It is tried again.")


class HostUnreachable(ConnectionFailed):
    sentence = gettext_noop(
        "Nothing answers at %(host)s, port %(port)s. Check the server's name, the port and that "
        "the database server is running and reachable from this machine."
    )


class WrongPassword(ConnectionFailed):
    sentence = gettext_noop(
        "The database refused user “%(username)s”: check the user and the password."
    )


class NotAdmitted(ConnectionFailed):
    sentence = gettext_noop(
        "The database server does not let user “%(username)s” in from this machine: "
        "ask its administrator to allow it (pg_hba.conf) or to grant CONNECT."
    )


class NoSuchDatabase(ConnectionFailed):
    sentence = gettext_noop("There is no database called “%(database)s” on that server.")


class DriverMissing(ConnectionFailed):
    sentence = gettext_noop(
        "The driver for %(database)s is not installed: install eMailketing with the extra "
        "“%(extra)s”."
    )


class DatabaseBusy(CaptureError):
    """Another program holds a lock; nothing was changed and we do not make it wait."""

    sentence = gettext_noop("The business database is busy. Nothing was changed; try again.")


class NotInstalled(CaptureError):
    """Our own tables are not (or no longer all) in the business database."""

    sentence = gettext_noop(
        "Capture is not installed in this database, or its tables were removed or altered. "
        "Install or repair it from the page of the source."
    )


class MissingRights(CaptureError):
    """The account lacks a right; the page of the source shows the grants."""

    sentence = gettext_noop(
        "The database account lacks a right (%(detail)s). The page of the source shows the grants "
        "to give to the administrator."
    )


class ReadOnlyDatabase(CaptureError):
    sentence = gettext_noop(
        "The business database is read-only for us: check the rights of the file and its folder."
    )


class DatabaseFull(CaptureError):
    sentence = gettext_noop("The disk of the business database is full.")


class UnsuitableTable(CaptureError):
    """A table that cannot be watched as asked."""


class TableNotFound(UnsuitableTable):
    sentence = gettext_noop("There is no table “%(table)s” in the business database.")


class ColumnNotFound(UnsuitableTable):
    sentence = gettext_noop("Table “%(table)s” has no column “%(column)s”.")


class NoKey(UnsuitableTable):
    sentence = gettext_noop("Table “%(table)s” has no key by which a row could be found again.")


class TableTooWide(UnsuitableTable):
    sentence = gettext_noop(
        "Table “%(table)s” has too many columns to be watched: ignore those nobody needs."
    )


class ValueDoesNotFit(CaptureError):
    sentence = gettext_noop(
        "A value of the business database does not fit into ours (%(why)s). Shorten it there; it "
        "is tried again."
    )


class Unsupported(CaptureError):
    """A kind or version of database this program cannot attach to."""

    sentence = gettext_noop("This kind or version of database is not supported: %(detail)s")
