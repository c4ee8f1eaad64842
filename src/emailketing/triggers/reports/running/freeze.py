"""What a share's messages are made of: figures, table, files, frozen in the readers' languages."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from django.utils import translation

from emailketing.audience.template_data import template_data
from emailketing.channels.attachments import A_MEGABYTE, DEFAULT_MB
from emailketing.common.document import Document
from emailketing.common.plain import Cell, Entry
from emailketing.company.models import Company
from emailketing.content.sheet.column import Labels
from emailketing.content.sheet.kept import KeptSheet
from emailketing.content.sheet.mail import freeze_report
from emailketing.content.sheet.mail_text import folded
from emailketing.triggers.reports.definition.asked import period_of_run
from emailketing.triggers.reports.definition.readers import whom_to_write
from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.files import (
    FileContent,
    FileName,
    ReportFiles,
    make_files,
)
from emailketing.triggers.reports.running.shown import before_of, content_of, frames_of, title_of
from emailketing.triggers.reports.running.trend import Past

Notes = Callable[[], list[str]]  # said in the active language


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareMaterial:
    """The rows of a share, and what is said of them.

    Attributes:
        instant: what it is about (P2).
        sheet, before: its rows, and those of the period they are compared with.
        part: what its rows have in common; empty for the whole.
        number: of the run.
        is_new: says of a row whether the run before did not have it.
        notes: what else its readers should know.
        past: what its figures came to in the runs before.
        most_attached: bytes that the sender of the mail takes.
        has_page: its readers get a link to a page, which has files that no mail carries.
    """

    report: Report
    instant: datetime
    read_at: datetime
    sheet: KeptSheet
    before: KeptSheet | None = None
    part: Labels = ""
    number: str = ""
    is_new: Callable[[Sequence[Cell]], bool] | None = None
    notes: Notes = list
    past: Past = field(default_factory=dict)
    most_attached: int = DEFAULT_MB * A_MEGABYTE
    has_page: bool = False

    @property
    def title(self) -> str:
        return title_of(self.report, self.part, Company.get().language)


@dataclass(frozen=True, slots=True)
class FrozenShare:
    """What templates are told, and the files."""

    data: Entry
    files: ReportFiles = field(default_factory=ReportFiles)


def freeze_share(
    material: ShareMaterial, languages: Iterable[str], zone: str, folder: Path
) -> FrozenShare:
    """Write out what readers of these languages in one zone get; files go into the folder.

    Raises:
        StoreFull: the chart cannot be kept.
    """
    report, sheet = material.report, material.sheet
    frames = frames_of(
        report,
        material.instant,
        made_at=material.read_at,
        languages=languages,
        zone=zone,
        part=material.part,
    )
    period = period_of_run(report, material.instant, Company.get().language)
    then = before_of(report, material.instant, material.before, frames) if material.before else None
    shown = replace(content_of(report, sheet, then, material.past), is_new=material.is_new)
    content = FileContent(sheet, shown, FileName(report, material.part, period.short))
    files = make_files(
        report.files,
        content,
        frames,
        folder,
        material.most_attached,
        has_page=material.has_page,
    )
    view = freeze_report(sheet, replace(shown, has_files=bool(files.files)), frames)
    _add_notes(view, material, files)
    document = Document(
        type="report",
        key=str(report.pk),
        number=material.number,
        label=f"{material.title} {period.words}".strip(),
    )
    return FrozenShare(template_data(document) | {"report": view}, files)


def _add_notes(view: Entry, material: ShareMaterial, files: ReportFiles) -> None:
    several = view["in_language"]
    for language, said in several.items() if isinstance(several, dict) else ():
        with translation.override(language):
            more = [*files.left_out.get(language, ()), *material.notes()]
        said["notes"] = [*said["notes"], *more]
        said["text"] = "\n".join([str(said["text"]), *map(folded, more)])
        with translation.override(language):
            said["leave"] = whom_to_write(material.report)
