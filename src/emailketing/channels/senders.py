"""What is done to senders: save one, say who may use it, switch it off and on again."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from emailketing.channels.email.account import is_loopback
from emailketing.channels.email.address import AddressInvalid, wire_address
from emailketing.channels.email.headers import HeaderInvalid, refuse_control
from emailketing.channels.models import Sender

HIGHEST_PORT = 65_535


class SenderInvalid(Exception):
    """This sender cannot be saved; the sentence says what to change, `field` where."""

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field


@transaction.atomic
def save_sender(sender: Sender, *, password: str | None = None) -> Sender:
    """Check and save a new or changed sender.

    Args:
        sender: with the values an operator entered; not saved yet.
        password: the new one; None keeps the old one, "" forgets it. It is never shown again (S22).

    Raises:
        SenderInvalid: with a sentence for the operator.
    """
    _check(sender)
    if password is None:
        _check_kept_password(sender)
    else:
        sender.password = password
    if not sender.username:
        sender.password_encrypted = ""
    elif not sender.password_encrypted:
        raise SenderInvalid(_("A user name needs its password."), "password")
    others = Sender.objects.exclude(pk=sender.pk).filter(channel=sender.channel)
    sender.is_default = sender.is_default or not others.filter(is_default=True).exists()
    if sender.is_default:
        others.update(is_default=False)
    # what was wrong may have been mended: let it try at once
    sender.paused_until, sender.failure_count = None, 0
    sender.paused_reason = "" if sender.is_active else sender.paused_reason
    sender.save()
    return sender


def _check(sender: Sender) -> None:
    for name in ("name", "from_name", "host", "username"):
        value = getattr(sender, name).strip()
        try:
            refuse_control(name, value)
        except HeaderInvalid as error:
            raise SenderInvalid(_("Only one line, please."), name) from error
        setattr(sender, name, value)
    for name in ("name", "host"):
        if not getattr(sender, name):
            raise SenderInvalid(_("This must not be empty."), name)
    if Sender.objects.exclude(pk=sender.pk).filter(name=sender.name).exists():
        raise SenderInvalid(_("There is already a sender with this name."), "name")
    for name in ("from_address", "reply_to"):
        _check_address(sender, name)
    _check_wire(sender)


def _check_address(sender: Sender, name: str) -> None:
    value = getattr(sender, name)
    if not value and name == "reply_to":
        return
    try:
        wire_address(value)
    except AddressInvalid as error:
        sentence = _("“%s” is not an e-mail address.") % " ".join(value.split())
        raise SenderInvalid(sentence, name) from error


def _check_kept_password(sender: Sender) -> None:
    """A kept password goes to the server and user it was given for, to no other (S22)."""
    known = Sender.objects.filter(pk=sender.pk).exclude(password_encrypted="").first()
    if not known or not sender.username:
        return
    if any(getattr(known, name) != getattr(sender, name) for name in ("host", "port", "username")):
        sentence = _("Enter the password again: the server or the user has changed.")
        raise SenderInvalid(sentence, "password")


def _check_wire(sender: Sender) -> None:
    if sender.security not in Sender.Security.values:
        names = ", ".join(Sender.Security.values)
        raise SenderInvalid(_("Encryption is one of: %s.") % names, "security")
    if sender.security == Sender.Security.PLAIN and not is_loopback(sender.host):
        sentence = _("Without encryption mail may go to this computer only.")
        raise SenderInvalid(sentence, "security")
    _check_port(sender)
    if sender.daily_limit is not None and sender.daily_limit < 1:
        raise SenderInvalid(_("The daily limit is at least 1, or empty for none."), "daily_limit")
    if sender.connections < 1:
        raise SenderInvalid(_("At least one connection."), "connections")


def _check_port(sender: Sender) -> None:
    """S14: trying a sender must not be a scanner of other people's ports."""
    if not 0 < sender.port <= HIGHEST_PORT:
        raise SenderInvalid(_("A port is a number from 1 to 65535."), "port")
    if sender.port not in settings.SENDER_PORTS and not is_loopback(sender.host):
        ports = ", ".join(str(number) for number in settings.SENDER_PORTS)
        sentence = _("Mail servers listen on port %(ports)s; another one is refused.")
        raise SenderInvalid(sentence % {"ports": ports}, "port")


def usable_by(user: AbstractUser) -> QuerySet[Sender]:
    """Return the senders this person may choose; nobody chosen means every operator."""
    active = Sender.objects.filter(is_active=True)
    if user.is_superuser:
        return active
    return active.filter(Q(users=None) | Q(users=user)).distinct()


def may_use(user: AbstractUser, sender: Sender) -> bool:
    return usable_by(user).filter(pk=sender.pk).exists()


def pause(sender: Sender, *, reason: str = "") -> None:
    """Switch a sender off: its messages wait until somebody switches it on again (S35)."""
    sender.is_active, sender.paused_reason = False, reason[:300]
    sender.save(update_fields=["is_active", "paused_reason"])


def resume(sender: Sender) -> None:
    """Switch a sender on; an automatic rest ends as well."""
    sender.is_active, sender.paused_until, sender.paused_reason = True, None, ""
    sender.failure_count = 0
    sender.save(update_fields=["is_active", "paused_until", "paused_reason", "failure_count"])
