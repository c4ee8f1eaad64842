"""Write a share to its people through the one door, each once, whoever finishes the run (P1)."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.audience.hours import Calendar, zones_of
from emailketing.audience.ways import Plan
from emailketing.common.language import active_language
from emailketing.common.plain import Cell
from emailketing.company.models import Company
from emailketing.content.kinds import local
from emailketing.content.sheet.kept import KeptSheet
from emailketing.outbox.queueing.dispatch import (
    Dispatched,
    MailClass,
    Recipient,
    Request,
    dispatch,
    was_dispatched,
)
from emailketing.schedule.models import Run
from emailketing.schedule.plan import NOT_YET_MISSED
from emailketing.schedule.sentence import run_words
from emailketing.schedule.work import renew
from emailketing.triggers.reports.definition.readers import note_told
from emailketing.triggers.reports.definition.zone import zone_of_report
from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.ended import RunLost
from emailketing.triggers.reports.running.files import ReportFiles, most_attached_by
from emailketing.triggers.reports.running.freeze import ShareMaterial, freeze_share
from emailketing.triggers.reports.running.links import PageKey, keep_view, with_links
from emailketing.triggers.reports.running.read import ReadRun, files_folder
from emailketing.triggers.reports.running.shares import Share, Unowned, sheet_of
from emailketing.triggers.reports.running.trend import past_of

MOST_UNOWNED = 20  # values told


@dataclass(frozen=True, slots=True)
class RunAtWork:
    """A run that is being done, and how its report writes."""

    report: Report
    run: Run
    plan: Plan
    read: ReadRun
    before: KeptSheet | None = None
    is_new: Callable[[Sequence[Cell]], bool] | None = None


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
    material = _material(work, share, sheet, unowned)
    for zone, people in _by_zone(share.people).items():
        if was_dispatched(key_of(work.run, share, zone)):
            continue  # by a worker that died
        these = replace(share, people=people)
        request, files = _request(work, these, material, zone, clock())
        done = _dispatched(work, request, now=clock())
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


def _dispatched(work: RunAtWork, request: Request, *, now: datetime) -> Dispatched:
    """Queue it as long as the run is ours: whoever takes it over waits for this, and sees it."""
    with transaction.atomic():
        if not renew(work.run, now=now):
            raise RunLost
        done = dispatch(request, now=now)
        if not work.run.only_to:
            places = {(one.channel, one.address.lower()) for one in request.recipients}
            note_told(work.report, places, work.run.instant)
        return done


def _material(work: RunAtWork, share: Share, sheet: KeptSheet, unowned: Unowned) -> ShareMaterial:
    is_whole = share.values is None and not work.run.only_to

    def notes() -> list[str]:
        return [*_late(work), *(_of_nobody(unowned) if is_whole else ())]

    return ShareMaterial(
        report=work.report,
        instant=work.run.instant,
        read_at=work.read.noted.read_at,
        sheet=sheet,
        before=sheet_of(work.report, share, work.before) if work.before else None,
        part=share.part,
        number=str(work.run.pk),
        is_new=work.is_new,
        # rows of his own have no trend: what others' came to is nobody's to see (P8)
        past=past_of(work.report, work.run.instant) if share.values is None else {},
        notes=notes,
        most_attached=most_attached_by(work.plan),
    )


def _request(
    work: RunAtWork, share: Share, material: ShareMaterial, zone: str, now: datetime
) -> tuple[Request, ReportFiles]:
    report, run = work.report, work.run
    languages = dict.fromkeys(one.language for one in share.people)
    folder = files_folder(run.pk, share.key)
    page = PageKey(run.pk, share.key, zone)
    people = with_links(share.people, report, work.read, page, now=now)
    has_page = any("_page" in one.fields for one in people)
    frozen = freeze_share(replace(material, has_page=has_page), languages, zone, folder)
    if has_page:
        keep_view(folder, page, frozen.data["report"])
    request = Request(
        key=key_of(run, share, zone),
        trigger=report.trigger,
        trigger_label=report.name,
        ways=work.plan.ways,
        recipients=tuple(_in_their_hours(report, people, now)),
        data=frozen.data,
        mail_class=MailClass(report.mail_class),
        scope=report.source.scope,
        document_type="report",
        document_key=str(report.pk),
        document_label=material.title,
        files=tuple(frozen.files.files),
        created_by=run.by,
        ends=report.trigger,
    )
    return request, frozen.files


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


def _late(work: RunAtWork) -> list[str]:
    """Say that it comes late, where a worker was away or the source (P4)."""
    late = work.run.late_by
    if late is None or late < NOT_YET_MISSED:
        return []
    minutes = int(late.total_seconds()) // 60
    when = run_words(work.run.instant, zone_of_report(work.report))
    words = {"hours": minutes // 60, "minutes": minutes % 60, "when": when}
    return [_("Late by %(hours)s h %(minutes)s min: it was planned for %(when)s.") % words]


def _of_nobody(unowned: Unowned) -> list[str]:
    """Tell who gets the whole which rows nobody got (P8)."""
    if not unowned:
        return []
    named = [(local(value, active_language()), count) for value, count in unowned[:MOST_UNOWNED]]
    told = ", ".join(f"{value or '–'} ({count})" for value, count in named)
    count = sum(rows for _value, rows in unowned)
    sentence = ngettext(
        "%(count)s row belongs to nobody: %(values)s",
        "%(count)s rows belong to nobody: %(values)s",
        count,
    )
    more = _("and more") if len(unowned) > MOST_UNOWNED else ""
    return [" ".join(filter(None, [sentence % {"count": count, "values": told}, more]))]
