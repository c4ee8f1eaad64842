"""Users at random, the worker in between, upgrades of the program meanwhile; then we count.

The same seed plays the same day: users are generators that stop after each commit, and the dice
say who goes on. By hand, for longer:

EMAILKETING_SOAK_STEPS=20000 EMAILKETING_SOAK_SEED=7 pytest tests/legacy/test_soak.py
"""

import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field

from emailketing.sources.attaching.pause import pause_for_upgrade, resume
from emailketing.sources.models import Source
from emailketing.sources.reading.pull import pull_due
from emailketing.sources.reading.pulse import pulse_of
from emailketing.triggers.notifications.firing.fire import fire_due
from tests.legacy.day import ACERO, CLIENT, SILENT
from tests.legacy.office import Office, now
from tests.legacy.program import ORDER, PAYMENT, QUOTATION, Line, Paper, Place, Steps
from tests.legacy.upgrades import add_column, drop_column, rebuilt, rename_column

USERS = 3
Upgrade = Callable[["Soak"], str]


@dataclass
class Soak:
    office: Office
    dice: random.Random
    has_upgrades: bool = True
    papers: dict[Place, Paper] = field(default_factory=dict)
    free: list[Place] = field(default_factory=list)  # deleted: the number is given again
    busy: set[Place] = field(default_factory=set)  # two users do not save one document at once
    users: list[Steps | None] = field(default_factory=lambda: [None] * USERS)
    upgrades: list[str] = field(default_factory=list)
    price: int = 1000

    def __post_init__(self) -> None:
        self.program = self.office.program

    def play(self, steps: int) -> None:
        """Let somebody do something so many times; then everybody finishes, and we read it all."""
        for number in range(steps):
            what = self.dice.random()
            if what < 0.1:
                pull_due(now())
            elif what < 0.12:
                fire_due(now())
            elif what < 0.14 and self.has_upgrades:
                self.upgrade(number)
            else:
                self.go_on(self.dice.randrange(USERS))
        for user in range(USERS):
            while self.users[user]:
                self.go_on(user, may_begin=False)
        self.look()

    def go_on(self, user: int, *, may_begin: bool = True) -> None:
        """One commit of this user."""
        work = self.users[user]
        if work is None and may_begin:
            work = self.users[user] = self.begin()
        if work is None or next(work, self) is self:
            self.users[user] = None

    def look(self) -> None:
        """The minute is over: the worker looks at its triggers."""
        pulse_of(self.office.source).look_at = None
        pull_due(now())

    def upgrade(self, number: int) -> None:
        """Sometimes announced, sometimes not; the worker looks soon afterwards, or much later."""
        steps: list[Callable[[], str]] = [
            lambda: rebuilt(self.program, number),
            lambda: rename_column(self.program),
            lambda: add_column(self.program),
            lambda: drop_column(self.program),
        ]
        step = self.dice.choice(steps)
        if self.dice.random() < 0.4:
            self.announced(step)
            return
        try:
            self.upgrades.append(step())
        except sqlite3.OperationalError as error:  # C19: a column that we note cannot be dropped
            if "after drop column" not in str(error):
                raise
        if self.dice.random() < 0.5:
            self.look()

    def announced(self, step: Callable[[], str]) -> None:
        """Paused as the manual says; people save meanwhile all the same."""
        pause_for_upgrade(Source.objects.get(), by="test", now=now())
        self.upgrades.append(step())
        for _commit in range(self.dice.randrange(6)):
            self.go_on(self.dice.randrange(USERS))
        resume(Source.objects.get(), by="test", now=now())

    # --- what a user may do

    def begin(self) -> Steps | None:
        ways = [(self.make, 25), (self.alter, 60), (self.tend, 15)]
        (way,) = self.dice.choices([way for way, _ in ways], [weight for _, weight in ways])
        return way()

    def make(self) -> Steps:
        kind = self.dice.choices([ORDER, QUOTATION, PAYMENT], [6, 2, 2])[0]
        free = [place for place in self.free if place not in self.busy]
        if free and self.dice.random() < 0.5:
            place = free[0]
            self.free.remove(place)
        else:
            company, branch = self.dice.choice(["01", "02"]), self.dice.choice(["01", "02"])
            place = self.program.number(company, branch, kind)
        self.papers[place] = paper = self.paper(place.tipo)
        return self.alone(place, self.program.new(place, paper))

    def alter(self) -> Steps | None:
        """Save, change, confirm, print, receive, annul or delete a document that is there."""
        there = [place for place in self.papers if place not in self.busy]
        if not there:
            return None
        place, program = self.dice.choice(there), self.program
        what = self.dice.choices(
            ["save", "change", "confirm", "print", "receive", "annul", "erase"],
            [15, 12, 30, 8, 8, 8, 6],
        )[0]
        if what == "change":
            self.papers[place] = self.paper(place.tipo)
        if what == "erase":
            del self.papers[place]
            self.free.append(place)
        return self.alone(
            place,
            {
                "save": lambda: program.save(place, self.papers[place]),
                "change": lambda: program.save(place, self.papers[place]),
                "confirm": lambda: program.confirm(place),
                "print": lambda: program.print_out(place),
                "receive": lambda: program.receive(place, 1, str(self.dice.randint(1, 9))),
                "annul": lambda: program.annul(place),
                "erase": lambda: program.erase(place),
            }[what](),
        )

    def tend(self) -> Steps:
        """Prices, suppliers, delivery notes, the log."""
        company = self.dice.choice(["01", "02"])
        self.price += 1
        guid = f"00000000-0000-4000-8000-{self.price:012d}"
        ways = [
            lambda: self.program.reprice(company, "CEMENTO", f"{self.price}.125"),
            lambda: self.program.amend("Proveedor", company, SILENT, ruc=str(self.price)),
            lambda: self.program.send_off(guid, Place(company, "01", ORDER, 1), "f@norte.example"),
            lambda: self.program.log("X", "?"),
            self.program.purge,
        ]
        return self.dice.choices(ways, [5, 2, 2, 2, 1])[0]()

    def alone(self, place: Place, work: Steps) -> Steps:
        self.busy.add(place)
        try:
            yield from work
        finally:
            self.busy.discard(place)

    def paper(self, kind: str) -> Paper:
        """What nobody has typed before: every text can be told apart."""
        self.price += 1
        codes = self.dice.sample(["VARILLA-8", "CEMENTO", "ARENA", "CAL"], self.dice.randint(1, 3))
        lines = tuple(
            Line(code, f"{self.dice.randint(1, 40)}.5", f"{self.price}.{number}25")
            for number, code in enumerate(codes, 1)
        )
        party = CLIENT if kind == QUOTATION else self.dice.choice([ACERO, ACERO, SILENT])
        return Paper(party, lines, nota=f"n{self.price}")
