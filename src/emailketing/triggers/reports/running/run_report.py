"""One run from claim to end: right, read, judge, shares, write; each step may be done again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import translation

from emailketing.audience.ways import plan_of
from emailketing.common.boundary import Boundary
from emailketing.common.said import join, sentence_of
from emailketing.common.said import say as _
from emailketing.common.unwanted import OnUnwanted, always_wanted
from emailketing.company.models import Company
from emailketing.company.program_errors import note_error
from emailketing.company.windows import WindowInvalid
from emailketing.content.kinds import local
from emailketing.content.render import RenderFailed
from emailketing.content.store import StoreFull
from emailketing.outbox.queueing.dispatch import DoesNotFit
from emailketing.outbox.queueing.told import places_told
from emailketing.outbox.sending.faults import reach
from emailketing.schedule.models import Run
from emailketing.schedule.sentence import run_said
from emailketing.schedule.work import MOST_ATTEMPTS, finish, give_back, hold
from emailketing.triggers.reports.definition.readers import left_out_of
from emailketing.triggers.reports.definition.right import right_lost
from emailketing.triggers.reports.definition.save import pause_report
from emailketing.triggers.reports.definition.zone import zone_of_report
from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.ended import RunEnded, RunLost
from emailketing.triggers.reports.running.judge import judge_run
from emailketing.triggers.reports.running.plan import AUTHOR
from emailketing.triggers.reports.running.read import (
    read_before,
    read_run,
    rows_known,
)
from emailketing.triggers.reports.running.shares import (
    Shares,
    shares_of,
    sheet_of,
    without_told,
    without_wishes,
)
from emailketing.triggers.reports.running.told import is_told, tell_owner
from emailketing.triggers.reports.running.write import (
    RunAtWork,
    ShareWritten,
    told_prefix,
    write_share,
)

TRY_AGAIN = timedelta(minutes=10)
A_DAY = timedelta(days=1)
# why nothing can be written: each says so in one sentence
UNWRITABLE = (DoesNotFit, RenderFailed, StoreFull, WindowInvalid)
Clock = Callable[[], datetime]


def run_report(run: Run, *, clock: Clock, on_unwanted: OnUnwanted = always_wanted) -> None:
    """Do a run that was claimed, and say in its row what became of it.

    Args:
        run: as `claim` gave it.
        clock: the time.
        on_unwanted: is told what stops the reading of the source, from any thread.
    """
    report = find_report(run.trigger)
    if report is None:
        finish(run, Run.State.FAILED, now=clock(), reason=_("The report was deleted."))
        return
    with translation.override(Company.get().language):
        try:
            _do_or_say(report, run, clock, on_unwanted)
        except RunLost:
            _give_back(run, clock())
        except RunEnded as ended:
            _end(report, run, ended, clock())


def _do_or_say(report: Report, run: Run, clock: Clock, on_unwanted: OnUnwanted) -> None:
    """Do it; an error in the program ends this run, and whoever owns it hears of it at once."""
    with Boundary(f"run {run.pk} of {run.trigger}", passing=(RunLost, RunEnded)) as met:
        _do(report, run, clock, on_unwanted)
    if met.error is not None:
        note_error(met, report.trigger, report.name, now=clock())
        raise RunEnded(met.sentence)


def _give_back(run: Run, now: datetime) -> None:
    """End what somebody cancelled; what a worker that ends was at goes on with the next one."""
    is_cancelled = Run.objects.filter(pk=run.pk, is_cancelled=True).exists()
    if not is_cancelled:
        give_back(run, now=now)
        return
    told = len(places_told(told_prefix(run)))
    sentence = _("Cancelled; messages written before: %(count)s.") % {"count": told}
    finish(run, Run.State.FAILED, now=now, reason=sentence, figures=(0, 0, told))


def find_report(trigger: str) -> Report | None:
    number = trigger.partition(":")[2]
    wanted = Q(pk=int(number)) if number.isdigit() else Q(pk=None)
    return Report.objects.select_related("source", "owner").filter(wanted).first()


def _do(report: Report, run: Run, clock: Clock, on_unwanted: OnUnwanted) -> None:
    reach("report_claimed")
    if not (report.is_active or run.key or places_told(told_prefix(run))):
        raise RunEnded(_("The report was paused before it could run."), Run.State.SKIPPED)
    if lost := right_lost(report):
        pause_report(report, by=AUTHOR, now=clock(), reason=lost)
        raise RunEnded(lost)
    read = read_run(report, run, now=clock(), on_unwanted=on_unwanted)
    reach("report_read")
    if not run.only_to:
        judge_run(report, read)
    plan = plan_of(report)
    if not plan.ways:
        raise RunEnded(_("There is no active sender. Make one under Senders."))
    before = read_before(report, run, on_unwanted=on_unwanted)
    work = RunAtWork(report, run, plan, read, before, rows_known(report, read.noted))
    divided = shares_of(report, run, read.kept, plan)
    wishes = set() if run.only_to else left_out_of(report, run.instant)
    left_out = without_wishes(divided, wishes)
    written = _written(work, divided, clock)
    reach("report_written")
    told = len(places_told(told_prefix(run)))
    if not told:
        sentence = join(" ", dict.fromkeys(divided.problems)) or _("no recipient")
        is_wish = left_out and len(divided.problems) == 1
        raise RunEnded(sentence, Run.State.EMPTY if is_wish else Run.State.FAILED)
    language = Company.get().language
    read.noted.unowned = [[local(value, language), count] for value, count in divided.unowned]
    read.noted.save(update_fields=["unowned"])
    notes = [*_of_nobody(divided), *divided.problems, *written.notes]
    finish(
        run,
        Run.State.SENT,
        now=clock(),
        reason=join(" ", dict.fromkeys(notes)),
        figures=(read.kept.count, written.bytes, told),
    )


def _of_nobody(divided: Shares) -> list[str]:
    count = sum(rows for _value, rows in divided.unowned)
    return [_("Rows of nobody: %(count)s.") % {"count": count}] if count else []


def _written(work: RunAtWork, divided: Shares, clock: Clock) -> ShareWritten:
    """Write every share that a worker who died has not written."""
    whole = ShareWritten()
    told = places_told(told_prefix(work.run))
    for share in divided.shares:
        left = without_told(share, told)
        if not left.people:
            continue
        sheet = sheet_of(work.report, left, work.read.kept)
        try:
            done = write_share(work, left, sheet, divided.unowned, clock=clock)
        except UNWRITABLE as error:
            raise RunEnded(sentence_of(error)) from error
        reach("report_share")
        whole.messages += done.messages
        whole.bytes += done.bytes
        whole.notes += done.notes
    return whole


def _end(report: Report, run: Run, ended: RunEnded, now: datetime) -> None:
    sentence = sentence_of(ended)
    waited_until = max(run.instant, run.planned_at) + timedelta(hours=report.wait_hours)
    if ended.may_help_later and now + TRY_AGAIN <= waited_until:
        hold(run, now + TRY_AGAIN, reason=_held_words(report, sentence, now + TRY_AGAIN))
        return
    if finish(run, ended.state, now=now, reason=sentence) and ended.state == Run.State.FAILED:
        tell_owner(report, run, sentence, now=now)


def _held_words(report: Report, sentence: str, at: datetime) -> str:
    words = {"when": run_said(at, zone_of_report(report))}
    return join(" ", [sentence, _("It is tried again on %(when)s.") % words])


def tell_given_up(now: datetime) -> int:
    """Tell owners of runs that the workers died of: nobody was left to do it then."""
    ended = Run.objects.filter(
        trigger__startswith="report:",
        state=Run.State.FAILED,
        attempts__gte=MOST_ATTEMPTS,
        finished_at__gte=now - A_DAY,
    )
    told = 0
    for run in ended:
        report = find_report(run.trigger)
        if report is not None and not is_told(run):
            tell_owner(report, run, run.in_words, now=now)
            told += 1
    return told
