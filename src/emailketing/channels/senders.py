"""What is done to senders: save one, say who may use it, switch it off and on again."""

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models import ProtectedError, Q, QuerySet
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.changes import kept, note_saved
from emailketing.accounts.models import User
from emailketing.accounts.who import Who
from emailketing.channels.catalogue import kind_of
from emailketing.channels.hooks import has_hook
from emailketing.channels.invalid import SenderInvalid
from emailketing.channels.models import Sender
from emailketing.channels.sender_checks import check_sender, problems_of
from emailketing.channels.tried import fingerprint

__all__ = ["SenderInvalid", "check_sender", "save_sender"]
# where a kept password goes: when one of these changes it must be entered again (S22)
PLACE = ("kind", "host", "port", "username")
REST = ("paused_until", "failure_count", "paused_reason", "paused_said")


class SenderInUse(Exception):
    """This sender cannot be deleted; one sentence says why."""


def begun(kind: str) -> Sender:
    """Return a new sender of a kind with what usually fits, not saved."""
    about = kind_of(kind)
    options = {option.name: option.default for option in about.options if option.default}
    return Sender(kind=about.kind, channel=about.channel, options=options, **about.defaults)


@transaction.atomic
def save_sender(
    sender: Sender,
    *,
    by: Who | str,
    now: datetime,
    password: str | None = None,
    hook_secret: str | None = None,
    users: Iterable[User] | None = None,
) -> Sender:
    """Check and save a new or changed sender, and note what changed.

    Args:
        sender: with the values an operator entered; not saved yet.
        by: who saves it.
        now: when.
        password: the new one; None keeps the old one, "" forgets it. It is never shown again (S22).
        hook_secret: the same for the secret that signs receipts.
        users: who may use it; None leaves them.

    Raises:
        SenderInvalid: with a sentence for the operator.
    """
    take_entered(sender, password=password, hook_secret=hook_secret)
    before, others = kept(sender), Sender.objects.exclude(pk=sender.pk)
    others = others.filter(channel=sender.channel)
    sender.is_default = sender.is_default or not others.filter(is_default=True).exists()
    if sender.is_default:
        others.update(is_default=False)
    _try_again_if_mended(sender)
    sender.save()
    if users is not None:
        sender.users.set(users)
    note_saved(sender, before, by=by, now=now)
    return sender


def _try_again_if_mended(sender: Sender) -> None:
    """End an automatic rest where what it came from may be mended; another price mends nothing."""
    known = Sender.objects.filter(pk=sender.pk).first()
    if known and known.is_active == sender.is_active and fingerprint(known) == fingerprint(sender):
        for name in REST:
            setattr(sender, name, getattr(known, name))
        return
    sender.paused_until, sender.failure_count = None, 0
    sender.paused_reason = "" if sender.is_active else sender.paused_reason


@transaction.atomic
def save_waiting(sender: Sender, *, why: str, by: Who | str, now: datetime) -> Sender:
    """Check and save a sender whose secret is entered later: until then it is switched off.

    Raises:
        SenderInvalid: with a sentence for the operator.
    """
    check_sender(sender)
    _make_hook(sender)
    before = kept(sender)
    sender.is_active = sender.is_default = False
    sender.paused_reason = why
    sender.save()
    note_saved(sender, before, by=by, now=now)
    return sender


def take_entered(
    sender: Sender, *, password: str | None = None, hook_secret: str | None = None
) -> None:
    """Check what was entered and put the secrets into their places, saving nothing.

    Raises:
        SenderInvalid: with a sentence for the operator.
    """
    wrong = [*problems_of(sender), *_take_secrets(sender, password, hook_secret)]
    if found := SenderInvalid.of(wrong):
        raise found
    _make_hook(sender)


def _make_hook(sender: Sender) -> None:
    if has_hook(sender.kind):
        sender.hook_token = sender.hook_token or secrets.token_urlsafe(24)


def _take_secrets(
    sender: Sender, password: str | None, hook_secret: str | None
) -> Iterator[SenderInvalid]:
    yield from _take_password(sender, password)
    if hook_secret is not None:
        sender.hook_secret = hook_secret
    about = kind_of(sender.kind)
    if not about.hook_secret:
        sender.hook_secret_encrypted = ""
    elif sender.options.get("signature") and not sender.hook_secret_encrypted:
        sentence = _("Enter the secret that signs the receipts.")
        yield SenderInvalid(sentence, "hook_secret")


def _take_password(sender: Sender, password: str | None) -> Iterator[SenderInvalid]:
    if password is None:
        yield from _check_kept_password(sender)
    else:
        sender.password = password
    if not uses_password(sender):
        sender.password_encrypted = ""
    yield from _lacks_password(sender)


def uses_password(sender: Sender) -> bool:
    """Whether it signs in with a secret, as it is: a modem never does, mail with a user name."""
    about = kind_of(sender.kind)
    return bool(about.password) and (bool(sender.username) or not about.needs_user)


def _lacks_password(sender: Sender) -> Iterator[SenderInvalid]:
    about = kind_of(sender.kind)
    lacks = uses_password(sender) and not sender.password_encrypted
    if lacks and not about.may_lack_password:
        sentence = _("A user name needs its password.")
        if not about.needs_user:
            sentence = _("This must not be empty.")
        yield SenderInvalid(sentence, "password")


def _check_kept_password(sender: Sender) -> Iterator[SenderInvalid]:
    """A kept password goes to the server and user it was given for, to no other (S22)."""
    known = Sender.objects.filter(pk=sender.pk).exclude(password_encrypted="").first()
    if known and _place(known) != _place(sender):
        sentence = _("Enter the password again: the server or the user has changed.")
        if uses_password(sender):
            yield SenderInvalid(sentence, "password")


def _place(sender: Sender) -> list[object]:
    return [*(getattr(sender, name) for name in PLACE), sender.options.get("url")]


def usable_by(user: AbstractUser, *, also: int | None = None) -> QuerySet[Sender]:
    """Return the senders open to every operator or naming this person; all for administrators.

    `also` is the one already chosen: it stays on offer.
    """
    senders = Sender.objects.filter(Q(is_active=True) | Q(pk=also))
    if user.has_perm("channels.change_sender"):
        return senders
    return senders.filter(Q(users=None) | Q(users=user) | Q(pk=also)).distinct()


def is_waiting(sender: Sender) -> bool:
    """Whether it is switched off because its password was never entered."""
    return not sender.is_active and any(_lacks_password(sender))


@transaction.atomic
def pause(sender: Sender, *, by: Who | str, now: datetime, reason: str = "") -> None:
    """Switch a sender off: its messages wait until somebody switches it on again (S35)."""
    before = sender.paused_reason
    sender.is_active, sender.paused_reason = False, reason[:300]
    sender.save(update_fields=["is_active", "paused_reason"])
    changes = {"paused_reason": [before, sender.paused_reason]}
    note("paused", by=by, now=now, about=sender, changes=changes)


@transaction.atomic
def resume(sender: Sender, *, by: Who | str, now: datetime) -> None:
    """Switch a sender on; an automatic rest ends as well.

    Raises:
        SenderInvalid: its password was never entered.
    """
    if any(_lacks_password(sender)):
        sentence = _("“%(name)s”: “%(field)s” is empty. Enter it first, then switch it on.")
        words = {"name": sender.name, "field": kind_of(sender.kind).password}
        raise SenderInvalid(sentence % words, "password")
    before = sender.paused_reason
    sender.is_active, sender.paused_until, sender.paused_reason = True, None, ""
    sender.failure_count = 0
    sender.save(update_fields=["is_active", "paused_until", "paused_reason", "failure_count"])
    note("resumed", by=by, now=now, about=sender, changes={"paused_reason": [before, ""]})


@transaction.atomic
def delete_sender(sender: Sender, *, by: Who | str, now: datetime) -> None:
    """Forget a sender and its password; one that has written stays.

    Raises:
        SenderInUse: one sentence.
    """
    note("deleted", by=by, now=now, about=sender)
    try:
        sender.delete()
    except ProtectedError as error:
        has_written = any(one._meta.label == "outbox.Message" for one in error.protected_objects)
        raise SenderInUse(_why_it_stays(has_written=has_written)) from error


def _why_it_stays(*, has_written: bool) -> str:
    if has_written:
        return _("Messages were sent with it, so it stays. Switch it off instead.")
    return _("A rule writes with it: choose another sender there first.")
