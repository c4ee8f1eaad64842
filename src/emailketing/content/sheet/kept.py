"""One read, kept in a file of its own: mail, page, files and rows per recipient come from it (P7).

An SQLite file, written in one go and never changed: any number of processes may read it. It is
written and read row by row; memory stays flat (P5).
"""

import json
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Literal, TypeAlias, TypeVar

from emailketing.common.plain import Cell
from emailketing.content.sheet.cells import LONGEST
from emailketing.content.sheet.column import Column, check_columns, from_plain, to_plain
from emailketing.content.sheet.keeping import Kept, NotThatKind, keeper, kept_as_it_is, reader
from emailketing.content.sheet.totals import ColumnTotals
from emailketing.content.words import sayer

# ruff: noqa: S608 - column names are c0, c1 …; everything else is a parameter

Held = TypeVar("Held", Cell, Kept)
Where: TypeAlias = tuple[str, Cell]  # (name of a column, its value)
Flaw: TypeAlias = Literal["kind", "cut"]


class KeptMissing(Exception):
    """The rows of a run are gone, or the file is not one of ours."""


@dataclass(frozen=True, slots=True)
class Flaws:
    """How many cells of a column are not of its kind ("kind"), or were too long ("cut") (P6)."""

    column: str
    flaw: Flaw
    count: int


@dataclass(frozen=True, slots=True)
class KeptSheet:
    """The rows of one read, with the values that the business has; `said_in` a language its words.

    Whose a row is, what is new and what is counted are asked of those values; only what is written
    for a reader is said, and sorted, in his words.
    """

    path: Path
    columns: tuple[Column, ...]
    count: int
    flaws: tuple[Flaws, ...] = ()
    _totals: tuple[Cell, ...] = field(default=(), repr=False)
    _sayers: Mapping[int, Callable[[str], str]] = field(
        default_factory=dict, repr=False
    )  # place → what says it

    def said_in(self, language: str) -> "KeptSheet":
        """Return the same rows, whose values are called as this language calls them."""
        places = [place for place, column in enumerate(self.columns) if column.words]
        said = {place: sayer(self.columns[place].words, language) for place in places}
        return replace(self, _sayers=said)

    def said(self, row: Sequence[Held]) -> tuple[Held, ...]:
        """Say a row that was yielded unsaid."""
        return tuple([self._word(place, value) for place, value in enumerate(row)])

    def _word(self, place: int, value: Held) -> Held:
        say = self._sayers.get(place)
        return say(value) if say and isinstance(value, str) else value

    def rows(
        self,
        where: Where | None = None,
        order: Sequence[tuple[str, bool]] = (),
        limit: int | None = None,
        offset: int = 0,
        *,
        unsaid: bool = False,
    ) -> Iterator[tuple[Cell, ...]]:
        """Yield the rows, in the order they were read.

        Args:
            where: only those with this value in this column, exactly as it was read.
            order: columns to sort by, and whether the greatest comes first; empty cells and those
                of another kind are last.
            limit: so many of them.
            offset: after so many.
            unsaid: sorted as they are said, but with the values that the business has.
        """
        readers = [reader(column) for column in self.columns]
        for row in self.kept_rows(where, order, limit, offset, unsaid=unsaid):
            yield tuple([read(value) for read, value in zip(readers, row, strict=True)])

    def kept_rows(
        self,
        where: Where | None = None,
        order: Sequence[tuple[str, bool]] = (),
        limit: int | None = None,
        offset: int = 0,
        *,
        unsaid: bool = False,
    ) -> Iterator[tuple[Kept, ...]]:
        """Yield the same rows as they are kept: numbers and dates as text, for files of many."""
        clause, given = self._where(where)
        names = ", ".join(f"c{number}" for number in range(len(self.columns)))
        by = ", ".join([*(self._key(name, is_down) for name, is_down in order), "n"])
        sql = f"SELECT {names} FROM sheet{clause} ORDER BY {by} LIMIT ? OFFSET ?"
        with closing(self._opened()) as database:
            rows = database.execute(sql, (*given, -1 if limit is None else limit, offset))
            yield from map(self.said, rows) if self._sayers and not unsaid else rows

    def column(self, name: str) -> Column:
        return self.columns[self._number(name)]

    def totals(self) -> tuple[Cell, ...]:
        """Return for each column what it comes to, None where it has no total."""
        return self._totals

    def values_of(self, name: str) -> list[tuple[Cell, int]]:
        """Return the values that stand in a column and in how many rows, as they first come."""
        column, place = self._cell(name), self._number(name)
        read = reader(self.columns[place])
        sql = f"SELECT {column}, count(*), min(n) FROM sheet GROUP BY {column} ORDER BY min(n)"
        with closing(_opened(self.path)) as database:
            found = [(read(value), int(count)) for value, count, _first in database.execute(sql)]
        return [(self._word(place, value), count) for value, count in found]

    def added_up(
        self, name: str, values: Sequence[str], *, by_label: bool = False
    ) -> Iterator[tuple[Cell, tuple[Cell, ...]]]:
        """Yield each value of a column and what others come to where it stands, for a picture.

        Args:
            name: the column that parts the rows.
            values: columns of numbers.
            by_label: in the order of the column; else what comes to most, up or down, first.
        """
        cell, place = self._cell(name), self._number(name)
        read = reader(self.columns[place])
        sums = ", ".join(
            f"sum(CASE WHEN typeof({one}) <> 'blob' THEN CAST({one} AS REAL) END) AS s{number}"
            for number, one in enumerate(map(self._cell, values))
        )
        by = self._key(name, is_down=False) if by_label else "abs(s0) DESC, min(n)"
        sql = f"SELECT {cell}, {sums} FROM sheet GROUP BY {cell} ORDER BY {by}"
        with closing(self._opened()) as database:
            for label, *added in database.execute(sql):
                yield self._word(place, read(label)), tuple(added)

    def _opened(self) -> sqlite3.Connection:
        database = _opened(self.path)
        for place in self._sayers:
            database.create_function(f"said{place}", 1, partial(self._word, place))
        return database

    def _number(self, name: str) -> int:
        return next(number for number, column in enumerate(self.columns) if column.name == name)

    def _cell(self, name: str) -> str:
        return f"c{self._number(name)}"

    def _where(self, where: Where | None) -> tuple[str, tuple[Kept, ...]]:
        if where is None:
            return "", ()
        name, value = where
        return f" WHERE {self._cell(name)} IS ?", (_kept(value, self.columns[self._number(name)]),)

    def _key(self, name: str, is_down: bool) -> str:
        cell, place = self._cell(name), self._number(name)
        column = self.columns[place]
        word = f"said{place}({cell})" if place in self._sayers else cell
        value = f"folded({word})" if column.kind == "text" else cell
        value = f"CAST({cell} AS REAL)" if column.is_numeric else value
        last = f"{cell} IS NULL, typeof({cell}) = 'blob'"
        return f"{last}, {value}{' DESC' if is_down else ''}"


def write_kept(
    path: Path,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    indexed: Sequence[str] = (),
) -> KeptSheet:
    """Keep the rows in a file, which is there whole or not at all.

    Args:
        path: of the file; one that is there is replaced.
        columns: what the rows hold.
        rows: are taken one by one.
        indexed: names of columns by which rows will be asked for (whose row it is).

    Raises:
        ColumnError: these cannot be the columns of a table.
        OSError: the file cannot be written.
    """
    check_columns(columns)
    written = path.with_name(f".{path.name}.{token_hex(4)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(written, isolation_level=None)) as database:
            _write(database, columns, rows, indexed)
        written.replace(path)
    except sqlite3.OperationalError as error:
        raise OSError(str(error)) from error
    finally:
        with suppress(OSError):
            written.unlink(missing_ok=True)
    return open_kept(path)


def open_kept(path: Path) -> KeptSheet:
    """Open what was kept.

    Raises:
        KeptMissing: there is no such file, or it is not whole.
    """
    try:
        with closing(_opened(path)) as database:
            told = dict(database.execute("SELECT name, value FROM told"))
        columns = tuple(from_plain(each) for each in json.loads(told["columns"]))
        totals = json.loads(told["totals"])
        return KeptSheet(
            path=path,
            columns=columns,
            count=int(told["count"]),
            flaws=tuple(Flaws(*each) for each in json.loads(told["flaws"])),
            _totals=tuple(
                _read_total(column, value) for column, value in zip(columns, totals, strict=True)
            ),
        )
    except (sqlite3.Error, KeyError, ValueError) as error:
        raise KeptMissing(str(path.name)) from error


def _write(
    database: sqlite3.Connection,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    indexed: Sequence[str],
) -> None:
    database.execute("PRAGMA journal_mode=OFF")
    database.execute("PRAGMA synchronous=OFF")
    cells = ", ".join(f"c{number}" for number in range(len(columns)))
    database.execute(f"CREATE TABLE sheet (n INTEGER PRIMARY KEY, {cells})")
    database.execute("CREATE TABLE told (name TEXT PRIMARY KEY, value TEXT)")
    database.execute("BEGIN")
    taken = _Taken(columns)
    places = ", ".join("?" * len(columns))
    database.executemany(
        f"INSERT INTO sheet ({cells}) VALUES ({places})",
        map(taken.take, rows),
    )
    for name in indexed:
        number = next(place for place, column in enumerate(columns) if column.name == name)
        database.execute(f"CREATE INDEX by_c{number} ON sheet (c{number})")
    told = {
        "columns": json.dumps([to_plain(column) for column in columns]),
        "count": str(taken.count),
        "flaws": json.dumps([[name, flaw, count] for (name, flaw), count in taken.flaws.items()]),
        "totals": json.dumps(
            [
                _plain_total(column, value)
                for column, value in zip(columns, taken.totals.values(), strict=True)
            ]
        ),
    }
    database.executemany("INSERT INTO told VALUES (?, ?)", told.items())
    database.execute("COMMIT")


class _Taken:
    """What is learnt of the rows while they are kept."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.count = 0
        self.flaws: Counter[tuple[str, Flaw]] = Counter()
        self.totals = ColumnTotals(columns)
        self._keepers = [keeper(column) for column in columns]
        self._readers = [reader(column) for column in columns]
        self._texts = [n for n, column in enumerate(columns) if column.kind == "text"]

    def take(self, row: Sequence[Cell]) -> list[Kept]:
        self.count += 1
        try:
            kept = [keep(value) for keep, value in zip(self._keepers, row, strict=True)]
        except NotThatKind:
            kept = [self._kept(number, value) for number, value in enumerate(row)]
        for number in self._texts:
            self._notice_cut(number, row[number])
        for number in self.totals.wanted:
            value = kept[number]
            whole = type(value) is int and self.columns[number].is_numeric
            self.totals.add_value(number, value if whole else self._readers[number](value))
        return kept

    def _notice_cut(self, number: int, value: Cell) -> None:
        if isinstance(value, str | bytes | memoryview) and len(value) > LONGEST:
            self.flaws[self.columns[number].name, "cut"] += 1

    def _kept(self, number: int, value: Cell) -> Kept:
        try:
            return self._keepers[number](value)
        except NotThatKind:
            self.flaws[self.columns[number].name, "kind"] += 1
            self._notice_cut(number, value)
            return kept_as_it_is(value)


def _kept(value: Cell, column: Column) -> Kept:
    try:
        return keeper(column)(value)
    except NotThatKind:
        return kept_as_it_is(value)


def _plain_total(column: Column, value: Cell) -> str | int | None:
    if value is None or column.total == "count":
        return value if isinstance(value, int) else None
    kept = _kept(value, column)
    return kept.decode() if isinstance(kept, bytes) else kept


def _read_total(column: Column, value: str | int | None) -> Cell:
    return value if column.total == "count" else reader(column)(value)


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    database.create_function("folded", 1, _folded, deterministic=True)
    return database


def _folded(value: Kept) -> Kept:
    """Sort as people do: without regard to capitals and accents."""
    if not isinstance(value, str):
        return value
    letters = unicodedata.normalize("NFKD", value.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
