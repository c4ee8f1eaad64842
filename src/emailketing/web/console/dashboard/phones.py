"""Phones on the front page: how many today, what they cost this month, what is left of it."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from emailketing.channels import catalogue
from emailketing.channels.models import Sender
from emailketing.common.language import active_language
from emailketing.company.models import Company
from emailketing.content.formats import money
from emailketing.outbox.spending import Spending, phone_messages_since, spending
from emailketing.web.console.dashboard.figures import midnight
from emailketing.web.console.frame.banners import address

NEARLY = 80  # percent of a budget from which it is shown in yellow
WHOLE = 100


@dataclass(frozen=True)
class Month:
    """One sender's month; `percent` None: it has no budget."""

    name: str
    url: str
    words: str
    percent: int | None
    tone: str


@dataclass(frozen=True)
class Phones:
    sent_today: int
    url: str
    months: list[Month]


def phones(now: datetime) -> Phones | None:
    """Return None where there is no sender for phones."""
    if not Sender.objects.filter(channel__in=catalogue.phones(), is_active=True).exists():
        return None
    today = midnight(timezone.localtime(now).date())
    query = urlencode({"channel": catalogue.phones()[0], "period": "today"})
    return Phones(
        sent_today=phone_messages_since(today),
        url=f"{reverse('admin:outbox_message_changelist')}?{query}",
        months=[_month(found) for found in spending(now)],
    )


def _month(found: Spending) -> Month:
    currency, language = Company.get().currency, active_language()
    spent = money(found.spent, currency, language)
    url = address("console:sender", found.sender.pk)
    if not found.budget:
        words = _("%(spent)s this month, no budget") % {"spent": spent}
        return Month(found.sender.name, url, words, None, "muted")
    percent = int(found.spent * WHOLE / found.budget)
    words = _("%(spent)s of %(budget)s this month")
    tone = "bad" if found.is_used_up else "warn" if percent >= NEARLY else "ok"
    values = {"spent": spent, "budget": money(found.budget, currency, language)}
    return Month(found.sender.name, url, words % values, min(percent, WHOLE), tone)
