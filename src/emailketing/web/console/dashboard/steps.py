"""How each step of the worker is, in words: what stands still first."""

from datetime import datetime

from django.utils.translation import gettext as _

from emailketing.company.models import StepState
from emailketing.web.console.dashboard.lines import Line


def step_lines(now: datetime) -> list[Line]:
    """Return one line for each step, those that stand still or failed last on top."""
    lines = [step_line(step, now) for step in StepState.objects.all()]
    return sorted(lines, key=lambda line: ("bad", "warn", "ok").index(line.tone))


def step_line(step: StepState, now: datetime) -> Line:
    since = step.stands_still_since(now)
    if since is not None:
        tone, word = "bad", _("stands still")
    elif step.failures:
        tone, word = "warn", _("is tried again")
    else:
        tone, word = "ok", _("works")
    title = str(step.get_name_display())
    title = title[:1].upper() + title[1:]
    return Line(tone, word, title, _words(step), at=since or step.done_at, said=_error(step))


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
