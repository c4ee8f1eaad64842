"""Go live: from now on messages reach real people."""

from datetime import datetime

from django.utils.translation import gettext as _

from emailketing.accounts.who import Who
from emailketing.channels.tried import tried_senders
from emailketing.company.live import set_live
from emailketing.company.models import Company


class NotTried(Exception):
    """No sender was tried; the message is one sentence."""


def not_tried() -> str:
    """Say what to do before going live; "" when a sender was tried."""
    if tried_senders():
        return ""
    return _(
        "No sender has been tried as it is now. Open one under Senders and press “Test the"
        " connection”, or: emailketing sender test NAME."
    )


def go_live(*, is_untried_well: bool = False, by: Who | str, now: datetime) -> Company:
    """Go live, and note who did; `is_untried_well`: also when no sender was tried.

    Raises:
        NotTried: no active sender was tried as it is now.
    """
    if not is_untried_well and (said := not_tried()):
        raise NotTried(said)
    return set_live(is_live=True, by=by, now=now)
