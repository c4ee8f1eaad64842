"""A business with vehicles whose inspections are due, and an occasion that reminds of them."""

import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from emailketing.contacts.models import Address, Contact
from emailketing.sources.models import Source
from emailketing.triggers.occasions.models import DatesRead, Occasion
from emailketing.triggers.occasions.running.read_dates import read_dates
from tests.sources.shop import write_connector
from tests.triggers.occasions.cast import BEFORE, NINE, occasion

TODAY = date(2026, 12, 8)  # of NINE, in Asunción
DUE = TODAY + timedelta(days=7)
LISTING = """
[listings.inspections]
label = { es = "Inspecciones", en = "Inspections" }
query = "inspections.sql"
[listings.inspections.dates]
kind = "inspection"
date = "due"
of = "plate"
[[listings.inspections.parameters]]
name = "only"
label = { es = "Solo", en = "Only" }
default = ""
[[listings.inspections.fields]]
path = "plate"
label = { es = "Chapa", en = "Plate" }
[[listings.inspections.fields]]
path = "due"
label = { es = "Vence", en = "Due" }
type = "date"
[[listings.inspections.fields]]
path = "kind"
label = { es = "Tipo", en = "Kind" }
[listings.inspections.fields.choices]
t = { es = "camión", en = "truck" }
"""
QUERY = """SELECT owner AS _contact, plate, due, kind FROM vehicle
WHERE :only IS NULL OR kind = :only ORDER BY id"""
DAY = {
    "kind": "listing",
    "listing": "shop.inspections",
    "date": "due",
    "party": "_contact",
    "of": "plate",
    "offset": -7,
}
Vehicle = tuple[Any, Any, Any]  # owner, plate, date


class Fleet:
    """The business: its vehicles, and the source that lists them."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "business.db"
        self.run(
            "CREATE TABLE vehicle (id INTEGER PRIMARY KEY, owner TEXT, plate TEXT, due, kind TEXT)"
        )
        self.connector = write_connector(folder / "tienda")
        with (self.connector / "connector.toml").open("a") as file:
            file.write(LISTING)
        (self.connector / "inspections.sql").write_text(QUERY)
        self.source = Source.objects.create(
            slug="shop",
            name="Shop",
            connector=str(self.connector),
            dialect="sqlite",
            database=str(self.file),
            created_at=BEFORE,
        )

    def run(self, statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.file)) as database, database:
            database.execute(statement, values)

    def add(self, *vehicles: Vehicle) -> None:
        with closing(sqlite3.connect(self.file)) as database, database:
            rows = [(owner, plate, _plain(due), "t") for owner, plate, due in vehicles]
            database.executemany(
                "INSERT INTO vehicle (owner, plate, due, kind) VALUES (?, ?, ?, ?)", rows
            )

    def moved(self, plate: str, due: Any) -> None:
        self.run("UPDATE vehicle SET due = ? WHERE plate = ?", _plain(due), plate)

    def gone(self) -> None:
        self.file.rename(self.file.with_suffix(".away"))

    def back(self) -> None:
        self.file.with_suffix(".away").rename(self.file)


def owner(number: int, *places: str, name: str = "", **values: Any) -> Contact:
    made = Contact.objects.create(
        source="shop", key=f"customer:{number}", name=name or f"Flota {number}", **values
    )
    for value in places or (f"flota{number}@x.test",):
        Address.objects.create(contact=made, kind="email" if "@" in value else "phone", value=value)
    return made


def reminder(now: datetime = BEFORE, **values: Any) -> Occasion:
    return occasion(now, **{"name": "Inspección", "day": DAY} | values)


def read(made: Occasion, now: datetime = NINE) -> DatesRead:
    read_dates(made, now=now)
    return DatesRead.objects.get(occasion=made)


def _plain(due: Any) -> Any:
    return due.isoformat() if isinstance(due, date) else due
