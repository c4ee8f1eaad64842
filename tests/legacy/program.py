"""The business program: it saves as such programs do, and knows nothing of us.

Every statement is a commit of its own. A new record is an almost empty row first, completed by a
second UPDATE; the lines of a document are deleted and written anew at every save, equal or not;
counters, stock and printed flags change all the time; a log grows beside it.
"""

# ruff: noqa: S608 - the program writes its own SQL

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from tests.legacy.schema import KEYS, tables
from tests.sources.capture.business import Business

TODAY = "20261129"
ORDER, QUOTATION, PAYMENT = "OC", "PR", "OP"
Steps = Iterator[None]  # one pause after each commit: others may look in between


@dataclass(frozen=True, slots=True)
class Place:
    """The key of a document."""

    empresa: str
    sucursal: str
    tipo: str
    numero: int

    @property
    def values(self) -> tuple[object, ...]:
        return (self.empresa, self.sucursal, self.tipo.ljust(3), self.numero)


@dataclass(frozen=True, slots=True)
class Line:
    articulo: str
    cantidad: str
    precio: str
    descripcion: str = ""

    @property
    def total(self) -> Decimal:
        return Decimal(self.cantidad) * Decimal(self.precio)


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as the user sees it on the screen."""

    entidad: str
    lines: tuple[Line, ...]
    nota: str = ""
    usr: str = "MARTA"

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0)).quantize(Decimal("0.01"))


class Written(NamedTuple):
    """A row that was truly changed, whatever anybody noted of it."""

    at: datetime
    table: str
    operation: str
    key: tuple[object, ...]
    columns: frozenset[str] = frozenset()  # those that an update has changed


def where(table: str) -> str:
    return " AND ".join(f'"{column}" = ?' for column in KEYS[table])


class Program:
    """What the users of the program can do."""

    def __init__(self, business: Business, dialect: str) -> None:
        self.business, self.dialect = business, dialect
        self.written: list[Written] = []
        self.bought = "ult_compra"  # what an upgrade calls this column now
        self.extra: dict[str, int] = {}  # columns that an upgrade has added to the headers

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement, which is a commit; SQLite is given decimals as the driver can."""
        if self.dialect == "postgresql":
            statement = statement.replace("?", "%s")
        else:
            values = tuple(str(v) if isinstance(v, Decimal) else v for v in values)
        found = self.business.execute(statement, values)
        return [tuple(row) for row in found.fetchall()] if found.description else []

    def write(self, statement: str, *values: object) -> None:
        """Run an UPDATE or DELETE, and note what it truly did to each row."""
        operation, table = statement[0], statement.split('"')[1]
        condition = statement.partition("WHERE")[2]
        marked = values[len(values) - condition.count("?") :]
        columns = [f't."{name}"' for name in KEYS[table]]
        order = ", ".join(columns or ["1"])
        look = f'SELECT t.* FROM "{table}" t WHERE{condition}'
        before = self.rows(f"{look} ORDER BY {order}", *marked)
        at = self.clock()
        self.run(statement, *values)
        after = self.rows(f"{look} ORDER BY {order}", *marked) if operation == "U" else before
        for old, new in zip(before, after, strict=True):
            changed = frozenset(name for name, value in old.items() if new[name] != value)
            if changed or operation == "D":
                key = tuple(old[name] for name in KEYS[table])
                self.written.append(Written(at, table, operation, key, changed))

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        mark = query.replace("?", "%s") if self.dialect == "postgresql" else query
        found = self.business.execute(mark, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def clock(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the business system has a clock of its own

    def insert(self, table: str, **values: object) -> None:
        columns = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" for _ in values)
        at = self.clock()
        self.run(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', *values.values())
        key = tuple(values[name] for name in KEYS[table])
        self.written.append(Written(at, table, "I", key))

    def update(self, table: str, key: Sequence[object], **values: object) -> None:
        changes = ", ".join(f'"{name}" = ?' for name in values)
        self.write(f'UPDATE "{table}" SET {changes} WHERE {where(table)}', *values.values(), *key)

    def delete(self, table: str, key: Sequence[object], columns: int | None = None) -> None:
        names = KEYS[table][:columns]
        condition = " AND ".join(f'"{name}" = ?' for name in names)
        self.write(f'DELETE FROM "{table}" WHERE {condition}', *key)

    def char(self, value: str, width: int) -> str:
        """CHAR(n): this program pads by itself, whatever the database does."""
        return value.ljust(width)

    def create(self) -> None:
        """Make the tables and what has been in them for years."""
        for statement in tables(self.dialect):
            self.run(statement)
        for empresa in ("01", "02"):
            self.run('INSERT INTO "EMPRESA" VALUES (?, ?)', empresa, f"Empresa {empresa}")
            for sucursal in ("01", "02"):
                for tipo in (ORDER, QUOTATION, PAYMENT):
                    key = (empresa, sucursal, tipo.ljust(3))
                    self.run("INSERT INTO contador VALUES (?, ?, ?, 0)", *key)
        for code, name in (("MARTA", "Marta Giménez"), ("RAMON", "Ramón Ñandú")):
            row = (self.char(code, 10), self.char(name, 30))
            self.run("INSERT INTO usuario VALUES (?, ?)", *row)

    # --- what the users do

    def party(self, table: str, empresa: str, codigo: str, **values: str) -> Steps:
        """A supplier or customer: an empty row with the code, then what was typed."""
        key = (empresa, self.char(codigo, 6))
        self.insert(table, empresa=empresa, codigo=key[1], Nombre="", baja="N")
        yield
        self.update(table, key, **values, usr=self.char("MARTA", 10))
        yield

    def article(self, empresa: str, codigo: str, descripcion: str, precio: str) -> Steps:
        key = (empresa, self.char(codigo, 12))
        self.insert("Articulo", empresa=empresa, codigo=key[1], precio=0, existencia=0)
        yield
        name = self.char(descripcion, 40)
        self.update("Articulo", key, descripcion=name, precio=Decimal(precio), usr="MARTA")
        yield

    def reprice(self, empresa: str, codigo: str, precio: str, usr: str = "RAMON") -> Steps:
        key = (empresa, self.char(codigo, 12))
        self.update("Articulo", key, precio=Decimal(precio), usr=usr)
        yield
        yield from self.log(usr, f"Precio {codigo}")

    def amend(self, table: str, empresa: str, codigo: str, **values: str) -> Steps:
        self.update(table, (empresa, self.char(codigo, 6)), **values, usr=self.char("RAMON", 10))
        yield

    def number(self, empresa: str, sucursal: str, tipo: str) -> Place:
        """Take the next number from the counter: another row everybody writes to."""
        key = (empresa, sucursal, tipo.ljust(3))
        ((last,),) = self.run(f"SELECT ultimo FROM contador WHERE {where('contador')}", *key)
        self.update("contador", key, ultimo=last + 1)
        return Place(empresa, sucursal, tipo, last + 1)

    def new(self, place: Place, paper: Paper) -> Steps:
        """Header first, almost empty; then like every other save."""
        keys = dict(zip(KEYS["Comprobante"], place.values, strict=True))
        self.insert("Comprobante", **keys, estado="P", anulado="N", total=0, impreso="N", copias=0)
        yield
        yield from self.save(place, paper)

    def save(self, place: Place, paper: Paper) -> Steps:
        """Complete the header, delete all lines, write them again, add up, log."""
        self.extra = {name: count + 1 for name, count in self.extra.items()}
        self.update(
            "Comprobante",
            place.values,
            **{name: str(count) for name, count in self.extra.items()},
            fecha=TODAY,
            entidad=self.char(paper.entidad, 6),
            moneda="PYG",
            nota=paper.nota,
            usr=self.char(paper.usr, 10),
        )
        yield
        self.delete("CompDet", place.values, 4)
        yield
        for number, line in enumerate(paper.lines, 1):
            self._line(place, number, line)
            yield
        self.update("Comprobante", place.values, total=paper.total)
        yield
        yield from self.log(paper.usr, f"Grabado {place.tipo} {place.numero}")

    def _line(self, place: Place, number: int, line: Line) -> None:
        self.insert(
            "CompDet",
            **dict(zip(KEYS["CompDet"], (*place.values, number), strict=True)),
            articulo=self.char(line.articulo, 12),
            Descripcion=line.descripcion or line.articulo,
            cantidad=Decimal(line.cantidad),
            precio=Decimal(line.precio),
            recibido=0,
        )

    def confirm(self, place: Place, usr: str = "RAMON") -> Steps:
        """The state, and the stock of every article; the printed flag comes later."""
        self.update("Comprobante", place.values, estado="C", usr=self.char(usr, 10))
        yield
        if place.tipo == ORDER:
            yield from self._stock(place)
        yield from self.log(usr, f"Confirmado {place.tipo} {place.numero}")

    def _stock(self, place: Place) -> Steps:
        lines = self.run(
            f'SELECT articulo, cantidad FROM "CompDet" WHERE {where("Comprobante")}', *place.values
        )
        for article, quantity in lines:
            self.write(
                f'UPDATE "Articulo" SET existencia = existencia + ?, {self.bought} = ?'
                " WHERE empresa = ? AND codigo = ?",
                quantity,
                TODAY,
                place.empresa,
                article,
            )
            yield

    def print_out(self, place: Place) -> Steps:
        self.write(
            f"UPDATE \"Comprobante\" SET impreso = 'S', copias = copias + 1"
            f" WHERE {where('Comprobante')}",
            *place.values,
        )
        yield

    def receive(self, place: Place, number: int, quantity: str) -> Steps:
        """Goods arrive: a column of a line that nobody outside is told about."""
        self.update("CompDet", (*place.values, number), recibido=Decimal(quantity))
        yield

    def annul(self, place: Place, usr: str = "RAMON") -> Steps:
        """A flag of its own: the state stays confirmed."""
        self.update("Comprobante", place.values, anulado="S", usr=self.char(usr, 10))
        yield
        yield from self.log(usr, f"Anulado {place.tipo} {place.numero}")

    def erase(self, place: Place) -> Steps:
        """Lines first, then the header: two commits."""
        self.delete("CompDet", place.values, 4)
        yield
        self.delete("Comprobante", place.values)
        yield
        yield from self.log("RAMON", f"Borrado {place.tipo} {place.numero}")

    def send_off(self, guid: str, place: Place, carrier: str) -> Steps:
        """A delivery note: the newer part of the program, with a GUID."""
        keys = dict(zip(KEYS["Comprobante"], place.values, strict=True))
        self.insert("Remision", GuiRemision=guid, **keys, fecha=TODAY, transportista=carrier)
        yield

    def log(self, usr: str, text: str) -> Steps:
        self.insert("bitacora", fecha=TODAY, hora="081500", usr=self.char(usr, 10), texto=text)
        yield

    def purge(self) -> Steps:
        """At the end of the day the log is emptied."""
        self.write('DELETE FROM "bitacora" WHERE fecha <= ?', TODAY)
        yield


def at_once(*works: Steps) -> None:
    """Do one after the other, with nobody looking in between."""
    for work in works:
        for _commit in work:
            pass


def in_turns(*works: Steps) -> None:
    """Two users, or two companies, at the same time: a commit of one, a commit of the other."""
    waiting = list(works)
    while waiting:
        waiting = [work for work in waiting if next(work, waiting) is not waiting]
