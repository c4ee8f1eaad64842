"""Occasions that wait for a person: they ask, they were paused, or a day went by unsaid."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from emailketing.alerts.trouble import Kind, Trouble
from emailketing.common.written_date import LEAP_YEAR
from emailketing.triggers.occasions.models import Occasion
from emailketing.triggers.occasions.running.waiting import (
    missed_days,
    open_doubts,
    unread_dates,
)


def occasions_waiting(now: datetime) -> Iterator[Trouble]:
    """Yield what only a person can decide or put right."""
    for occasion in Occasion.objects.filter(is_active=False).exclude(paused_reason=""):
        yield Trouble(Kind.OCCASION, str(occasion.pk), occasion.name, occasion.paused_in_words)
    for doubt in open_doubts():
        sentence = _(
            "%(people)s of %(of)s people have the day %(day)s: did their program fill it in? Nobody"
            " is greeted on it until somebody says so on the page of the occasion."
        )
        day = date_format(date(LEAP_YEAR, doubt.month, doubt.day), "MONTH_DAY_FORMAT")
        words = {"people": doubt.people, "of": doubt.of, "day": day}
        about = f"{doubt.occasion_id}:{doubt.day}/{doubt.month}"
        yield Trouble(Kind.OCCASION, about, doubt.occasion.name, sentence % words)
    for row in missed_days(timezone.localtime(now).date()):
        words = {
            "day": date_format(row.day, "DATE_FORMAT"),
            "count": row.seen,
            "why": row.reason_in_words,
        }
        sentence = (
            _("On %(day)s nobody was greeted: %(why)s.")
            if row.reason
            else _("On %(day)s nobody was greeted (%(count)s people): no worker was at work.")
        )
        about = f"{row.occasion_id}:{row.day:%Y-%m-%d}:{row.zone}"[:80]
        yield Trouble(Kind.OCCASION, about, row.occasion.name, sentence % words)
    for read in unread_dates():
        sentence = _("Its listing could not be read: %(why)s It is tried again in a while.")
        about = f"{read.occasion_id}:listing"
        why = read.problem_in_words
        yield Trouble(Kind.OCCASION, about, read.occasion.name, sentence % {"why": why})
