"""How a read ends before its last row."""

from django.utils.translation import gettext_noop

from emailketing.sources.capture.errors import CaptureError


class ReadTooLong(CaptureError):
    sentence = gettext_noop(
        "The business database did not answer within %(seconds)s seconds: ask for fewer rows (a "
        "shorter period, one branch), or allow more time."
    )


class ReadCancelled(CaptureError):
    sentence = gettext_noop("The reading was cancelled.")
