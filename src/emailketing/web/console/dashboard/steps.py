"""How each step of the worker is, and how far each reader of events: what stands still first."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.company.models import TOO_LONG, StepState
from emailketing.events.readers import Lag, lags
from emailketing.web.console.dashboard.lines import DashboardLine


def step_lines(now: datetime) -> list[DashboardLine]:
    """Return one line for each step and each reader, those that stand still or failed on top."""
    lines = [step_line(step, now) for step in StepState.objects.all()]
    lines += [reader_line(lag, now) for lag in lags()]
    return sorted(lines, key=lambda line: ("bad", "warn", "ok").index(line.tone))


def step_line(step: StepState, now: datetime) -> DashboardLine:
    since = step.stands_still_since(now)
    if since is not None:
        tone, word = "bad", _("stands still")
    elif step.failures:
        tone, word = "warn", _("is tried again")
    else:
        tone, word = "ok", _("works")
    title = _as_title(str(step.get_name_display()))
    return DashboardLine(
        tone, word, title, _words(step), at=since or step.done_at, said=_error(step)
    )


def reader_line(lag: Lag, now: datetime) -> DashboardLine:
    if lag.since is None:
        return DashboardLine("ok", _("up to date"), _as_title(lag.title), "")
    is_behind = now - lag.since >= TOO_LONG
    tone, word = ("warn", _("behind")) if is_behind else ("ok", _("works"))
    text = ngettext("%(count)s event waits.", "%(count)s events wait.", lag.waiting)
    return DashboardLine(
        tone, word, _as_title(lag.title), text % {"count": lag.waiting}, at=lag.since
    )


def _as_title(words: str) -> str:
    return words[:1].upper() + words[1:]


def _words(step: StepState) -> str:
    if step.failures:
        return _("Errors in a row: %(count)s. It is tried again by itself.") % {
            "count": step.failures
        }
    if step.began_at is not None:
        return _("At work.")
    return ""


def _error(step: StepState) -> str:
    return step.error if step.failures else ""
