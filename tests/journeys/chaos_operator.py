"""An operator of the sample company who works at random and keeps a log of his own.

usage: python -m tests.journeys.chaos_operator ADDRESS NUMBER SEED SECONDS

He drafts, confirms, saves again, rolls back, deletes, gives a deleted number again, and saves the
header before the lines in two transactions. One line of JSON says at the end what became
confirmed, what of that was deleted again, and how long each save took.
"""

import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import psycopg

Step = Callable[["Operator"], None]


@dataclass
class Log:
    confirmed: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)  # confirmed, and deleted again
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0
    saves: int = 0


class Operator:
    def __init__(self, address: str, number: int, seed: int) -> None:
        self.is_sqlite = address.startswith("sqlite")
        path = address.removeprefix("sqlite:///")
        self.connection: Any = (
            sqlite3.connect(path, isolation_level=None, timeout=30)
            if self.is_sqlite
            else psycopg.connect(address, autocommit=True)
        )
        self.number, self.dice, self.log = number, random.Random(seed), Log()  # noqa: S311
        self.next_key, self.next_number = number * 1_000_000, 0
        self.free: list[int] = []  # keys of deleted rows: they are given again
        self.drafts: list[int] = []
        self.orders: dict[int, str] = {}  # confirmed ones
        self.suppliers = [row[0] for row in self.run("SELECT id FROM proveedor ORDER BY id")][:8]
        self.product = self.run("SELECT id FROM producto ORDER BY id LIMIT 1")[0][0]
        self.user = self.run("SELECT codigo FROM usuario ORDER BY codigo LIMIT 1")[0][0]

    def run(self, statement: str, *values: Any) -> list[Any]:
        found = self.connection.execute(
            statement if self.is_sqlite else statement.replace("?", "%s"), values
        )
        return list(found.fetchall()) if found.description else []

    @contextmanager
    def saving(self, *, give_up: bool = False) -> Iterator[None]:
        """One save, with its time; what the database says against it is a failure of ours."""
        started = time.perf_counter()
        self.run("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        yield
        self.run("ROLLBACK" if give_up else "COMMIT")
        self.log.slowest = max(self.log.slowest, time.perf_counter() - started)
        self.log.saves += 1

    def header(self) -> int:
        key = self.free.pop() if self.free else self.next_key
        self.next_key += key == self.next_key
        self.run(
            "INSERT INTO orden_compra (id, sucursal_id, proveedor_id, fecha, condicion, estado,"
            " total, creado_por, creado_en, modificado_por) VALUES"
            " (?, 1, ?, CURRENT_DATE, 'Contado', 'borrador', 11000, ?, CURRENT_TIMESTAMP, ?)",
            key,
            self.dice.choice(self.suppliers),
            self.user,
            self.user,
        )
        return key

    def lines(self, key: int) -> None:
        for place in range(self.dice.randint(1, 3)):
            self.run(
                "INSERT INTO orden_compra_linea VALUES (?, ?, ?, ?, 'Yerba', 1, 'u', 11000, 10,"
                " 11000)",
                key * 10 + place,
                key,
                place + 1,
                self.product,
            )

    def confirm(self, key: int) -> str:
        self.next_number += 1
        number = f"CH-{self.number}-{self.next_number}"
        self.run(
            "UPDATE orden_compra SET numero = ?, estado = 'confirmada' WHERE id = ?", number, key
        )
        return number

    def erase(self, key: int) -> None:
        with self.saving():
            self.run("DELETE FROM orden_compra_linea WHERE orden_compra_id = ?", key)
            self.run("DELETE FROM orden_compra WHERE id = ?", key)
        self.free.append(key)


def draft(me: Operator) -> None:
    with me.saving():
        key = me.header()
        me.lines(key)
    me.drafts.append(key)


def in_two_transactions(me: Operator) -> None:
    """Confirmed with a header first; the lines come in another transaction."""
    with me.saving():
        key = me.header()
        number = me.confirm(key)
    with me.saving():
        me.lines(key)
    me.orders[key] = number
    me.log.confirmed.append(number)


def confirm(me: Operator) -> None:
    if me.drafts:
        key = me.drafts.pop(me.dice.randrange(len(me.drafts)))
        with me.saving():
            number = me.confirm(key)
        me.orders[key] = number
        me.log.confirmed.append(number)


def save_again(me: Operator) -> None:
    if me.orders:
        with me.saving():
            me.run(
                "UPDATE orden_compra SET observacion = ? WHERE id = ?",
                f"otra vez {me.dice.random()}",
                me.dice.choice(list(me.orders)),
            )


def roll_back(me: Operator) -> None:
    if me.drafts:
        with me.saving(give_up=True):
            me.confirm(me.dice.choice(me.drafts))


def delete_draft(me: Operator) -> None:
    if me.drafts:
        me.erase(me.drafts.pop())


def delete_order(me: Operator) -> None:
    if me.orders:
        key = me.dice.choice(list(me.orders))
        me.log.deleted.append(me.orders.pop(key))
        me.erase(key)


STEPS: list[tuple[Step, int]] = [
    (draft, 30),
    (confirm, 25),
    (in_two_transactions, 10),
    (save_again, 20),
    (roll_back, 8),
    (delete_draft, 5),
    (delete_order, 2),
]


def work(me: Operator, seconds: float) -> None:
    end = time.monotonic() + seconds
    steps, weights = zip(*STEPS, strict=True)
    while time.monotonic() < end:
        (step,) = me.dice.choices(steps, weights)
        try:
            step(me)
        except (sqlite3.Error, psycopg.Error) as error:
            me.log.failures.append(f"{step.__name__}: {error}")
            return
        time.sleep(me.dice.uniform(0.02, 0.25))  # he thinks


if __name__ == "__main__":
    operator = Operator(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    work(operator, float(sys.argv[4]))
    sys.stdout.write(json.dumps(asdict(operator.log)))
