"""A business with sales and a report of them, behind the console's pages."""

from datetime import datetime, timedelta
from pathlib import Path

from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.work import work_off
from tests.triggers.reports.cast import ReportCast


class ReportDesk:
    """What the pages of reports show: the shop, its report, and its runs done at once."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.later = now + timedelta(minutes=5)
        self.cast = ReportCast(folder)
        self.cast.company.language = "es"
        self.cast.company.save()

    def report(self, **more: object) -> Report:
        return self.cast.report(**{"files": ["csv"], **more})

    def work(self) -> None:
        """Do what is due by now, as the process of the reports does."""
        work_off("one", lambda: self.later)
