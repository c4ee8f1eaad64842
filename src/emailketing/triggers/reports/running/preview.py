"""A report as it would go out now, on today's data; nothing is sent and no run is kept."""

import base64
import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from emailketing.accounts.who import Who
from emailketing.audience.ways import Plan, plan_of, templates_of
from emailketing.channels.declared import EMAIL
from emailketing.common.language import active_language
from emailketing.common.plain import Values
from emailketing.common.said import sentence_of
from emailketing.common.unwanted import OnUnwanted, always_wanted
from emailketing.content.frozen_look import logo_of
from emailketing.content.kinds import local
from emailketing.content.models import Revision
from emailketing.content.render import Rendered, render
from emailketing.content.report_chart import pictures_of
from emailketing.content.sheet.chart import ChartFailed
from emailketing.content.sheet.kept import KeptSheet
from emailketing.content.sheet.pdf import PdfContent, PdfFailed, draw_first_page
from emailketing.listings.errors import NotForYou
from emailketing.listings.reading.limits import Limits
from emailketing.listings.right import may_see
from emailketing.outbox.queueing.dispatch import File
from emailketing.schedule.models import Run
from emailketing.triggers.reports.definition.asked import values_before
from emailketing.triggers.reports.definition.button import dead_buttons
from emailketing.triggers.reports.models import Report, ReportRun
from emailketing.triggers.reports.running.ended import RunEnded
from emailketing.triggers.reports.running.files import most_attached_by
from emailketing.triggers.reports.running.freeze import ShareMaterial, freeze_share
from emailketing.triggers.reports.running.judge import judge_run
from emailketing.triggers.reports.running.read import ReadRun, fingerprint_of, keep_rows
from emailketing.triggers.reports.running.shares import Share, shares_of, sheet_of
from emailketing.triggers.reports.running.shown import before_of, content_of, frames_of
from emailketing.triggers.reports.running.trend import past_of

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
    unowned: list[tuple[str, int]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    paper: bytes = b""
    verdict: str = ""


def preview_report(  # noqa: PLR0913 - what, when, for whom and how long
    report: Report,
    *,
    now: datetime,
    language: str,
    folder: Path,
    part: str = "",
    by: Who | str = "",
    on_unwanted: OnUnwanted = always_wanted,
) -> ReportPreview:
    """Read the listing as at this moment and write everything out.

    Args:
        report: may be unsaved, but `check` accepts it.
        now: periods are of it.
        language: of the reader.
        folder: where rows and files are written; whoever calls takes it away.
        part: of the share to be shown (“Casa Central”); empty: the whole.
        by: who looks, and may see its listing.
        on_unwanted: is told what ends the reading.

    Raises:
        RunEnded, RunLost, RenderFailed, StoreFull: it cannot be made, or nobody wants it any more.
    """
    reads = _Reads(report, now, folder, by, on_unwanted)
    kept, plan = reads.rows(), plan_of(report)
    divided = shares_of(report, Run(trigger=report.trigger, instant=now), kept, plan)
    share = _share_of(divided.shares, part, language)
    material = _material(report, share, kept, reads.rows_before(), now, plan)
    frozen = freeze_share(material, [language], "", folder / "files")
    texts = dict(_texts(report, frozen.data, language))
    return ReportPreview(
        mail=texts.pop(EMAIL, Rendered("", "", "")),
        rows=material.sheet.count,
        phones={channel: words.text for channel, words in texts.items()},
        files=frozen.files.files,
        shares=[_told(report, one, kept, language) for one in divided.shares],
        unowned=[(local(value, language), count) for value, count in divided.unowned],
        problems=list(dict.fromkeys([*divided.problems, *dead_buttons(report, language, now)])),
        paper=_paper(material, language) if "pdf" in report.files else b"",
        verdict=_verdict(report, kept, now),
    )


@dataclass(frozen=True, slots=True)
class _Reads:
    """Asks the listing as at this moment, for whoever looks and as long as he does."""

    report: Report
    now: datetime
    folder: Path
    by: Who | str
    on_unwanted: OnUnwanted

    def rows(self) -> KeptSheet:
        """Return the rows.

        Raises:
            RunEnded: the listing gives no answer, or is not for who looks.
            RunLost: nobody wants it any more.
        """
        if not may_see(self.by, self.report.listing):
            raise RunEnded(NotForYou(name=self.report.listing).said)
        return self._kept(self.folder)

    def rows_before(self) -> KeptSheet | None:
        """Return the rows it is compared with; None: it is compared with none."""
        values = values_before(self.report, self.now)
        return None if values is None else self._kept(self.folder / "before", values)

    def _kept(self, folder: Path, values: Values | None = None) -> KeptSheet:
        return keep_rows(
            self.report,
            self.now,
            folder / "all.sheet",
            on_unwanted=self.on_unwanted,
            limits=AT_MOST,
            values=values,
        )


def _material(
    report: Report,
    share: Share,
    kept: KeptSheet,
    before: KeptSheet | None,
    now: datetime,
    plan: Plan,
) -> ShareMaterial:
    return ShareMaterial(
        report=report,
        instant=now,
        read_at=now,
        sheet=sheet_of(report, share, kept),
        before=sheet_of(report, share, before) if before is not None else None,
        part=share.part,
        past=past_of(report, now) if share.values is None else {},
        most_attached=most_attached_by(plan),
    )


def _share_of(shares: Iterable[Share], part: str, language: str) -> Share:
    named = ((local(one.part, language), one) for one in shares)
    return next((one for name, one in named if part and name == part), Share(()))


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
    shown = content_of(report, sheet, then, material.past)
    content = PdfContent(
        group=shown.group, order=shown.order, figures=shown.figures, chart=shown.chart
    )
    try:
        return draw_first_page(sheet, content, frames[language])
    except (PdfFailed, ChartFailed):
        return b""


def _told(report: Report, share: Share, kept: KeptSheet, language: str) -> SharePreview:
    people = tuple(one.name or one.address for one in share.people)
    part = local(share.part, language)
    return SharePreview(part, people, sheet_of(report, share, kept).count)


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
    for picture in pictures_of(page, data, language):
        inside = _inside("image/png", picture.content)
        page = page.replace(f'"cid:{picture.name}"', f'"{inside}"')
    return Rendered(words.subject, page, words.text)


def _inside(mime_type: str, content: bytes) -> str:
    return f"data:{mime_type};base64,{base64.b64encode(content).decode()}"


def values_now(
    report: Report,
    column: str,
    *,
    now: datetime,
    folder: Path,
    by: Who | str = "",
    on_unwanted: OnUnwanted = always_wanted,
) -> dict[str, list[str]]:
    """Return the values that stand in a column today, and all the names of each (`names_of`).

    Raises:
        RunEnded: the listing gives no answer, or is not for who looks.
        RunLost: nobody wants it any more.
    """
    asked = copy.copy(report)
    asked.rows_by = {"column": column, "kind": "address"}
    kept = _Reads(asked, now, folder, by, on_unwanted).rows()
    shown, values = kept.column(column), (value for value, _count in kept.values_of(column))
    return {
        local(shown.called(value), active_language()): shown.names_of(value)
        for value in values
        if value not in (None, "")
    }
