"""Run a trigger now: once per form, and only after asking where it went out already (P1)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.common.said import say as _
from emailketing.schedule.models import Run
from emailketing.schedule.sentence import run_words

LONGEST_TOKEN = 64


class SentAlready(Exception):
    """It went out for this period; the sentence says when and to how many, and asks."""

    def __init__(self, run: Run, zone: str) -> None:
        self.run = run
        super().__init__(asks_again(run, zone))


def sent_since(trigger: str, since: datetime) -> Run | None:
    """Return the newest run to everybody that is about `since` or later and was sent."""
    sent = Run.objects.filter(trigger=trigger, instant__gte=since, only_to="")
    return sent.filter(state=Run.State.SENT).first()


def asks_again(run: Run, zone: str) -> str:
    """Say “Sent on … 07:00 to 4 people: again?”."""
    local = run_words(run.finished_at or run.instant, zone)
    words = {"when": local, "count": run.messages}
    if run.messages == 1:
        return _("Sent on %(when)s to one person: again?") % words
    return _("Sent on %(when)s to %(count)s people: again?") % words


@transaction.atomic
def run_by_hand(
    trigger: str,
    token: str,
    *,
    by: Who,
    now: datetime,
    only_to: str = "",
    asked: tuple[datetime, str] | None = None,
) -> Run:
    """Plan a run for now; the same token again is the same run.

    Args:
        trigger: report:12.
        token: of the form, so that a double click is one run.
        by: who asked for it.
        now: it is about this moment, too.
        only_to: an address, or empty: to everybody it is for.
        asked: since when it would be about the same period, and the zone to tell it in: refuse
            when it was sent since then. None: somebody said “again”.

    Raises:
        SentAlready: it was sent for this period.
        ValueError: no token.
    """
    if not token or len(token) > LONGEST_TOKEN:
        raise ValueError("A run by hand needs the token of its form.")
    known = Run.objects.filter(trigger=trigger, key=token).first()
    if known is not None:
        return known
    if asked and not only_to and (sent := sent_since(trigger, asked[0])):
        raise SentAlready(sent, asked[1])
    values = {"instant": now, "planned_at": now, "next_at": now, "by": str(by)[:150]}
    run, is_new = Run.objects.get_or_create(
        trigger=trigger, key=token, defaults={**values, "only_to": only_to}
    )
    if is_new:
        note("ran", by=by, now=now, about=run)
    return run


def day_begins(now: datetime, zone: str) -> datetime:
    """Return when the day of `now` began there: what reports of days are about."""
    local = now.astimezone(ZoneInfo(zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
