"""A business with our capture on it: the sample company, attached with the ordinary commands."""

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from emailketing.demo.amounts import EnteredLine, rounded
from emailketing.demo.database import Database
from emailketing.demo.orders import Order, confirm_order, save_order
from emailketing.demo.refused import Refused
from emailketing.demo.sales import Refuelling, refuel
from emailketing.demo.tills import open_till, open_till_of

LINES = 12
CASHIER, BRANCH = "jcaceres", 1


def run(module: str, *words: str) -> None:
    """Run one command as a user would; its words are shown when it fails."""
    finished = subprocess.run(
        [sys.executable, "-m", module, *words], text=True, capture_output=True, check=False
    )
    if finished.returncode:
        raise SystemExit(f"{' '.join(words)}: {finished.stdout}{finished.stderr}")


def attach(address: str, rule_name: str) -> None:
    """Make the company, connect it as a source, and one rule: the order goes to the supplier."""
    run("emailketing.demo", "seed", "--database", address)
    run("emailketing", "migrate")
    where = ["--dialect", "sqlite", "--database", address.removeprefix("sqlite:///")]
    run("emailketing", "source", "add", "estacion", "--connector", "estacion", *where)
    run("emailketing", "source", "install", "estacion", "--yes")
    what = ["--source", "estacion", "--process", "purchase_order", "--template", "purchase-order"]
    who = ["--to", "party:pedidos", "--fallback", "compras@example.test"]
    run("emailketing", "rule", "add", rule_name, *what, *who, "--active")


def local() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class Shop:
    """The operator at the counter, saving one purchase order after another."""

    def __init__(self, folder: Path) -> None:
        file = folder / "estacion.sqlite3"
        self.address = f"sqlite:///{file}"
        if not file.exists():
            attach(self.address, "bench")
        self._database = Database(self.address)
        with self._database.look(now=local()) as work:
            first = {
                table: list(work.connection.execute(select(next(iter(keys.primary_key)))).scalars())
                for table, keys in work.tables.items()
                if table in {"usuario", "sucursal", "proveedor", "producto"}
            }
        self._user, self._branch = first["usuario"][0], first["sucursal"][0]
        self._supplier, self._products = first["proveedor"][0], first["producto"][:LINES]

    def save(self) -> tuple[int, datetime]:
        """Save and confirm an order; return its key and the moment of the commit."""
        lines = [EnteredLine(product, Decimal(2), Decimal(15_000)) for product in self._products]
        order = Order(supplier=self._supplier, branch=self._branch, lines=lines)
        with self._database.work(user=self._user, now=local()) as work:
            key = save_order(work, order)
            confirm_order(work, key)
        return key, datetime.now(UTC)

    def refuel(self) -> tuple[int, datetime]:
        """Fuel a fleet's vehicle, paid by card; return its key and the moment of the commit."""
        with self._database.work(user=CASHIER, now=local()) as work:
            vehicles, pumps = work.tables["vehiculo"], work.tables["surtidor"]
            vehicle = work.rows(select(vehicles).where(vehicles.c.activo == 1))[0]
            fits = pumps.c.producto_id == vehicle["producto_id"]
            pump = work.rows(select(pumps).where(fits & (pumps.c.sucursal_id == BRANCH)))[0]
            try:
                open_till_of(work, BRANCH)
            except Refused:
                open_till(work, 1, shift="mañana", cash=500_000)
            price = work.get("producto", pump["producto_id"])["precio"]
            paid = {"tarjeta_debito": int(rounded(Decimal(price)))}
            key = refuel(work, Refuelling(pump["id"], Decimal(1), vehicle["id"], payments=paid))
        return key, datetime.now(UTC)

    def close(self) -> None:
        self._database.close()
