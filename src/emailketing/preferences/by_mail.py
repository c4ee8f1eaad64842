"""End what a mail to us asks to end: its subject carries the token of the reader's own link.

For whoever reads a sender's mailbox: he gives the subject of each mail to `end_by_mail` and leaves
the mail alone when it says no. Nothing else of the mail is believed, not even who wrote it.
"""

import re
from datetime import datetime

from emailketing.links.out import OUT
from emailketing.links.signed import LinkOver, LinkUnknown, open_link
from emailketing.preferences.choose import Via, WishUnknown, end_by_link

_SUBJECT = re.compile(r"\bu-([A-Za-z0-9_-]{20}(?:[A-Za-z0-9_-]{4})?)(?![A-Za-z0-9_-])")


def names_a_link(subject: str) -> bool:
    """Say whether a subject looks like one of ours, whatever it is good for."""
    return _SUBJECT.search(subject) is not None


def end_by_mail(subject: str, *, now: datetime) -> bool:
    """Say whether the subject was one of ours; the same mail twice ends it once."""
    found = _SUBJECT.search(subject)
    if found is None:
        return False
    try:
        end_by_link(open_link(found[1], OUT, now), via=Via.MAILTO, now=now)
    except (LinkUnknown, LinkOver, WishUnknown):
        return False
    return True
