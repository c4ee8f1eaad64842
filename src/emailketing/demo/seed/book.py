"""The rows of the invented past, gathered in memory and written in blocks."""

from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import insert, text

from emailketing.demo.database import Cell, Database, Row, table_names

NUMBERED = 'SELECT setval(pg_get_serial_sequence(:name, :key), (SELECT max(id) FROM "%s"))'


class SeedBook:
    """Gathers rows by table and gives them their keys; the same `value` gives the same rows."""

    def __init__(self, *, today: date, value: int, days: int) -> None:
        self.today = today
        self.first_day = today - timedelta(days=days)
        self.random = Random(value)  # noqa: S311 - invented data, no secret
        # its own: what was invented before it was there stays as it is
        self.ledger_random = Random(value + 1)  # noqa: S311
        self.tables: dict[str, list[Row]] = {name: [] for name in table_names()}
        self.accounts: dict[str, int] = {}  # code → key
        self.group_accounts: dict[int, Row] = {}  # group → the codes of its accounts

    def add(self, table: str, **values: Cell) -> int:
        """Add a row; return its key."""
        rows = self.tables[table]
        rows.append({"id": len(rows) + 1, **values})
        return len(rows)

    def put(self, table: str, **values: Cell) -> None:
        """Add a row of a table whose key is not a number of ours."""
        self.tables[table].append(values)

    def get(self, table: str, key: int) -> Row:
        return self.tables[table][key - 1]

    def next_number(self, code: str) -> str:
        for row in self.tables["numeracion"]:
            if row["codigo"] == code:
                row["ultimo"] += 1
                return f"{row['prefijo']}{row['ultimo']:0{row['cifras']}}"
        raise LookupError(code)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def moment(self, day: date, hour: float) -> datetime:
        """Return a moment about that hour of the day."""
        minutes = round(hour * 60) + self.random.randint(-20, 20)
        return datetime.combine(day, time()) + timedelta(
            minutes=minutes, seconds=self.random.randint(0, 59)
        )

    def ledger_moment(self, day: date) -> datetime:
        """Return a moment of that day's afternoon; no draw of `random` is used up."""
        minutes = self.ledger_random.randint(14 * 60, 17 * 60)
        return datetime.combine(day, time()) + timedelta(minutes=minutes)

    def save(self, database: Database) -> None:
        with database.engine.begin() as connection:
            for name, rows in self.tables.items():
                for block in _alike(rows):
                    connection.execute(insert(database.tables[name]), block)
            if database.engine.dialect.name == "postgresql":
                for name, rows in self.tables.items():
                    if rows and "id" in database.tables[name].c:
                        connection.execute(text(NUMBERED % name), {"name": name, "key": "id"})


def _alike(rows: list[Row]) -> list[list[Row]]:
    """Rows written together must have the same columns."""
    blocks: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        blocks.setdefault(tuple(row), []).append(row)
    return list(blocks.values())
