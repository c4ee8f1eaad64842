"""The files that go along, in each reader's language; what is too large is zipped, then said."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.audience.ways import Plan
from emailketing.channels.attachments import most_attached
from emailketing.channels.declared import EMAIL
from emailketing.content import formats
from emailketing.content.kinds import local
from emailketing.content.sheet.chart import ChartFailed
from emailketing.content.sheet.column import Labels
from emailketing.content.sheet.csv import CSV, write_kept_csv
from emailketing.content.sheet.file_names import report_file_name
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptSheet
from emailketing.content.sheet.mail import MailContent
from emailketing.content.sheet.pdf import PDF, PdfContent, PdfFailed, make_sheet_pdf
from emailketing.content.sheet.xlsx import XLSX, write_kept_xlsx
from emailketing.content.sheet.zipping import ReportFile, fit_files, size_on_the_wire
from emailketing.outbox.queueing.dispatch import File
from emailketing.triggers.reports.definition.called import name_in
from emailketing.triggers.reports.models import Report

# rows of a paper nobody asked for, which the page offers besides: 20 000 take a core three minutes,
# in each language
MOST_OFFERED = 5_000
Writer = Callable[[Path, KeptSheet, MailContent, SheetFrame], None]


@dataclass(slots=True)
class ReportFiles:
    """What goes along, and language → what could not be made or is too large, in words."""

    files: list[File] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        return sum(len(file.content) for file in self.files)


@dataclass(frozen=True, slots=True)
class FileName:
    """What a file is named after: report, whose rows, period."""

    report: Report
    part: Labels
    period: str

    def said_in(self, language: str) -> tuple[str, str, str]:
        return name_in(self.report, language), local(self.part, language), self.period


@dataclass(frozen=True, slots=True)
class FileContent:
    """What is written into the files: rows, and what of them is shown."""

    sheet: KeptSheet
    shown: MailContent
    name: FileName


def most_attached_by(plan: Plan) -> int:
    """Return how many bytes the sender of a report's mails takes along with one."""
    way = plan.ways.get(EMAIL)
    return most_attached(way.sender if way else None)


def make_files(
    kinds: Collection[str],
    content: FileContent,
    frames: Mapping[str, SheetFrame],
    folder: Path,
    most: int,
    *,
    has_page: bool = False,
) -> ReportFiles:
    """Write the files of a share in each language into its folder, and take them as they fit.

    Args:
        kinds: of files.
        content: what is written into them.
        frames: language → what is said of the table in it.
        folder: of the share.
        most: bytes of a mail that its sender takes; larger ones are zipped, else left out.
        has_page: its readers have a page: all kinds lie there, and what is too large for a mail.
    """
    made = ReportFiles()
    for language, frame in frames.items():
        own, said = folder / language, made.left_out.setdefault(language, [])
        own.mkdir(parents=True, exist_ok=True)
        written = list(_written(kinds, content, frame, own, said))
        if has_page:
            more = (kind for kind in _of_a_page(content.sheet) if kind not in kinds)
            list(_written(more, content, frame, own, []))
        fitted = fit_files(written, most, own, name=content.name.said_in(language))
        if not fitted.fits:
            said.append(_too_large(fitted.files, language, has_page=has_page))
            continue
        for file in fitted.files:
            made.files.append(
                File(
                    file_name=file.file_name,
                    mime_type=file.mime_type,
                    content=file.path.read_bytes(),
                    language=language,
                )
            )
    return made


def _written(
    kinds: Iterable[str], content: FileContent, frame: SheetFrame, folder: Path, said: list[str]
) -> Iterator[ReportFile]:
    for kind in kinds:
        mime_type, write = WRITERS[kind]
        path = folder / report_file_name(*content.name.said_in(frame.language), kind)
        try:
            write(path, content.sheet, content.shown, frame)
        except (PdfFailed, ChartFailed) as error:
            said.append(str(error))
        else:
            yield ReportFile(path, path.name, mime_type)


def _pdf(path: Path, sheet: KeptSheet, content: MailContent, frame: SheetFrame) -> None:
    shown = PdfContent(
        group=content.group, order=content.order, figures=content.figures, chart=content.chart
    )
    path.write_bytes(make_sheet_pdf(sheet, shown, frame))


def _xlsx(path: Path, sheet: KeptSheet, content: MailContent, frame: SheetFrame) -> None:
    with path.open("wb") as file:
        write_kept_xlsx(file, sheet, frame, order=content.order, group=content.group)


def _csv(path: Path, sheet: KeptSheet, content: MailContent, frame: SheetFrame) -> None:
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        file.writelines(write_kept_csv(sheet, frame, content.order))


WRITERS: dict[str, tuple[str, Writer]] = {
    "pdf": (PDF, _pdf),
    "xlsx": (XLSX, _xlsx),
    "csv": (CSV, _csv),
}


def _of_a_page(sheet: KeptSheet) -> Iterator[str]:
    """Name what a page offers; a paper of very many rows only where the report asks for it."""
    for kind in WRITERS:
        if kind != "pdf" or sheet.count <= MOST_OFFERED:
            yield kind


def _too_large(files: Iterable[ReportFile], language: str, *, has_page: bool) -> str:
    given = list(files)
    with translation.override(language):
        size = formats.number(round(size_on_the_wire(given) / 1_000_000, 1), language)
        sentence = (
            _("%(file)s is too large for a mail (%(size)s MB): it is on the page of the report.")
            if has_page
            else _("%(file)s is too large for a mail (%(size)s MB).")
        )
        return sentence % {"file": given[0].file_name, "size": size}
