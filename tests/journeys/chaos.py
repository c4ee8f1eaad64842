"""The soak: operators work, everything of ours is killed at random, and then we count.

by hand: python -m tests.journeys.chaos --minutes 10 --seed 7 [--postgres ADDRESS]
ADDRESS is a PostgreSQL server for the sample company; our own database then gets a server of its
own, which is stopped at once in the middle. Without it both databases are SQLite files.
"""

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.far_side import HANG_UP, FarSide, far_side
from tests.journeys.nine import workers_of
from tests.journeys.quick import connection, run_several
from tests.journeys.stage import Stage, free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
LABEL = "Orden de compra "
KINDS = (None,) * 40 + ("451 4.3.0 later", "421 4.3.2 full", HANG_UP)


@dataclass
class Figures:
    """What the operators say, and what became of it."""

    seed: int
    confirmed: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    saves: int = 0
    slowest: float = 0.0
    kills: int = 0
    events: Counter[str] = field(default_factory=Counter)
    messages: Counter[tuple[str, str]] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    copies: Counter[str] = field(default_factory=Counter)
    doubtful: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    source: list[tuple[Any, ...]] = field(default_factory=list)  # how it is in the end

    def __str__(self) -> str:
        twice = sum(count - 1 for count in self.copies.values())
        return (
            f"seed {self.seed}: {self.saves} saves, slowest {self.slowest * 1000:.0f} ms,"
            f" {len(self.failures)} failed; {len(self.confirmed)} confirmed"
            f" ({len(self.deleted)} deleted later), {sum(self.events.values())} events,"
            f" {sum(self.messages.values())} messages {dict(self.states)};"
            f" {self.kills} kills, {twice} copies too many, {len(self.doubtful)} in doubt"
        )

    def judge(self, *, slowest: float) -> None:
        assert self.failures == [], self.failures
        assert self.slowest < slowest, f"a save took {self.slowest:.1f} s"
        written = self.events.keys()
        lost = self.confirmed - self.deleted - written
        assert not lost, f"lost or late: {sorted(lost)}; {self.source}"
        assert not written - self.confirmed, "never happened"
        assert {name: n for name, n in self.events.items() if n > 1} == {}
        assert {name for name, _to in self.messages} == set(written)
        assert {key: n for key, n in self.messages.items() if n > 1} == {}
        assert set(self.states) == {"accepted"}, dict(self.states)
        assert self.sent == set(self.copies), "accepted, and the far side has nothing"
        assert not {m for m, n in self.copies.items() if n > 1} - self.doubtful, "twice in secret"


class OwnServer:
    """A PostgreSQL server for our own database alone: it may be stopped at any time."""

    def __init__(self, folder: Path) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        self._bin, self._data, self.port = found[-1].parent, folder / "pg", free_port()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        self._run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8")
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -k {self._data} -c listen_addresses=127.0.0.1"
        log = str(self._data / "log")
        self._run("pg_ctl", "-D", str(self._data), "-o", options, "-l", log, "-w", "start")

    def stop(self, how: str) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-m", how, "-w", "stop")

    @property
    def address(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def _run(self, name: str, *words: str) -> None:
        """Run as an ordinary user: PostgreSQL refuses to be root's."""
        command = [str(self._bin / name), *words]
        if os.geteuid() == 0:
            user = ("setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups")
            command = [*user, *command]
        subprocess.run(command, cwd="/", check=True, capture_output=True, timeout=120)


@contextlib.contextmanager
def own_server() -> Iterator[OwnServer]:
    folder = Path(tempfile.mkdtemp(prefix="emailketing-chaos-"))
    server = OwnServer(folder)
    try:
        yield server
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            server.stop("fast")
        shutil.rmtree(folder, ignore_errors=True)


def ask(address: str, statement: str) -> list[tuple[Any, ...]]:
    """Ask our own database, or change it while nobody of ours is alive."""
    if address.startswith("sqlite"):
        path = address.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as there:
            return list(there.execute(statement))
    with psycopg.connect(address, autocommit=True) as server:
        found = server.execute(statement.encode())
        return list(found.fetchall()) if found.description else []


def attach(stage: Stage, far: FarSide) -> None:
    server = ("--host", "127.0.0.1", "--port", str(far.port), "--security", "plain")
    rule = ("rule", "add", "--source", "estacion", "--active", "--flood-limit", "100000")
    to = ("--to", "party:pedidos", "--fallback", "jefa@ykuasati.example")
    what = ("--process", "purchase_order", "--template", "purchase-order")
    run_several(
        stage,
        [
            ("migrate",),  # the server that is stopped has an empty database
            ("setup", "--name", "Estación Ykua Sati S.A.", "--tax-id", "80012345-0"),
            ("sender", "add", "Avisos", "--from-address", "avisos@ykuasati.example", *server),
            ("source", "add", "estacion", "--connector", "estacion", *connection(stage)),
            ("source", "install", "estacion", "--yes"),
            (*rule, *to, *what, "Órdenes"),
            ("live", "--yes", "--untried"),
        ],
    )


def soak(
    stage: Stage, *, seconds: float, seed: int, operators: int, server: OwnServer | None = None
) -> Figures:
    """Let them work for so many seconds, disturb, put all right, and count."""
    dice, figures = random.Random(seed), Figures(seed)  # noqa: S311
    calm = threading.Event()

    def mood() -> str | None:
        return None if calm.is_set() else dice.choice(KINDS)

    with far_side() as far:
        for phase in ("mail", "rcpt", "data"):
            far.script(phase, "*", *[mood] * 200_000)
        attach(stage, far)
        with stage.serving() as log:
            people = [
                subprocess.Popen(
                    [
                        *(sys.executable, "-m", "tests.journeys.chaos_operator", stage.company),
                        *(str(number), str(seed + number), str(seconds)),
                    ],
                    cwd=ROOT,
                    stdout=subprocess.PIPE,
                    text=True,
                )
                for number in range(1, operators + 1)
            ]
            disturb(figures, dice, people, lambda: workers_of(log), server)
            for person in people:
                take_down(figures, json.loads(person.communicate(timeout=60)[0]))
        calm.set()
        settle(stage, figures)
        count(stage, far, figures)
    return figures


def disturb(
    figures: Figures,
    dice: random.Random,
    people: list["subprocess.Popen[str]"],
    workers: Callable[[], list[int]],
    server: OwnServer | None,
) -> None:
    """Kill one process of ours, or all, again and again while anybody works.

    The database server is stopped once.
    """
    is_stopped = server is None
    while any(person.poll() is None for person in people):
        with contextlib.suppress(subprocess.TimeoutExpired):
            people[0].wait(dice.uniform(1, 6))
        if not is_stopped and server and dice.random() < 0.5:
            server.stop("immediate")
            with contextlib.suppress(subprocess.TimeoutExpired):
                people[0].wait(dice.uniform(0.5, 3))
            server.start()
            is_stopped = True
        elif pids := workers():
            for pid in dice.choice([pids, pids[:1], pids[-1:]]):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    figures.kills += 1


def take_down(figures: Figures, said: dict[str, Any]) -> None:
    figures.confirmed |= set(said["confirmed"])
    figures.deleted |= set(said["deleted"])
    figures.failures += said["failures"]
    figures.slowest = max(figures.slowest, said["slowest"])
    figures.saves += said["saves"]


SETTLED_WITHIN = 400  # seconds, on a machine that is busy with everything else, too
LET_TIME_PASS = (  # only while no worker is alive: leases run out, retries fall due
    "UPDATE outbox_message SET lease_until = created_at WHERE lease_until IS NOT NULL",
    "UPDATE outbox_message SET next_at = created_at WHERE state IN ('ready', 'deferred')",
    "UPDATE channels_sender SET paused_until = NULL, failure_count = 0",
)
STILL = """
    SELECT (SELECT count(*) FROM events_reading WHERE read_at IS NULL)
         + (SELECT count(*) FROM sources_pendingdocument)
         + (SELECT count(*) FROM outbox_message WHERE state <> 'accepted')"""


def settle(stage: Stage, figures: Figures) -> None:
    """Let a worker bring everything to its end."""
    wanted = figures.confirmed - figures.deleted

    def is_done() -> bool:
        there = {row[0].removeprefix(LABEL) for row in ask(stage.database, EVENTS)}
        return wanted <= there and ask(stage.database, STILL) == [(0,)]

    for statement in LET_TIME_PASS:
        ask(stage.database, statement)
    with stage.serving(), contextlib.suppress(AssertionError):  # `judge` says what is missing
        wait_until(is_done, seconds=SETTLED_WITHIN)


SOURCE = "SELECT status, problem, backlog, health FROM sources_source"
EVENTS = """
    SELECT document_label FROM events_event
     WHERE kind = 'purchase_order' AND document_label LIKE 'Orden de compra CH-%'"""
MESSAGES = """
    SELECT d.document_label, m.address, m.state, m.message_id,
           EXISTS (SELECT 1 FROM outbox_attempt a
                   WHERE a.message_id = m.id AND a.outcome = 'in_doubt')
      FROM outbox_message m JOIN outbox_dispatch d ON d.id = m.dispatch_id"""


def count(stage: Stage, far: FarSide, figures: Figures) -> None:
    figures.source = ask(stage.database, SOURCE)
    figures.events = Counter(row[0].removeprefix(LABEL) for row in ask(stage.database, EVENTS))
    for label, address, state, message_id, is_doubtful in ask(stage.database, MESSAGES):
        figures.messages[label.removeprefix(LABEL), address] += 1
        figures.states[state] += 1
        if state == "accepted":
            figures.sent.add(message_id)
        if is_doubtful:
            figures.doubtful.add(message_id)
    figures.copies = Counter(mail.message_id for mail in far.received)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--postgres", default="")
    wanted = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="chaos-"))
    with contextlib.ExitStack() as open_things:
        server, company = None, f"sqlite:///{home}/estacion.sqlite3"
        database = f"sqlite:///{home}/emailketing.sqlite3"
        if wanted.postgres:
            server = open_things.enter_context(own_server())
            name = f"chaos_{uuid.uuid4().hex[:8]}"
            ask(wanted.postgres, f"CREATE DATABASE {name}")
            company = f"{wanted.postgres.rpartition('/')[0]}/{name}"
            database = server.address
        stage = Stage(home, company, database)
        stage.seed()
        people = 4 if server else 2
        figures = soak(
            stage, seconds=wanted.minutes * 60, seed=wanted.seed, operators=people, server=server
        )
    sys.stdout.write(f"{figures}\n")
    figures.judge(slowest=30)


if __name__ == "__main__":
    main()
