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


class NoSchemas(UnsuitableTable):
    sentence = gettext_noop(
        "“%(table)s”: an SQLite database has no schemas. Name the table without “%(schema)s”."
    )
