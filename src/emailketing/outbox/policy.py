"""The last word before the wire, asked at the claim: may this message leave, and to where?"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q
from django.utils.formats import date_format, number_format

from emailketing.channels.catalogue import is_phone
from emailketing.channels.models import Sender
from emailketing.common.said import restored
from emailketing.common.said import say as _
from emailketing.company.models import INSTALLATION, Company, SafeMode
from emailketing.contacts.models import Address, Suppression
from emailketing.outbox.budget import is_used_up, next_month, spent
from emailketing.outbox.models import MailClass, Message, State

PERSONAL = frozenset({MailClass.SECURITY, MailClass.TRANSACTIONAL, MailClass.DOCUMENT})
_BRAKES = """
    SELECT c.is_stopped, c.is_live, c.time_zone, c.language, coalesce(p.url, c.base_url), s.scope
      FROM company_company c LEFT JOIN company_safemode s ON s.confirmed_at IS NULL
      LEFT JOIN links_publicaddress p ON p.outside_at IS NOT NULL AND p.url <> ''
       AND p.url = rtrim(c.public_url, '/')
     WHERE c.id = 1"""
# what stops even mail about a person's own business; a complaint or an opt-out does not (B5)
STOPS_ALL = frozenset({Suppression.Reason.BOUNCE, Suppression.Reason.OPERATOR})


@dataclass(frozen=True, slots=True)
class Brakes:
    """The brakes as they are now: everything stopped, sandbox, copied databases.

    Read with them, because it is the same row: our address, which gateways are told.
    """

    is_stopped: bool
    is_live: bool
    safe_scopes: frozenset[str]
    zone: str
    language: str
    base_url: str = ""

    def redirects(self, scope: str) -> bool:
        """Whether a message of this scope goes to the built-in inbox instead (S34, C20)."""
        return not self.is_live or INSTALLATION in self.safe_scopes or scope in self.safe_scopes


def read_brakes() -> Brakes:
    """Read the brakes; nobody may keep the result for longer than one turn."""
    with connection.cursor() as cursor:  # plain: asked at every look at the ledger
        cursor.execute(_BRAKES)
        rows = cursor.fetchall()
    if not rows:
        return Brakes(*_before_the_setup())
    scopes = frozenset(scope for *_own, scope in rows if scope is not None)
    is_stopped, is_live, zone, language, url, _scope = rows[0]
    return Brakes(bool(is_stopped), bool(is_live), scopes, zone, language, url)


def _before_the_setup() -> tuple[bool, bool, frozenset[str], str, str, str]:
    own, scopes = Company.get(), SafeMode.objects.filter(confirmed_at=None)
    known = frozenset(scopes.values_list("scope", flat=True))
    return own.is_stopped, own.is_live, known, own.time_zone, own.language, own.base_url


def stops(suppression: Suppression, mail_class: str, trigger: str = "") -> bool:
    """Whether this suppression holds for a message of this class, written for this reason."""
    if suppression.about:
        return suppression.about == trigger
    if suppression.mail_class:
        return suppression.mail_class == mail_class
    if suppression.reason in STOPS_ALL or mail_class not in PERSONAL:
        return True
    # STOP by phone means every message there, but for a code that somebody has just asked for (M2)
    return suppression.kind == Address.Kind.PHONE and mail_class != MailClass.SECURITY


def stopping(
    suppressions: Iterable[Suppression], mail_class: str, trigger: str = ""
) -> Suppression | None:
    """Return the first suppression that holds for a message of this class and reason."""
    return next((one for one in suppressions if stops(one, mail_class, trigger)), None)


def address_kind(channel: str) -> str:
    """Return the kind of address that a channel writes to."""
    return Address.Kind.PHONE if is_phone(channel) else Address.Kind.EMAIL


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many messages a sender may take now, why not more, and what they may cost together."""

    most: int
    why: str = ""
    money: Decimal | None = None


UNLIMITED = Allowance(1_000_000)


def allowance(sender: Sender, brakes: Brakes, *, now: datetime) -> Allowance:
    """Say how many real messages this sender may send now; 0 with a sentence when it must wait."""
    if brakes.is_stopped:
        return Allowance(0, _("Everything is stopped by an administrator."))
    if not sender.is_active:
        return Allowance(0, _("The sender “%(name)s” is switched off.") % {"name": sender.name})
    if not brakes.is_live:
        return UNLIMITED  # the built-in inbox takes everything, whoever it is from
    if sender.paused_until and sender.paused_until > now:
        sentence = _("The sender “%(name)s” rests until %(time)s: %(why)s")
        words = {"time": _clock(sender.paused_until, brakes.zone), "why": _why_paused(sender)}
        return Allowance(0, sentence % (words | {"name": sender.name}))
    today = UNLIMITED
    if sender.daily_limit is not None:
        today = _what_is_left_today(sender, brakes, now)
    if sender.monthly_budget is None or not today.most:
        return today
    return _what_is_left_this_month(sender, brakes, today, now)


def _why_paused(sender: Sender) -> str:
    return restored(sender.paused_reason, sender.paused_said)


def may_speak(sender: Sender, brakes: Brakes, *, now: datetime) -> bool:
    """Whether we may be on the line with this sender's far side at all, also without a message."""
    is_resting = sender.paused_until is not None and sender.paused_until > now
    is_ours = not brakes.is_stopped and not brakes.redirects(INSTALLATION)
    return sender.is_active and is_ours and not is_resting


def _what_is_left_today(sender: Sender, brakes: Brakes, now: datetime) -> Allowance:
    midnight = now.astimezone(ZoneInfo(brakes.zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    counted = Q(accepted_at__gte=midnight) | Q(
        state__in=(State.CLAIMED, State.TRANSMITTING, State.IN_DOUBT)
    )
    used = Message.objects.filter(counted, sender=sender, is_redirected=False).count()
    left = (sender.daily_limit or 0) - used
    if left > 0:
        return Allowance(left)
    sentence = _(
        "The sender “%(name)s” has sent its %(limit)s messages of today; goes on at 00:00."
    )
    return Allowance(0, sentence % {"name": sender.name, "limit": sender.daily_limit})


def _what_is_left_this_month(
    sender: Sender, brakes: Brakes, today: Allowance, now: datetime
) -> Allowance:
    so_far = spent(sender, brakes.zone, now=now)
    budget = sender.monthly_budget or Decimal()
    if not is_used_up(sender, so_far):
        return replace(today, money=budget - so_far)
    sentence = _(
        "The sender “%(name)s” has spent its budget of this month, %(budget)s. Raise it under"
        " Senders; otherwise it goes on on %(day)s."
    )
    words = {
        "name": sender.name,
        "budget": number_format(budget, 0 if budget == int(budget) else 2, force_grouping=True),
        "day": date_format(next_month(now, brakes.zone), "SHORT_DATE_FORMAT"),
    }
    return Allowance(0, sentence % words)


def _clock(moment: datetime, zone: str) -> str:
    return date_format(moment.astimezone(ZoneInfo(zone)), "H:i")
