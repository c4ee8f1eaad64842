"""Why the machine said no, in the words of an operator: files, folders, ports."""

import errno

from emailketing.common.marked import gettext_noop
from emailketing.common.said import say

_WORDS = {
    errno.EACCES: gettext_noop("this user has no right to it"),
    errno.EPERM: gettext_noop("this user has no right to it"),
    errno.EROFS: gettext_noop("the disk can only be read"),
    errno.ENOSPC: gettext_noop("the disk is full"),
    errno.EDQUOT: gettext_noop("the disk space of this user is used up"),
    errno.ENOENT: gettext_noop("it does not exist"),
    errno.EEXIST: gettext_noop("there is a file of that name"),
    errno.ENOTDIR: gettext_noop("part of the path is a file"),
    errno.EISDIR: gettext_noop("it is a folder"),
    errno.ENAMETOOLONG: gettext_noop("the name is too long"),
    errno.EADDRINUSE: gettext_noop("another program uses it"),
    errno.ECONNREFUSED: gettext_noop("nothing answers at that port"),
    errno.ECONNRESET: gettext_noop("the other side hung up"),
    errno.ETIMEDOUT: gettext_noop("no answer"),
    errno.EHOSTUNREACH: gettext_noop("no way leads there"),
    errno.ENETUNREACH: gettext_noop("this computer has no way to that network"),
}


def why_not(error: OSError) -> str:
    """Return the reason as a text to be translated; what is rare as the system says it."""
    return _WORDS.get(error.errno or 0) or error.strerror or type(error).__name__


def why(error: OSError) -> str:
    """Return the reason in the language that is active."""
    return say(why_not(error))
