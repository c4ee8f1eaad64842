"""The page of a run for one reader: his rows, the files, and what the mail said (P8, P11)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from emailketing.common.plain import Entry
from emailketing.company.models import Company
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptMissing, KeptSheet, open_kept
from emailketing.content.sheet.page import SheetPage, sheet_page
from emailketing.content.store import StoreMissing, get
from emailketing.links.models import SignedLink
from emailketing.triggers.reports.models import Report, ReportRun
from emailketing.triggers.reports.running.links import FILES_OF_A_PAGE, PageKey, read_view
from emailketing.triggers.reports.running.read import files_folder, kept_file
from emailketing.triggers.reports.running.shown import order_of

WHOLE = "all"
ENDINGS = (*FILES_OF_A_PAGE, "zip")


class PageGone(Exception):
    """The rows are not kept any more, or the report was deleted."""


@dataclass(frozen=True, slots=True)
class PageAsked:
    """How the reader wants the table: sorted by a column, which page of it."""

    by: str = ""
    is_down: bool = False
    number: int = 1


@dataclass(frozen=True, slots=True)
class SharePage:
    """What is shown."""

    report: Report
    view: Entry
    table: SheetPage
    files: tuple[str, ...]
    kept_until: ReportRun


def report_of_link(link: SignedLink) -> Report:
    """Return the report it is about.

    Raises:
        PageGone: it was deleted.
    """
    number = link.about.rpartition(":")[2]
    found = Report.objects.filter(pk=int(number)).first() if number.isdigit() else None
    if found is None:
        raise PageGone
    return found


def page_of(link: SignedLink, asked: PageAsked) -> SharePage:
    """Return the page of this link's reader: nothing but the file of his own rows is opened (P8).

    Raises:
        PageGone: there is nothing to show any more.
    """
    report, key = report_of_link(link), PageKey.read(link.detail)
    noted = ReportRun.objects.filter(run_id=key.run, report=report, is_kept=True).first()
    if noted is None:
        raise PageGone
    folder = files_folder(key.run, key.share)
    try:
        kept, view = _kept(key), read_view(folder, key, link.language)
    except (KeptMissing, OSError, ValueError, KeyError) as error:
        raise PageGone from error
    frame = SheetFrame(
        title=str(view["title"]),
        zone=str(view["zone"]),
        language=link.language,
        currency=Company.get().currency,
    )
    table = sheet_page(
        kept, frame, usual=order_of(report), by=asked.by, down=asked.is_down, at=asked.number
    )
    return SharePage(report, view, table, tuple(_files(folder / link.language)), noted)


def _kept(key: PageKey) -> KeptSheet:
    whole = kept_file(key.run)
    return open_kept(whole if key.share == WHOLE else whole.with_name(f"{key.share}.sheet"))


def _files(folder: Path) -> Iterator[str]:
    for ending in ENDINGS:
        if any(folder.glob(f"*.{ending}")):
            yield ending


def file_of(link: SignedLink, ending: str) -> Path:
    """Return a file of his.

    Raises:
        PageGone: there is none.
    """
    key = PageKey.read(link.detail)
    folder = files_folder(key.run, key.share) / link.language
    found = sorted(folder.glob(f"*.{ending}")) if ending in ENDINGS else []
    if not found:
        raise PageGone
    return found[0]


def chart_of_page(link: SignedLink) -> bytes:
    """Return the picture that the mail had.

    Raises:
        PageGone: there is none.
    """
    key = PageKey.read(link.detail)
    try:
        view = read_view(files_folder(key.run, key.share), key, link.language)
        chart = view["chart"]
        if not isinstance(chart, dict) or not chart:
            raise PageGone
        return get(str(chart["sha256"]))
    except (OSError, ValueError, KeyError, StoreMissing) as error:
        raise PageGone from error
