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
    missed yet. Two workers, a restart in that second, the same call again write each once (P1).
    """
    due = takewhile(lambda moment: moment <= now, instants(recurrence, since, is_free))
    chosen = list(_chosen(due, policy, now))
    known = set(
        Run.objects.filter(trigger=trigger, key="", instant__in=chosen).values_list(
            "instant", flat=True
        )
    )
    rows = [
        Run(trigger=trigger, instant=moment, planned_at=now, next_at=now)
        for moment in chosen
        if moment not in known
    ]
    return [row for row in rows if _is_written(row)]


def _chosen(due: Iterator[datetime], policy: MissedPolicy, now: datetime) -> Iterator[datetime]:
    if policy == "skip":
        return (moment for moment in due if now - moment <= NOT_YET_MISSED)
    return iter(deque(due, maxlen=1 if policy == "once" else MOST_MISSED))


def _is_written(row: Run) -> bool:
    values = {"planned_at": row.planned_at, "next_at": row.next_at}
    found, is_new = Run.objects.get_or_create(
        trigger=row.trigger, instant=row.instant, key="", defaults=values
    )
    row.pk = found.pk
    return is_new
