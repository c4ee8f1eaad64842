"""What a person ends, or wants again, for himself: with where from, when and to which message."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.channels.catalogue import channels
from emailketing.common.own_dialect import one_at_a_time
from emailketing.common.plain import Entry
from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import LAST_WORD, Told, lift, opt_out, suppressed_among
from emailketing.outbox.afterwards.last_told import last_told
from emailketing.outbox.policy import address_kind

EVERYTHING = ""  # the class of a “no” to all that is not a person's own business


@dataclass(frozen=True, slots=True)
class Ended:
    """What is ended: at this address, a class, or one reason to write of it.

    Attributes:
        address: e-mail address or number.
        kind: email or phone.
        mail_class: empty: everything but a person's own business (B5).
        about: only this (report:12).
    """

    address: str
    kind: str = "email"
    mail_class: str = EVERYTHING
    about: str = ""

    @property
    def written(self) -> str:
        return self.address.strip().lower()


def noted(what: Ended) -> Suppression | None:
    """Return what is noted of exactly this."""
    found = suppressed_among([what.address], kind=what.kind).get(what.written, [])
    return next(
        (one for one in found if (one.mail_class, one.about) == (what.mail_class, what.about)), None
    )


@transaction.atomic
def opt_out_of(what: Ended, *, via: str, by: Who | str, now: datetime) -> Suppression:
    """End it; twice is once, and the first time stays."""
    one_at_a_time(LAST_WORD)
    if known := noted(what):
        return known
    over = [name for name in channels() if address_kind(name) == what.kind]
    message = last_told(
        what.address, now, channels=over, mail_class=what.mail_class, about=what.about
    )
    told = Told(via=via, by=str(by), message=message)
    found = opt_out(
        what.address, what.mail_class, now=now, kind=what.kind, about=what.about, told=told
    )
    note("opted_out", by=by, now=now, about=found, changes=_changes(what, via))
    return found


@transaction.atomic
def opt_in_to(what: Ended, *, via: str, by: Who | str, now: datetime) -> bool:
    """Take back what was said here; what a server, a complaint or somebody here noted stays."""
    found = noted(what)
    if found is None or found.reason != Suppression.Reason.OPT_OUT:
        return False
    note("opted_in", by=by, now=now, about=found, changes=_changes(what, via))
    return lift(what.address, kind=what.kind, mail_class=what.mail_class, about=what.about)


def _changes(what: Ended, via: str) -> Entry:
    told = {"class": what.mail_class or "all", "about": what.about, "via": via}
    return {name: ["", value] for name, value in told.items() if value}
