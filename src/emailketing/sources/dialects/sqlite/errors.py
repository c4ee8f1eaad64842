"""What can be wrong with a file, or what it cannot have."""

from django.utils.translation import gettext_noop

from emailketing.sources.capture.errors import ConnectionFailed, UnsuitableTable


class NoSuchFile(ConnectionFailed):
    sentence = gettext_noop("There is no file “%(database)s” on this machine.")


class NotADatabaseFile(ConnectionFailed):
    sentence = gettext_noop("The file “%(database)s” is not an SQLite database.")


class FileNotReadable(ConnectionFailed):
    sentence = gettext_noop(
        "The file “%(database)s” cannot be opened: the user eMailketing runs as needs to read "
        "and write the file and its folder."
    )


class NeverStill(ConnectionFailed):
    sentence = gettext_noop(
        "“%(database)s” is written into so often that no copy of one moment could be made of it, "
        "and reading it in place would make others wait. Try at a quieter hour, or let whoever "
        "looks after the business system switch it to WAL (PRAGMA journal_mode=WAL)."
    )


class NoRoomForCopy(ConnectionFailed):
    sentence = gettext_noop(
        "There is no room for a copy of the business database in “%(folder)s”: make room there."
    )


class NoSchemas(UnsuitableTable):
    sentence = gettext_noop(
        "“%(table)s”: an SQLite database has no schemas. Name the table without “%(schema)s”."
    )
