"""eMailketing as an administrator has it: commands, a worker process, its own database."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.tryton.erp import READER, Erp, drop
from tests.tryton.relay import Relay, wait_until

ROOT = Path(__file__).resolve().parents[2]
COMPANY = "Estación del Sur S.A."
FALLBACK = "encargado@estacion.test"
ORDERS, QUOTATIONS = "purchase_order", "quotation"


@dataclass
class House:
    home: Path
    database: str
    _worker: "subprocess.Popen[bytes] | None" = None
    _commands: "subprocess.Popen[str] | None" = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "EMAILKETING_HOME": str(self.home),
            "DATABASE_URL": self.database,
            "EMAILKETING_SOURCE_PASSWORD": "trusted on loopback",
            "PYTHONPATH": str(ROOT),
        }

    def run(self, *words: str, refused: bool = False) -> str:
        """Run `emailketing …` and return what it says."""
        if self._commands is None:
            self._commands = subprocess.Popen(
                [sys.executable, "-m", "tests.tryton.command_line"],
                cwd=self.home,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._commands.stdin is not None
        assert self._commands.stdout is not None
        self._commands.stdin.write(json.dumps(words) + "\n")
        self._commands.stdin.flush()
        answer = json.loads(self._commands.stdout.readline())
        said = str(answer["said"])
        assert bool(answer["code"]) == refused, f"emailketing {' '.join(words)}: {said}"
        return said

    # --- the worker

    def start_worker(self) -> None:
        with (self.home / "worker.log").open("ab") as log:
            self._worker = subprocess.Popen(
                [sys.executable, "-m", "emailketing", "worker"],
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def stop_worker(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._worker is not None:
            self._worker.send_signal(how)
            self._worker.wait(60)
            self._worker = None

    def story(self, query: str) -> str:
        """What a failure should tell: the rows found, the source's trouble, the worker's log."""
        trouble = self.rows("SELECT status, problem, backlog FROM sources_source")
        said = (self.home / "worker.log").read_text(errors="replace")[-3000:]
        return f"{self.rows(query)}\n{trouble}\n{said}"

    def close(self) -> None:
        self.stop_worker()
        if self._commands is not None:
            assert self._commands.stdin is not None
            assert self._commands.stdout is not None
            self._commands.stdin.close()
            self._commands.stdout.close()
            self._commands.wait(30)

    # --- our own database, beside the worker

    @property
    def is_sqlite(self) -> bool:
        return self.database.startswith("sqlite")

    def connect(self) -> Any:
        if self.is_sqlite:
            path = self.database.removeprefix("sqlite:///")
            return sqlite3.connect(path, timeout=20, isolation_level=None)
        return psycopg.connect(self.database, autocommit=True)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = self.connect()
        try:
            return [tuple(row) for row in connection.execute(query).fetchall()]
        finally:
            connection.close()

    def messages(self, label: str, source: str) -> list[tuple[str, str]]:
        """Return address and state of what the ledger holds about this document."""
        return [
            (str(address), str(state))
            for address, state in self.rows(
                f"""SELECT m.address, m.state FROM outbox_message m
                    JOIN outbox_dispatch d ON d.id = m.dispatch_id
                    WHERE d.document_label = '{label}' AND d.scope = 'source:{source}'"""  # noqa: S608 - test data
            )
        ]

    def events(self, label: str, source: str) -> int:
        (row,) = self.rows(
            f"""SELECT count(*) FROM events_event
                WHERE document_label = '{label}' AND source = '{source}'"""  # noqa: S608 - test data
        )
        return int(row[0])

    @contextmanager
    def database_down(self) -> Iterator[None]:
        """Nobody gets at our own database: the file is locked, or the server turns all away."""
        if self.is_sqlite:
            lock = self.connect()
            lock.execute("BEGIN EXCLUSIVE")
            try:
                yield
            finally:
                lock.execute("ROLLBACK")
                lock.close()
            return
        name = psycopg.conninfo.conninfo_to_dict(self.database)["dbname"]
        allow = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
        server = psycopg.conninfo.make_conninfo(self.database, dbname="postgres")
        with psycopg.connect(server, autocommit=True) as root:
            root.execute(allow.format(sql.Identifier(str(name)), sql.SQL("false")))
            root.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            try:
                yield
            finally:
                root.execute(allow.format(sql.Identifier(str(name)), sql.SQL("true")))

    def a_minute_passes(self) -> None:
        """What waits for its next try is due now."""
        connection = self.connect()
        connection.execute(
            "UPDATE outbox_message SET next_at = created_at WHERE state = 'deferred'"
        )
        connection.close()

    # --- attaching

    def attach(
        self, erp: Erp, slug: str, *, connector: str = "tryton", flood_limit: int = 200
    ) -> None:
        """Do what docs/howto/attach-tryton.md says: source, rights, check, install, rules."""
        self.run(
            *("source", "add", slug, "--connector", connector, "--dialect", "postgresql"),
            *("--host", erp.place["host"], "--port", erp.place["port"]),
            *("--database", erp.name, "--username", READER),
        )
        grants = self.run("source", "grants", slug)
        erp.run(*statements(grants, without=" emk"))  # installing gives those on our own tables
        self.run("source", "check", slug)
        self.run("source", "install", slug, "--yes")
        for name, process, template in (
            ("Orden", ORDERS, "purchase-order"),
            ("Presupuesto", QUOTATIONS, "quotation"),
        ):
            self.run(
                *("rule", "add", f"{name} {slug}", "--source", slug, "--process", process),
                *("--template", template, "--to", "party:", "--fallback", FALLBACK),
                *("--flood-limit", str(flood_limit), "--active"),
            )

    def has_read(self, slug: str, erp: Erp) -> bool:
        """Say whether nothing is left to read in the ERP, and nothing to decide here."""
        unread = f"""SELECT count(*) FROM events_reading r JOIN events_event e ON e.id = r.event_id
                     WHERE source = '{slug}' AND read_at IS NULL"""  # noqa: S608 - test data
        return not erp.value("SELECT count(*) FROM emk.change") and self.rows(unread) == [(0,)]


def statements(script: str, *, without: str) -> list[str]:
    """Return the statements of what `source grants` prints, comments left out."""
    lines = [line for line in script.splitlines() if not line.startswith("--")]
    return [s for s in "\n".join(lines).split(";\n") if s.strip() and without not in s]


@contextmanager
def new_house(home: Path, server: str, relay: Relay) -> Iterator[House]:
    """Set up an installation that is live and sends through the relay.

    Its own database is SQLite, or PostgreSQL when `make test` says so with DATABASE_URL.
    """
    name = f"house_{uuid.uuid4().hex[:10]}"
    on_postgres = os.environ.get("DATABASE_URL", "").startswith("postgresql:")
    database = f"sqlite:///{home}/emailketing.sqlite3"
    if on_postgres:
        with psycopg.connect(server, autocommit=True) as root:
            root.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        database = f"{server.rpartition('/')[0]}/{name}"
    house = House(home, database)
    try:
        house.run("migrate")
        house.run("setup", "--name", COMPANY, "--tax-id", "80011223-7")
        house.run("live", "--yes", "--untried")
        house.run(
            *("sender", "add", "Compras", "--from-address", "compras@estacion.test"),
            *("--host", "127.0.0.1", "--port", str(relay.port), "--security", "plain"),
        )
        house.start_worker()
        wait_until(lambda: (home / "worker.beat").exists())
        yield house
    finally:
        house.close()
        if on_postgres:
            drop(server, name)
