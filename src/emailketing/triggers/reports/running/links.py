"""The links that a run gives each of its readers: to the page of his rows, and to his own choice.

Only where they lead somewhere (`why_no_links`); else the mail says whom to write to (P9, P11).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from emailketing.common.plain import JSON, Entry
from emailketing.links.out import Links, out_links
from emailketing.links.public_address import are_links_written
from emailketing.links.signed import LinkReader, make_link, url_of
from emailketing.outbox.queueing.dispatch import Recipient
from emailketing.triggers.reports.definition.pages import PAGE
from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.read import ReadRun

VIEW = "view.json"
FILES_OF_A_PAGE = ("pdf", "xlsx", "csv")


@dataclass(frozen=True, slots=True)
class PageKey:
    """Which rows of which run a link leads to, as it stands in the link's row."""

    run: int
    share: str
    zone: str = ""

    def __str__(self) -> str:
        return f"{self.run}/{self.share}/{self.zone}"

    @classmethod
    def read(cls, text: str) -> "PageKey":
        run, share, zone = text.split("/", 2)
        return cls(int(run), share, zone)

    def view_file(self, folder: Path) -> Path:
        return folder / (f"{self.zone.replace('/', '_') or 'company'}.{VIEW}")


def with_links(
    people: Iterable[Recipient],
    report: Report,
    read: ReadRun,
    key: PageKey,
    *,
    now: datetime,
) -> tuple[Recipient, ...]:
    """Give each his links among his own data; nothing where none are written."""
    several = tuple(people)
    if not are_links_written(now):
        return several
    own = out_links(report.trigger, [_reader(one) for one in several], now=now)
    return tuple(_with_links(one, report, read, key, own, now=now) for one in several)


def _reader(one: Recipient) -> LinkReader:
    return LinkReader(one.channel, one.address, one.name, one.language)


def _with_links(
    one: Recipient, report: Report, read: ReadRun, key: PageKey, own: Links, *, now: datetime
) -> Recipient:
    reader = _reader(one)
    page = make_link(
        PAGE,
        report.trigger,
        reader,
        now=now,
        detail=str(key),
        expires_at=read.noted.expires_at,
    )
    copy = own[one.channel, one.address.strip().lower()]
    ours = {"_page": url_of(page), "_copy": url_of(copy)}
    return replace(one, fields={**one.fields, **ours})


def keep_view(folder: Path, key: PageKey, frozen: JSON) -> None:
    """Keep what the mail says, for the page: figures, chart and words are the same (P7)."""
    folder.mkdir(parents=True, exist_ok=True)
    key.view_file(folder).write_text(json.dumps(frozen), encoding="utf-8")


def read_view(folder: Path, key: PageKey, language: str) -> Entry:
    """Return it in this language.

    Raises:
        OSError, ValueError: it is not there any more.
    """
    several = json.loads(key.view_file(folder).read_text(encoding="utf-8"))["in_language"]
    found: Entry = several.get(language) or next(iter(several.values()))
    return found
