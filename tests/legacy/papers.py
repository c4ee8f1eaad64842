"""Every order as it stands in the end, beside what its supplier was told of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from emailketing.events.models import Event
from emailketing.outbox.models import Message
from tests.legacy.office import Office
from tests.legacy.program import ORDER

NEAR = timedelta(seconds=0.5)
Lines = list[tuple[str, Decimal, Decimal]]


@dataclass
class Order:
    """One number: what stands there now, when it was given, and its events, oldest first."""

    key: str
    row: tuple[Any, ...] | None  # state, annulled, notes
    lines: Lines
    given: list[datetime]
    events: list[Event]

    def lives(self) -> Iterator[list[Event]]:
        """Yield the events of each document that had this number."""
        ends = [*(at - NEAR for at in self.given[1:]), None]
        left = list(self.events)
        for end in ends:
            here = [event for event in left if end is None or event.occurred_at < end]
            left = left[len(here) :]
            yield here

    def faults(self) -> Iterator[str]:
        for life in self.lives():
            kinds = [event.kind for event in life]
            if kinds.count("order") > 1 or kinds.count("order_annulled") > 1:
                yield f"{self.key}: told twice: {kinds}"
            if kinds and kinds[0] != "order":
                yield f"{self.key}: something of an order nobody was told of: {kinds}"
            if "order_annulled" in kinds[:-1]:
                yield f"{self.key}: more was said of it after its end: {kinds}"
            yield from self._written(life)
        yield from self._last(life)

    def _written(self, life: list[Event]) -> Iterator[str]:
        """Each in one message; one that was annulled before a rule looked, in none at all."""
        counts = [Message.objects.filter(dispatch__event=event).count() for event in life]
        is_over = bool(life) and life[-1].kind == "order_annulled"
        if set(counts) - {1} and not (is_over and not any(counts)):
            yield f"{self.key}: messages of {[event.kind for event in life]}: {counts}"

    def _last(self, life: list[Event]) -> Iterator[str]:
        """What the supplier was told last is how it is now."""
        if self.row is None or self.row[0] != "C" or not self.lines:
            return
        kinds = [event.kind for event in life]
        if self.row[1] == "S":
            if "order" in kinds and kinds[-1] != "order_annulled":
                yield f"{self.key}: the supplier does not know that it is annulled: {kinds}"
            return
        if "order" not in kinds or "order_annulled" in kinds:
            yield f"{self.key}: the supplier does not know it: {kinds}"
            return
        told = life[-1].data["document"]
        lines = [
            (line["code"], Decimal(line["quantity"]), Decimal(line["unit_price"]))
            for line in told["lines"]
        ]
        if (lines, told["notes"]) != (self.lines, self.row[2]):
            yield f"{self.key}: the supplier knows {lines}, it is {self.lines}"


def orders(office: Office) -> Iterator[Order]:
    program = office.program
    headers = {
        text(row[:4]): row[4:]
        for row in program.run(
            "SELECT empresa, sucursal, tipo, numero, estado, anulado, nota"
            ' FROM "Comprobante" WHERE tipo = ?',
            ORDER.ljust(3),
        )
    }
    lines: dict[str, Lines] = {}
    for row in program.run(
        "SELECT empresa, sucursal, tipo, numero, articulo, cantidad, precio"
        ' FROM "CompDet" WHERE tipo = ? ORDER BY renglon',
        ORDER.ljust(3),
    ):
        amounts = (Decimal(str(row[5])), Decimal(str(row[6])))
        lines.setdefault(text(row[:4]), []).append((str(row[4]).strip(), *amounts))
    given: dict[str, list[datetime]] = {}
    for written in program.written:
        if written[1:3] == ("Comprobante", "I") and str(written.key[2]).strip() == ORDER:
            given.setdefault(text(written.key), []).append(written.at)
    for key, moments in given.items():
        events = Event.objects.filter(document_type="purchase_order", document_key=key)
        found = list(events.order_by("pk"))
        yield Order(key, headers.get(key), lines.get(key, []), moments, found)


def text(key: tuple[Any, ...]) -> str:
    return "/".join(str(part).strip() for part in key)
