"""What is done to mailboxes: set one up, forget it, try it, and note how reading went."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.changes import kept, note_saved
from emailketing.accounts.who import Who
from emailketing.channels.base import AccountFailure, ChannelFailure
from emailketing.channels.declared import EMAIL
from emailketing.channels.email.account import is_loopback
from emailketing.channels.email.headers import HeaderInvalid, refuse_control
from emailketing.channels.email.reading.line import account_of
from emailketing.channels.email.reading.mails import count_mails
from emailketing.channels.invalid import SenderInvalid
from emailketing.channels.models import Mailbox, Sender
from emailketing.common.crypto import SecretUnreadable
from emailketing.common.port import port_problem
from emailketing.common.said import kept_with, sentence_of

__all__ = ["SenderInvalid", "begun", "forget_mailbox", "save_mailbox"]
LINES = ("host", "username", "folder")
PLACE = ("protocol", "host", "port", "username")  # a kept password goes nowhere else (S22)
READ = (*PLACE, "folder")  # another one of these: nothing of it was read yet
SETTING = (*READ, "security", "password_encrypted", "every", "is_active")
NOT_READ = (
    *("validity", "last_uid", "read_at", "tried_at", "failing_since"),
    *("problem", "problem_said"),
)
PORTS = {  # by protocol and encryption
    ("imap", "tls"): 993,
    ("imap", "starttls"): 143,
    ("imap", "plain"): 143,
    ("pop3", "tls"): 995,
    ("pop3", "starttls"): 110,
    ("pop3", "plain"): 110,
}
LEAST_EVERY, MOST_EVERY = 5, 3600  # seconds
LONGEST_REST = timedelta(minutes=15)


def begun(sender: Sender) -> Mailbox:
    """Return the sender's mailbox, or a new one with what usually fits, not saved."""
    known = Mailbox.objects.filter(sender=sender).select_related("sender").first()
    return known or Mailbox(sender=sender, host=sender.host, username=sender.username)


@transaction.atomic
def save_mailbox(
    mailbox: Mailbox, *, by: Who | str, now: datetime, password: str | None = None
) -> Mailbox:
    """Check and save where a sender's mail arrives, and note what changed.

    Args:
        mailbox: with the values an operator entered; not saved yet.
        by: who saves it.
        now: when; it is read at once.
        password: the new one; None keeps the old one. It is never shown again (S22).

    Raises:
        SenderInvalid: with a sentence for the operator.
    """
    take_entered(mailbox, password=password)
    _save(mailbox, by=by, now=now)
    return mailbox


@transaction.atomic
def save_waiting(mailbox: Mailbox, *, by: Who | str, now: datetime) -> Mailbox:
    """Check and save one whose password is entered later: until then it is not read.

    Raises:
        SenderInvalid: with a sentence for the operator.
    """
    if found := SenderInvalid.of(problems_of(mailbox)):
        raise found
    mailbox.is_active = False
    _save(mailbox, by=by, now=now)
    return mailbox


def _save(mailbox: Mailbox, *, by: Who | str, now: datetime) -> None:
    """Keep the setting; what reading came to is the worker's, which may be at it."""
    before, known = kept(mailbox), Mailbox.objects.filter(pk=mailbox.pk).first()
    mailbox.save(update_fields=SETTING if known else None)
    note_saved(mailbox, before, by=by, now=now)
    row = Mailbox.objects.filter(pk=mailbox.pk)
    row.update(next_at=now, failures=0)
    if known and any(getattr(known, name) != getattr(mailbox, name) for name in READ):
        fresh = Mailbox()
        row.update(**{name: getattr(fresh, name) for name in NOT_READ})
        mailbox.seen.all().delete()
    mailbox.refresh_from_db()


def take_entered(mailbox: Mailbox, *, password: str | None) -> None:
    """Check what was entered and put the password into its place, saving nothing.

    Raises:
        SenderInvalid: everything that is wrong, in `all`.
    """
    wrong = [*problems_of(mailbox), *_take_password(mailbox, password)]
    if found := SenderInvalid.of(wrong):
        raise found


def problems_of(mailbox: Mailbox) -> Iterator[SenderInvalid]:
    """Tidy what was entered and yield everything that is wrong with it (S14, S24)."""
    if mailbox.sender.channel != EMAIL:
        yield SenderInvalid(_("Only a sender of e-mail has a mailbox."), "sender")
    yield from _check_lines(mailbox)
    for name, choices in (("protocol", Mailbox.Protocol), ("security", Sender.Security)):
        if getattr(mailbox, name) not in choices.values:
            yield SenderInvalid(_("One of: %s.") % ", ".join(choices.values), name)
    if mailbox.security == Sender.Security.PLAIN and not is_loopback(mailbox.host):
        sentence = _("Without encryption a mailbox is read on this computer only.")
        yield SenderInvalid(sentence, "security")
    if problem := port_problem(mailbox.port):
        yield SenderInvalid(problem, "port")
    elif mailbox.port not in settings.MAILBOX_PORTS and not is_loopback(mailbox.host):
        ports = ", ".join(str(number) for number in settings.MAILBOX_PORTS)
        sentence = _("Mailboxes are read on port %(ports)s; another one is refused.")
        yield SenderInvalid(sentence % {"ports": ports}, "port")
    if not LEAST_EVERY <= (mailbox.every or 0) <= MOST_EVERY:
        sentence = _("From %(least)s to %(most)s seconds.")
        yield SenderInvalid(sentence % {"least": LEAST_EVERY, "most": MOST_EVERY}, "every")


def _check_lines(mailbox: Mailbox) -> Iterator[SenderInvalid]:
    mailbox.folder = mailbox.folder.strip() or "INBOX"
    for name in LINES:
        value = getattr(mailbox, name).strip()
        setattr(mailbox, name, value)
        longest = getattr(Mailbox._meta.get_field(name), "max_length", None) or 0
        try:
            refuse_control(name, value)
        except HeaderInvalid:
            yield SenderInvalid(_("Only one line, please."), name)
        if not value:
            yield SenderInvalid(_("This must not be empty."), name)
        elif len(value) > longest:
            yield SenderInvalid(_("At most %(most)s characters.") % {"most": longest}, name)


def _take_password(mailbox: Mailbox, password: str | None) -> Iterator[SenderInvalid]:
    if password:
        if any(sign in password for sign in "\r\n\0"):
            yield SenderInvalid(_("Only one line, please."), "password")
        mailbox.password = password
        return
    known = Mailbox.objects.filter(pk=mailbox.pk).first()
    if known is None or not known.password_encrypted:
        yield SenderInvalid(_("A user name needs its password."), "password")
    elif any(getattr(known, name) != getattr(mailbox, name) for name in PLACE):
        sentence = _("Enter the password again: the server or the user has changed.")
        yield SenderInvalid(sentence, "password")


@transaction.atomic
def forget_mailbox(mailbox: Mailbox, *, by: Who | str, now: datetime) -> None:
    """Forget it and its password; nothing is read any more."""
    note("deleted", by=by, now=now, about=mailbox)
    mailbox.delete()


def try_mailbox(mailbox: Mailbox) -> tuple[bool, str]:
    """Connect, sign in and look, changing nothing; say whether it works, in a sentence."""
    try:
        count = count_mails(account_of(mailbox))
    except (AccountFailure, ChannelFailure, SecretUnreadable) as error:
        return False, str(error)
    return True, _("It works: %(count)s mails lie there.") % {"count": count}


# --- how reading went


def claim_turn(mailbox: Mailbox, now: datetime) -> bool:
    """Take this turn for us: of two workers one reads."""
    due = Mailbox.objects.filter(pk=mailbox.pk, next_at=mailbox.next_at)
    return bool(due.update(next_at=now + timedelta(seconds=mailbox.every)))


def note_read(mailbox: Mailbox, now: datetime) -> None:
    Mailbox.objects.filter(pk=mailbox.pk).update(
        read_at=now, tried_at=now, failures=0, failing_since=None, problem="", problem_said=None
    )


def note_failure(mailbox: Mailbox, error: Exception, now: datetime) -> None:
    """Keep the sentence; try again, later and later."""
    said = sentence_of(error)
    times: int = 2 ** min(mailbox.failures, 10)
    rest = min(timedelta(seconds=mailbox.every) * times, LONGEST_REST)
    Mailbox.objects.filter(pk=mailbox.pk).update(
        tried_at=now,
        failing_since=mailbox.failing_since or now,
        failures=mailbox.failures + 1,
        problem=said[:300],
        problem_said=kept_with(said),
        next_at=now + rest,
    )
