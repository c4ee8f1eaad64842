"""A business with a table of sales, a listing of it, and a report that goes out."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from emailketing.accounts.who import Who
from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.contacts.models import Contact, Role
from emailketing.outbox.models import Message
from emailketing.schedule.models import Run
from emailketing.schedule.run_by_hand import run_by_hand
from emailketing.schedule.work import claim
from emailketing.sources.models import Source
from emailketing.triggers.reports.definition.save import save_report
from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.plan import plan_reports
from emailketing.triggers.reports.running.run_report import run_report
from tests.sources.shop import write_connector

NOW = datetime(2026, 11, 30, 10, 0, 5, tzinfo=UTC)  # 07:00:05 in Asunción, a Monday
YESTERDAY = "2026-11-29"
DAILY = {"rule": "FREQ=DAILY", "times": ["07:00"], "zone": "America/Asuncion"} | {
    "free_day": "run",
    "starts": "2026-11-01",
    "ends": None,
}
LISTING = """
[listings.sales]
label = { es = "Ventas", en = "Sales" }
query = "sales.sql"
[[listings.sales.parameters]]
name = "period"
label = { es = "Período", en = "Period" }
type = "period"
default = "yesterday"
[[listings.sales.parameters]]
name = "branch"
label = { es = "Sucursal", en = "Branch" }
default = ""
[[listings.sales.fields]]
path = "branch"
label = { es = "Sucursal", en = "Branch" }
[[listings.sales.fields]]
path = "seller"
label = { es = "Vendedor", en = "Seller" }
[[listings.sales.fields]]
path = "total"
label = "Total"
type = "money"
total = "sum"
"""
QUERY = """SELECT branch, seller, total FROM sale
WHERE day >= :period_from AND day < :period_until
  AND (CAST(:branch AS TEXT) IS NULL OR branch = CAST(:branch AS TEXT)) ORDER BY id"""
Sale = tuple[str | None, str | None, int]


class ReportCast:
    """Everything a report needs to go out; each part may be changed by a test."""

    def __init__(self, folder: Path) -> None:
        self.company = Company.objects.create(pk=1, language="en", name="Estación", is_live=True)
        self.file = folder / "business.db"
        with closing(sqlite3.connect(self.file)) as database:
            database.execute(
                "CREATE TABLE sale (id INTEGER PRIMARY KEY, day TEXT, branch TEXT, seller TEXT,"
                " total INTEGER)"
            )
        self.connector = write_connector(folder / "tienda")
        with (self.connector / "connector.toml").open("a") as file:
            file.write(LISTING)
        (self.connector / "sales.sql").write_text(QUERY)
        self.source = Source.objects.create(
            slug="shop",
            name="Shop",
            connector=str(self.connector),
            dialect="sqlite",
            database=str(self.file),
            created_at=NOW,
        )
        self.sender = Sender.objects.create(
            name="Avisos", from_address="avisos@shop.example", host="127.0.0.1", is_default=True
        )
        self.managers = Role.objects.create(name="Managers")

    def sell(self, *sales: Sale, day: str = YESTERDAY) -> None:
        with closing(sqlite3.connect(self.file)) as database:
            database.executemany(
                "INSERT INTO sale (day, branch, seller, total) VALUES (?, ?, ?, ?)",
                [(day, *sale) for sale in sales],
            )
            database.commit()

    def contact(self, name: str, address: str, **more: Any) -> Contact:
        made = Contact.objects.create(name=name, **({"language": "en"} | more))
        made.addresses.create(value=address)
        return made

    def report(self, **more: Any) -> Report:
        values: dict[str, Any] = {
            "name": "Sales of the day",
            "source": self.source,
            "listing": "shop.sales",
            "schedule": DAILY,
            "recipients": [{"kind": "address", "value": "boss@shop.example", "language": "en"}],
            "mail_class": "report",
            "is_active": True,
        }
        by = more.pop("by", Who("t"))
        return save_report(Report(**(values | more)), by=by, now=NOW - timedelta(hours=1))

    def planned(self, report: Report) -> Run:
        plan_reports(NOW)
        return Run.objects.get(trigger=report.trigger)

    def run(self, report: Report, now: datetime = NOW) -> Run:
        """Plan what is due, do it, and return the newest run.

        Without the thread that renews the lease every two seconds (`test_more`, `test_kills`):
        within a test's transaction it would wait for SQLite's only writer, which is the test.
        """
        self.work(now)
        return Run.objects.filter(trigger=report.trigger).latest("pk")

    def work(self, now: datetime) -> None:
        """Do what is due by then."""
        plan_reports(now)
        while (claimed := claim("one", kind="report", now=now)) is not None:
            run_report(claimed, clock=lambda: now)

    def by_hand(self, report: Report, token: str, **more: Any) -> Run:
        run_by_hand(report.trigger, token, by=Who("t"), now=NOW, **more)
        claimed = claim("one", kind="report", now=NOW)
        assert claimed is not None
        run_report(claimed, clock=lambda: NOW)
        return Run.objects.get(pk=claimed.pk)


def messages() -> list[Message]:
    return list(Message.objects.select_related("dispatch").order_by("pk"))


def rows_in(message: Message) -> list[list[str]]:
    """Return the cells that stand in the mail's table."""
    view = message.dispatch.data["report"]["in_language"][message.language]
    return [[cell["text"] for cell in row["cells"]] for row in view["rows"]]


def total(sales: Iterable[Sale]) -> Decimal:
    return Decimal(sum(sale[2] for sale in sales))
