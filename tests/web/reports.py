"""A business with sales and a report of them, behind the console's pages."""

from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

from emailketing.triggers.reports.models import Report
from tests.triggers.reports.cast import ReportCast, Sale

ZONE = ZoneInfo("America/Asuncion")


class ReportDesk:
    """What the pages of reports show: the shop, its report, and its runs done at once."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.later = now + timedelta(minutes=5)
        self._today = now.astimezone(ZONE).date()
        self.cast = ReportCast(folder)
        self.cast.company.language = "es"
        self.cast.company.save()

    def report(self, **more: object) -> Report:
        return self.cast.report(**{"files": ["csv"], **more})

    def sell_yesterday(self, *sales: Sale) -> None:
        """Sell on the company's own day before; today as well: midnight may come meanwhile."""
        for day in (self._today - timedelta(days=1), self._today):
            self.cast.sell(*sales, day=day.isoformat())

    def work(self) -> None:
        """Do what is due by now, as the process of the reports does."""
        self.cast.work(self.later)


class _Entries(HTMLParser):
    """What a browser would send of the form with this id, as it stands on the page."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._form, self._is_in, self._select = form, False, ""
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_in = has.get("id") == self._form
        if not self._is_in:
            return
        if tag == "select":
            self._select, self._options = has.get("name", ""), []
        elif tag == "option":
            self._options.append((has.get("value", ""), "selected" in has))
        elif tag == "input" and self._is_sent(has):
            default = "on" if has.get("type") == "checkbox" else ""
            self.sent.setdefault(has["name"], []).append(has.get("value", default))

    def _is_sent(self, has: dict[str, str]) -> bool:
        return "name" in has and (has.get("type") != "checkbox" or "checked" in has)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_in = False
        if tag == "select" and self._is_in and self._options:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            self.sent[self._select] = chosen[:1] or [self._options[0][0]]


def entries(page: str, form: str = "step") -> dict[str, list[str]]:
    """Return what the form on the page would send untouched."""
    found = _Entries(form)
    found.feed(page)
    return found.sent
