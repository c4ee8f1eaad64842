"""A report as it would go out now, on today's data; nothing is sent and no run is kept."""

import base64
import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from emailketing.accounts.who import Who
from emailketing.audience.ways import plan_of, templates_of
from emailketing.channels.declared import EMAIL
from emailketing.common.plain import Values
from emailketing.common.said import sentence_of
from emailketing.content.frozen_look import logo_of
from emailketing.content.models import Revision
from emailketing.content.render import Rendered, render
from emailketing.content.report_chart import chart_of
from emailketing.content.sheet.chart import ChartFailed
from emailketing.content.sheet.kept import KeptSheet
from emailketing.content.sheet.pdf import PdfContent, PdfFailed, draw_first_page
from emailketing.listings.errors import NotForYou
from emailketing.listings.reading.limits import Limits
from emailketing.listings.right import may_see
from emailketing.outbox.queueing.dispatch import File
from emailketing.schedule.models import Run
from emailketing.triggers.reports.definition.asked import values_before
from emailketing.triggers.reports.models import Report, ReportRun
from emailketing.triggers.reports.running.ended import RunEnded
from emailketing.triggers.reports.running.files import most_attached_by
from emailketing.triggers.reports.running.freeze import ShareMaterial, freeze_share
from emailketing.triggers.reports.running.judge import judge_run
from emailketing.triggers.reports.running.read import ReadRun, fingerprint_of, keep_rows
from emailketing.triggers.reports.running.shares import Share, Unowned, shares_of, sheet_of
from emailketing.triggers.reports.running.shown import before_of, content_of, frames_of

AT_MOST = Limits(rows=100_000, seconds=30)


@dataclass(frozen=True, slots=True)
class SharePreview:
    """Who would get which rows."""

    part: str
    people: tuple[str, ...]
    rows: int


@dataclass(slots=True)
class ReportPreview:
    """What would go out.

    Attributes:
        mail: subject, HTML with its pictures inside, text.
        phones: channel → text.
        paper: the first page of the PDF as a picture (PNG), where one goes along.
        verdict: why nothing would be sent; empty where something would.
    """

    mail: Rendered
    rows: int
    phones: dict[str, str] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    shares: list[SharePreview] = field(default_factory=list)
    unowned: Unowned = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    paper: bytes = b""
    verdict: str = ""


def preview_report(
    report: Report,
    *,
    now: datetime,
    language: str,
    folder: Path,
    part: str = "",
    by: Who | str = "",
) -> ReportPreview:
    """Read the listing as at this moment and write everything out.

    Args:
        report: may be unsaved, but `check` accepts it.
        now: periods are of it.
        language: of the reader.
        folder: where rows and files are written; whoever calls takes it away.
        part: of the share to be shown (“Casa Central”); empty: the whole.
        by: who looks, and may see its listing.

    Raises:
        RunEnded: the listing gives no answer, or is not for who looks.
        RenderFailed, StoreFull: it cannot be written.
    """
    kept = _read(report, now, folder, by)
    plan = plan_of(report)
    divided = shares_of(report, Run(trigger=report.trigger, instant=now), kept, plan)
    share = next((one for one in divided.shares if part and one.part == part), Share(()))
    sheet = sheet_of(report, share, kept)
    material = ShareMaterial(
        report=report,
        instant=now,
        read_at=now,
        sheet=sheet,
        before=_before(report, now, share, folder),
        part=share.part,
        most_attached=most_attached_by(plan),
    )
    frozen = freeze_share(material, [language], "", folder / "files")
    texts = dict(_texts(report, frozen.data, language))
    return ReportPreview(
        mail=texts.pop(EMAIL, Rendered("", "", "")),
        rows=sheet.count,
        phones={channel: words.text for channel, words in texts.items()},
        files=frozen.files.files,
        shares=[_told(report, one, kept) for one in divided.shares],
        unowned=divided.unowned,
        problems=list(dict.fromkeys(divided.problems)),
        paper=_paper(material, language) if "pdf" in report.files else b"",
        verdict=_verdict(report, kept, now),
    )


def _read(report: Report, now: datetime, folder: Path, by: Who | str) -> KeptSheet:
    if not may_see(by, report.listing):
        raise RunEnded(NotForYou(name=report.listing).said)
    return keep_rows(report, now, folder / "all.sheet", limits=AT_MOST)


def _paper(material: ShareMaterial, language: str) -> bytes:
    """Draw the first page; nothing where it cannot be set: the mail says so."""
    report, sheet = material.report, material.sheet
    frames = frames_of(
        report,
        material.instant,
        made_at=material.read_at,
        languages=[language],
        part=material.part,
    )
    before = material.before
    then = before_of(report, material.instant, before, frames) if before is not None else None
    shown = content_of(report, sheet, then)
    content = PdfContent(
        group=shown.group, order=shown.order, figures=shown.figures, chart=shown.chart
    )
    try:
        return draw_first_page(sheet, content, frames[language])
    except (PdfFailed, ChartFailed):
        return b""


def _before(report: Report, now: datetime, share: Share, folder: Path) -> KeptSheet | None:
    values = values_before(report, now)
    if values is None:
        return None
    path = folder / "before" / "all.sheet"
    return sheet_of(report, share, keep_rows(report, now, path, limits=AT_MOST, values=values))


def _told(report: Report, share: Share, kept: KeptSheet) -> SharePreview:
    people = tuple(one.name or one.address for one in share.people)
    return SharePreview(share.part, people, sheet_of(report, share, kept).count)


def _verdict(report: Report, kept: KeptSheet, now: datetime) -> str:
    if report._state.adding and report.only_changed:
        return ""  # there is no run before to compare with
    fingerprint = fingerprint_of(kept) if report.only_changed else ""
    noted = ReportRun(fingerprint=fingerprint, read_at=now, expires_at=now)
    try:
        judge_run(report, ReadRun(kept, noted))
    except RunEnded as ended:
        return sentence_of(ended)
    return ""


def _texts(report: Report, data: Values, language: str) -> Iterator[tuple[str, Rendered]]:
    reader = {**data, "recipient": {"name": "", "language": language}}
    for channel, template in templates_of(report).items():
        revision = template.current(language)
        if revision is not None:
            words = render(revision, reader, language=language)
            yield channel, _with_pictures(revision, words, data, language)


def _with_pictures(revision: Revision, words: Rendered, data: Values, language: str) -> Rendered:
    """Put the pictures into the page: nobody is asked for them (S12)."""
    page = words.html
    if logo := logo_of(revision):
        page = page.replace("cid:logo", _inside(logo.mime_type, logo.content))
    if chart := chart_of(page, data, language):
        page = page.replace("cid:chart", _inside("image/png", chart.content))
    return Rendered(words.subject, page, words.text)


def _inside(mime_type: str, content: bytes) -> str:
    return f"data:{mime_type};base64,{base64.b64encode(content).decode()}"


def values_now(
    report: Report, column: str, *, now: datetime, folder: Path, by: Who | str = ""
) -> list[str]:
    """Return the values that stand in a column today: what says whose a row is.

    Raises:
        RunEnded: the listing gives no answer, or is not for who looks.
    """
    if not may_see(by, report.listing):
        raise RunEnded(NotForYou(name=report.listing).said)
    asked = copy.copy(report)
    asked.rows_by = {"column": column, "kind": "address"}
    kept = keep_rows(asked, now, folder / "all.sheet", limits=AT_MOST)
    return [str(value) for value, _count in kept.values_of(column) if value not in (None, "")]
