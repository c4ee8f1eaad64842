"""Plan what is due: a row per instant, once, whoever plans and however often (P1, P4)."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal, TypeAlias, get_args

from emailketing.schedule.models import Run
from emailketing.schedule.recurrence import IsFree, Recurrence, instants

MissedPolicy: TypeAlias = Literal["once", "each", "skip"]
MISSED_POLICIES: tuple[MissedPolicy, ...] = get_args(MissedPolicy)
NOT_YET_MISSED = timedelta(minutes=15)  # a worker that starts again, a clock put right
MOST_MISSED = 100  # of `each`: the newest


def plan_due(
    trigger: str,
    recurrence: Recurrence,
    since: datetime,
    policy: MissedPolicy,
    *,
    is_free: IsFree,
    now: datetime,
) -> list[Run]:
    """Write what is due after `since` and not planned yet; return what this call wrote.

    P4, of several that are due: `once` is the latest only, `each` all of them, `skip` what is not
    missed yet; how many were left out is kept in the first that is written. What was planned
    before is settled, so `since` may stay where it was: two workers, a restart in that second,
    the same call again write each once (P1).
    """
    since = max(since, _planned_until(trigger, now) or since)
    due = takewhile(lambda moment: moment <= now, instants(recurrence, since, is_free))
    chosen, left_out = _chosen(due, policy, now)
    written = []
    for moment in chosen:
        values = {"planned_at": now, "next_at": now, "missed": left_out}
        run, is_new = Run.objects.get_or_create(
            trigger=trigger, instant=moment, key="", defaults=values
        )
        left_out = 0
        written += [run] if is_new else []
    return written


def _planned_until(trigger: str, now: datetime) -> datetime | None:
    """Return the newest instant that is planned; one ahead of now comes of a wrong clock."""
    planned = Run.objects.filter(trigger=trigger, key="", instant__lte=now)
    return planned.order_by("-instant").values_list("instant", flat=True).first()


def _chosen(
    due: Iterator[datetime], policy: MissedPolicy, now: datetime
) -> tuple[list[datetime], int]:
    """Return what is to run, and how many are left out."""
    newest = deque[datetime](maxlen=1 if policy == "once" else MOST_MISSED)
    count = 0
    for moment in due:
        newest.append(moment)
        count += 1
    if policy == "skip":
        chosen = [moment for moment in newest if now - moment <= NOT_YET_MISSED]
    else:
        chosen = list(newest)
    return chosen, count - len(chosen)
