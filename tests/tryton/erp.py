"""The business system as a test sees it: a database of its own, and operators at its client."""

import json
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

OPERATOR = Path(__file__).with_name("erp_operator.py")
OWNER = "tryton"
READER = "emailketing"
# a role is the server's: two processes of tests may make it in the same second
MAKE_READER = sql.SQL("""DO $$ BEGIN CREATE ROLE {} LOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$""").format(
    sql.Identifier(READER)
)


class Refused(Exception):
    """The ERP would not do it."""


@dataclass
class Operator:
    """A person at Tryton's client: another program, spoken to by JSON lines."""

    process: "subprocess.Popen[str]"

    def tell(self, do: str, **wish: Any) -> None:
        """Ask for something without waiting for it."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **wish}) + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "Tryton's client ended"
        said: dict[str, Any] = json.loads(line)
        if "refused" in said:
            raise Refused(said["refused"])
        done: dict[str, Any] = said["done"]
        return done

    def ask(self, do: str, **wish: Any) -> dict[str, Any]:
        self.tell(do, **wish)
        return self.answer()

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)


@dataclass
class Erp:
    """One database of Tryton on the laboratory's PostgreSQL."""

    folder: Path
    server: str
    name: str
    _open: ExitStack = field(default_factory=ExitStack)

    def operator(self, login: str = "ana") -> Operator:
        """Sign in; takes a few seconds."""
        operator = self.begin_operator(login)
        operator.answer()
        return operator

    def begin_operator(self, login: str) -> Operator:
        python = str(self.folder / "venv" / "bin" / "python")
        process = subprocess.Popen(
            [python, str(OPERATOR), self.name, str(self.folder / "trytond.conf"), login],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        operator = Operator(process)
        self._open.callback(operator.close)
        return operator

    def connect(self) -> "psycopg.Connection[Any]":
        """Connect as a superuser: what a DBA does to the database behind everybody's back."""
        return psycopg.connect(self.server, dbname=self.name, autocommit=True)

    def run(self, *statements: str) -> None:
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def value(self, query: str) -> Any:
        with self.connect() as connection:
            row = connection.execute(query.encode()).fetchone()
            return row[0] if row else None

    def admin(self, *arguments: str) -> None:
        """Run Tryton's own administration command on this database."""
        program = str(self.folder / "venv" / "bin" / "trytond-admin")
        where = ("-c", str(self.folder / "trytond.conf"), "-d", self.name)
        subprocess.run([program, *where, *arguments], check=True, capture_output=True)

    def sign_out(self) -> None:
        """Close every client."""
        self._open.close()

    @property
    def prefix(self) -> str:
        """What every number of this Tryton begins with."""
        return f"{self.name.removeprefix('erp_')[:5].upper()}"

    @property
    def place(self) -> dict[str, str]:
        parts = psycopg.conninfo.conninfo_to_dict(self.server)
        return {"host": str(parts["host"]), "port": str(parts["port"])}


@contextmanager
def new_erp(folder: Path, server: str, template: str) -> Iterator[Erp]:
    """Copy the laboratory's Tryton (a third of a second), and drop the copy afterwards."""
    erp = Erp(folder, server, f"erp_{uuid.uuid4().hex[:10]}")
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
        *map(sql.Identifier, (erp.name, template, OWNER))
    )
    with psycopg.connect(server, autocommit=True) as root:
        root.execute(make)
        root.execute(MAKE_READER)
    # every number says which Tryton it is from, and what it numbers: P-urchases, S-ales
    erp.run(f"UPDATE ir_sequence SET prefix = '{erp.prefix}-' || left(name, 1) || id || '-'")  # noqa: S608
    try:
        yield erp
    finally:
        erp.sign_out()
        drop(server, erp.name)


def drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as root:
        gone = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        root.execute(gone)
