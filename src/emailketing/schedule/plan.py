"""Plan what is due: a row per instant, once, whoever plans and however often (P1, P4)."""

from collections import deque
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from emailketing.common.said import Said, in_each
from emailketing.common.said import say as _
from emailketing.company.free_days import FreeDays
from emailketing.schedule.models import Run
from emailketing.schedule.recurrence import Recurrence, instants, moved_instants
from emailketing.schedule.sentence import run_said
from emailketing.schedule.work import kept_reason

MissedPolicy: TypeAlias = Literal["once", "each", "skip"]
MISSED_POLICIES: tuple[MissedPolicy, ...] = get_args(MissedPolicy)
NOT_YET_MISSED = timedelta(minutes=15)  # a worker that starts again, a clock put right
MOST_MISSED = 100  # of `each`: the newest
MOST_TOLD = 10  # of those that do not run: the newest; the others are counted


def plan_due(
    trigger: str,
    recurrence: Recurrence,
    since: datetime,
    policy: MissedPolicy,
    *,
    free: FreeDays,
    now: datetime,
) -> list[Run]:
    """Write what is due after `since` and not planned yet; return what this call wrote.

    P4, of several that are due: `once` is the latest only, `each` all of them, `skip` what is not
    missed yet. What does not run, for this or for a free day, has a row, too, which says why; of
    very many the newest, and how many were left out besides is kept in the first row that is
    written. What was planned before is settled, so `since` may stay where it was: two workers, a
    restart in that second, the same call again write each once (P1).
    """
    since = max(since, _planned_until(trigger, now) or since)
    due = _Due(takewhile(lambda moment: moment <= now, instants(recurrence, since, free.is_free)))
    chosen = due.chosen(policy, now)
    left_out: dict[datetime, str] = dict(_on_free_days(recurrence, since, free, now))
    missed = [moment for moment in due.newest if moment not in chosen]
    if missed:
        left_out |= dict.fromkeys(missed, _why_missed(policy, chosen, recurrence.zone))
    told = dict(sorted(left_out.items())[-MOST_TOLD:])
    untold = due.count - len(chosen) - len(told.keys() & set(missed))
    written = []
    for moment in sorted({*chosen, *told}):
        values = {"planned_at": now, "next_at": now, "missed": untold}
        if moment in told:
            why = kept_reason(told[moment])
            values |= {"state": Run.State.SKIPPED, "finished_at": now, **why}
        run, is_new = Run.objects.get_or_create(
            trigger=trigger, instant=moment, key="", defaults=values
        )
        untold = 0
        written += [run] if is_new else []
    return written


def _planned_until(trigger: str, now: datetime) -> datetime | None:
    """Return the newest instant that is planned; one ahead of now comes of a wrong clock."""
    planned = Run.objects.filter(trigger=trigger, key="", instant__lte=now)
    return planned.order_by("-instant").values_list("instant", flat=True).first()


class _Due:
    """What is due: the newest of it, and how much it is."""

    def __init__(self, moments: Iterator[datetime]) -> None:
        self.newest = deque[datetime](maxlen=MOST_MISSED + MOST_TOLD)
        self.count = 0
        for moment in moments:
            self.newest.append(moment)
            self.count += 1

    def chosen(self, policy: MissedPolicy, now: datetime) -> list[datetime]:
        """Return what is to run."""
        if policy == "skip":
            return [moment for moment in self.newest if now - moment <= NOT_YET_MISSED]
        return list(self.newest)[-1 if policy == "once" else -MOST_MISSED :]


def _why_missed(policy: MissedPolicy, chosen: list[datetime], zone: str) -> Said:
    if policy == "once":
        words = {"when": run_said(chosen[-1], zone)}
        return _("No worker was at work then; the run of %(when)s stands for it.") % words
    if policy == "each":
        sentence = _("No worker was at work then; only the newest %(most)s are made up for.")
        return sentence % {"most": MOST_MISSED}
    return _("No worker was at work then, and missed runs are not made up for.")


def _on_free_days(
    recurrence: Recurrence, since: datetime, free: FreeDays, now: datetime
) -> Iterator[tuple[datetime, Said]]:
    """Yield what a holiday keeps from running, and why; of a free Sunday nobody wonders."""
    zone = ZoneInfo(recurrence.zone)
    first, last = (moment.astimezone(zone).date() for moment in (since, now))
    if not any(free.between(first, last)):  # asked every second: rules are slower than calendars
        return
    for moment, instead in moved_instants(recurrence, since, now, free.is_free):
        day = moment.astimezone(zone).date()
        if day not in free:
            continue
        words = {"name": _name_of(free, day)}
        if instead is None:
            yield moment, _("Not on a free day: %(name)s.") % words
        else:
            words["when"] = run_said(instead, recurrence.zone)
            yield moment, _("On %(when)s instead: %(name)s.") % words


def _name_of(free: FreeDays, day: date) -> Said:
    return in_each(lambda _language: free.name_of(day) or gettext("a free day"))
