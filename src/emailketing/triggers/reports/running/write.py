"""Write a share to its people through the one door, each once, whoever finishes the run (P1)."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.audience.hours import Calendar, zones_of
from emailketing.audience.template_data import template_data
from emailketing.audience.ways import Plan
from emailketing.common.document import Document
from emailketing.common.plain import Entry
from emailketing.company.models import Company
from emailketing.content.sheet.kept import KeptSheet
from emailketing.content.sheet.mail import freeze_report
from emailketing.outbox.queueing.dispatch import (
    Dispatched,
    MailClass,
    Recipient,
    Request,
    dispatch,
    was_dispatched,
)
from emailketing.schedule.models import Run
from emailketing.schedule.work import renew
from emailketing.triggers.reports.definition.asked import period_of_run
from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.ended import RunLost
from emailketing.triggers.reports.running.files import (
    FileContent,
    FileName,
    ReportFiles,
    make_files,
)
from emailketing.triggers.reports.running.read import ReadRun, files_folder
from emailketing.triggers.reports.running.shares import Share, Unowned
from emailketing.triggers.reports.running.shown import content_of, frames_of

MOST_UNOWNED = 20  # values told


@dataclass(frozen=True, slots=True)
class RunAtWork:
    """A run that is being done, and how its report writes."""

    report: Report
    run: Run
    plan: Plan
    read: ReadRun


@dataclass(slots=True)
class ShareWritten:
    """What came of a share."""

    messages: int = 0
    bytes: int = 0
    notes: tuple[str, ...] = ()


def write_share(
    work: RunAtWork,
    share: Share,
    sheet: KeptSheet,
    unowned: Unowned,
    *,
    clock: Callable[[], datetime],
) -> ShareWritten:
    """Write to these people, those of one zone together.

    Raises:
        RunLost: another worker has the run by now; nothing was written.
        RenderFailed, DoesNotFit, WindowInvalid, StoreFull: it cannot be written, in one sentence.
    """
    written = ShareWritten()
    for zone, people in _by_zone(share.people).items():
        if was_dispatched(key_of(work.run, share, zone)):
            continue  # by a worker that died
        request, files = _request(
            work, replace(share, people=people), sheet, unowned, zone, clock()
        )
        done = _dispatched(work.run, request, now=clock())
        written.messages += done.messages
        written.bytes += files.bytes
        refused = [refusal.sentence for refusal in done.refused]
        written.notes += (*refused, *done.broken, *done.stopped)
    return written


def told_prefix(run: Run) -> str:
    """Return what the keys of everything that a run writes to its readers begin with."""
    return f"{run.dispatch_key}:to:"


def key_of(run: Run, share: Share, zone: str) -> str:
    return f"{told_prefix(run)}{share.key}:{zone}"


def _by_zone(people: Sequence[Recipient]) -> Mapping[str, tuple[Recipient, ...]]:
    zones = zones_of(people)
    found: dict[str, tuple[Recipient, ...]] = defaultdict(tuple)
    for one in people:
        found[zones.get(one.contact_id, "")] += (one,)
    return found


def _dispatched(run: Run, request: Request, *, now: datetime) -> Dispatched:
    """Queue it as long as the run is ours: whoever takes it over waits for this, and sees it."""
    with transaction.atomic():
        if not renew(run, now=now):
            raise RunLost
        return dispatch(request, now=now)


def _request(
    work: RunAtWork, share: Share, sheet: KeptSheet, unowned: Unowned, zone: str, now: datetime
) -> tuple[Request, ReportFiles]:
    report, run = work.report, work.run
    languages = dict.fromkeys(one.language for one in share.people)
    frames = frames_of(
        report,
        run.instant,
        made_at=work.read.noted.read_at,
        languages=languages,
        zone=zone,
        part=share.part,
    )
    period = period_of_run(report, run.instant, Company.get().language)
    shown = content_of(report, sheet)
    content = FileContent(sheet, shown, FileName(report.name, share.part, period.short))
    files = make_files(report.files, content, frames, files_folder(run.pk, share.key))
    view = freeze_report(sheet, replace(shown, has_files=bool(files.files)), frames)
    notes = {language: [*files.left_out.get(language, [])] for language in frames}
    if share.values is None and not run.only_to:
        for language in frames:
            notes[language] += _of_nobody(unowned, language)
    _add_notes(view, notes)
    title = f"{report.name} · {share.part}" if share.part else report.name
    document = Document(
        type="report", key=str(report.pk), number=str(run.pk), label=f"{title} {period.words}"
    )
    request = Request(
        key=key_of(run, share, zone),
        trigger=report.trigger,
        trigger_label=report.name,
        ways=work.plan.ways,
        recipients=tuple(_in_their_hours(report, share.people, now)),
        data=template_data(document) | {"report": view},
        mail_class=MailClass(report.mail_class),
        scope=report.source.scope,
        document_type="report",
        document_key=str(report.pk),
        document_label=title,
        files=tuple(files.files),
        created_by=run.by,
    )
    return request, files


def _in_their_hours(
    report: Report, people: Sequence[Recipient], now: datetime
) -> Iterator[Recipient]:
    """Put off whom the report's or the company's hours spare now, in each one's zone (R23)."""
    calendar = Calendar.of(report, Company.get())
    zones = zones_of(people)
    for one in people:
        if calendar.is_always_open:
            yield one
        else:
            later = calendar.not_before(now, zones.get(one.contact_id, ""))
            yield replace(one, not_before=later)


def _add_notes(view: Entry, notes: Mapping[str, Sequence[str]]) -> None:
    several = view["in_language"]
    if not isinstance(several, dict):
        return
    for language, said in several.items():
        more = notes.get(language, ())
        if more:
            said["notes"] = [*said["notes"], *more]
            said["text"] = "\n".join([str(said["text"]), *more])


def _of_nobody(unowned: Unowned, language: str) -> list[str]:
    """Tell who gets the whole which rows nobody got (P8)."""
    if not unowned:
        return []
    with translation.override(language):
        told = ", ".join(f"{value or '–'} ({count})" for value, count in unowned[:MOST_UNOWNED])
        count = sum(rows for _value, rows in unowned)
        sentence = ngettext(
            "%(count)s row belongs to nobody: %(values)s",
            "%(count)s rows belong to nobody: %(values)s",
            count,
        )
        more = _("and more") if len(unowned) > MOST_UNOWNED else ""
        return [" ".join(filter(None, [sentence % {"count": count, "values": told}, more]))]
