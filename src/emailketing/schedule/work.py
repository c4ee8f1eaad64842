"""Do a run: take it, keep it, end it; one worker at a time, another when that one died (P1).

A run is held by its worker's name and the number of the attempt: whoever was thought dead and
comes back finds that the run is not his any more, and writes nothing.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.common.said import Stored, kept_with
from emailketing.common.said import say as _
from emailketing.schedule.models import LONGEST_REASON, Run

LEASE = timedelta(seconds=60)  # to be renewed every twenty
MOST_ATTEMPTS = 5  # whom five workers died of has a fault of its own
State = Run.State
WAITING = (State.PLANNED, State.HELD)  # for their time, with nobody at them
OPEN = (*WAITING, State.RUNNING)


class CannotCancel(Exception):
    """The run is over; the sentence says what became of it."""


def claim(holder: str, *, kind: str, now: datetime) -> Run | None:
    """Take the run that waits longest, or one whose worker died; None: there is nothing to do.

    Args:
        holder: the worker, by a name that no other has.
        kind: what the trigger's name begins with: report.
        now: when.
    """
    with transaction.atomic():
        for run in _free(kind, now):
            if run.attempts >= MOST_ATTEMPTS:
                sentence = _("Given up: %(count)s workers ended while they were at it.")
                _end(run, State.FAILED, sentence % {"count": run.attempts}, now)
                continue
            if run.is_cancelled:
                _end(run, State.FAILED, _("Cancelled."), now)
                continue
            run.state, run.holder, run.leased_until = State.RUNNING, holder, now + LEASE
            run.attempts += 1
            run.started_at = run.started_at or now
            run.save(update_fields=["state", "holder", "leased_until", "attempts", "started_at"])
            return run
    return None


def renew(run: Run, *, now: datetime) -> bool:
    """Keep it; False: it is not ours any more, or somebody cancelled it: stop at once."""
    held = _ours(run).filter(is_cancelled=False)
    return bool(held.update(leased_until=now + LEASE))


def finish(
    run: Run,
    state: Run.State,
    *,
    now: datetime,
    reason: str = "",
    figures: tuple[int, int, int] = (0, 0, 0),
) -> bool:
    """End it with what became of it; False: it was not ours any more, and nothing is written.

    Args:
        run: as `claim` gave it.
        state: sent, empty, skipped or failed.
        now: when.
        reason: in words, where there is one.
        figures: rows, bytes, messages.
    """
    rows, size, messages = figures
    values = {**kept_reason(reason), "rows": rows, "bytes": size, "messages": messages}
    ended = {"holder": "", "leased_until": None, "finished_at": now}
    return bool(_ours(run).update(state=state, **values, **ended))


def hold(run: Run, until: datetime, *, reason: str) -> bool:
    """Let it wait: the source does not answer; the attempt does not count."""
    return _returned(run, State.HELD, until, reason)


def give_back(run: Run, *, now: datetime) -> bool:
    """Leave it to the next worker, as if nobody had taken it."""
    return _returned(run, State.PLANNED, now, "")


@transaction.atomic
def cancel_run(run: Run, *, by: Who, now: datetime) -> None:
    """Stop a run: at once where nobody is at it, else as soon as its worker asks.

    Raises:
        CannotCancel: it is over.
    """
    fresh = Run.objects.select_for_update().get(pk=run.pk)
    if fresh.state not in OPEN:
        words = {"state": fresh.get_state_display()}
        raise CannotCancel(_("This run is over: %(state)s.") % words)
    note("cancelled", by=by, now=now, about=fresh)
    if fresh.state in WAITING:
        _end(fresh, State.FAILED, _("Cancelled by %(name)s.") % {"name": str(by)}, now)
        return
    fresh.is_cancelled = True
    fresh.save(update_fields=["is_cancelled"])


def kept_reason(sentence: str) -> dict[str, Stored]:
    """Return what a run keeps of a sentence."""
    return {"reason": str(sentence)[:LONGEST_REASON], "said": kept_with(sentence)}


def _free(kind: str, now: datetime) -> QuerySet[Run]:
    """Return what is due and held by nobody; rows that another one looks at are passed over."""
    over = Q(leased_until=None) | Q(leased_until__lte=now) | Q(leased_until__gt=now + 2 * LEASE)
    due = Q(state__in=WAITING, next_at__lte=now) | (Q(state=State.RUNNING) & over)
    can_skip = connection.features.has_select_for_update_skip_locked
    runs = Run.objects.select_for_update(skip_locked=can_skip).filter(due)
    return runs.filter(trigger__startswith=f"{kind}:").order_by("next_at", "pk")[:20]


def _returned(run: Run, state: Run.State, at: datetime, reason: str) -> bool:
    free = {"holder": "", "leased_until": None, "attempts": F("attempts") - 1}
    return bool(_ours(run).update(state=state, next_at=at, **free, **kept_reason(reason)))


def _ours(run: Run) -> QuerySet[Run]:
    return Run.objects.filter(
        pk=run.pk, state=State.RUNNING, holder=run.holder, attempts=run.attempts
    )


def _end(run: Run, state: Run.State, reason: str, now: datetime) -> None:
    ended = {"holder": "", "leased_until": None, "finished_at": now}
    Run.objects.filter(pk=run.pk).update(state=state, **kept_reason(reason), **ended)
