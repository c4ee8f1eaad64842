"""What arrived for each act of the demo's day, read from the ledger and the built-in inbox."""

import email
import email.policy
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from emailketing.channels.models import InboxMessage
from emailketing.events.models import Event
from emailketing.outbox.models import Message, State
from emailketing.sources.capture.connect import open_engine
from emailketing.sources.capture.registry import dialect_for

# acts of the day that a rule answers, and the kind of document our connector calls them
ANSWERED = {"orden_compra": "purchase_order", "presupuesto": "quotation"}
# acts on documents of these kinds that must stay without a message
SILENT = {
    "orden_compra_regrabada": "purchase_order",
    "orden_compra_modificada": "purchase_order",
    "orden_compra_anulada": "purchase_order",
    "orden_compra_cancelada": "purchase_order",
}
WIDTH = 150


@dataclass
class Row:
    """One act and one message it caused; `subject` is empty when nothing was expected or came."""

    act: str
    is_expected: bool
    subject: str = ""
    address: str = ""
    seconds: float | None = None
    problem: str = ""


def check(acts: list[dict[str, Any]], company: Path, *, seconds: float) -> list[Row]:
    """Wait until all is read and arrived (or time is up), then list what came of each act."""
    deadline = time.monotonic() + seconds
    while True:
        rows = [row for act in acts for row in _rows(act)]
        if not any(row.problem for row in rows) and _is_quiet(company):
            # once more: what was read last may have caused a message too many
            return [row for act in acts for row in _rows(act)] + _strangers(rows)
        if time.monotonic() > deadline:
            return rows + _strangers(rows)
        time.sleep(0.2)


def _is_quiet(company: Path) -> bool:
    """Say whether no change waits in the company's database, no event to be looked at."""
    engine = open_engine("sqlite", database=str(company))
    with engine.connect() as connection:
        waiting = dialect_for(engine).read(connection, limit=1).changes
    engine.dispose()
    return not waiting and not Event.objects.filter(read_at=None).exists()


def _strangers(rows: list[Row]) -> list[Row]:
    """Messages that belong to no act must not exist."""
    wanted = sum(1 for row in rows if row.subject)
    others = Message.objects.count() - wanted
    if others <= 0:
        return []
    return [Row("Mensajes que nadie esperaba", is_expected=True, problem=f"{others} de más")]


def _rows(act: dict[str, Any]) -> list[Row]:
    kind = ANSWERED.get(act["act"]) or SILENT.get(act["act"])
    if kind is None:
        return [Row(act["label"], is_expected=False)]
    key = str(act["key"])
    messages = Message.objects.filter(dispatch__document_type=kind, dispatch__document_key=key)
    if act["act"] in SILENT:
        problem = "llegó un mensaje de más" if messages.exists() else ""
        return [Row(act["label"], is_expected=False, subject="", problem=problem)]
    rows = [_row(act, message) for message in messages]
    if len(rows) > 1:
        rows[0].problem = f"{len(rows)} mensajes en vez de uno"
    return rows or [Row(act["label"], is_expected=True, problem="no llegó nada")]


def _row(act: dict[str, Any], message: Message) -> Row:
    row = Row(act["label"], is_expected=True, subject=message.subject, address=message.address)
    name = message.message_id.strip("<>")
    copies = list(InboxMessage.objects.filter(message_id__contains=name))
    if message.state != State.ACCEPTED or message.accepted_at is None:
        row.problem = f"{message.get_state_display()} {message.detail}".strip()
    elif len(copies) != 1:
        row.problem = f"{len(copies)} copias en la bandeja"
    elif not _has_pdf(bytes(copies[0].raw)):
        row.problem = "sin PDF"
    else:
        saved = datetime.fromisoformat(act["at"])
        row.seconds = (message.accepted_at - saved).total_seconds()
    return row


def _has_pdf(raw: bytes) -> bool:
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    files = [part.get_content() for part in parsed.iter_attachments()]
    return any(content[:5] == b"%PDF-" for content in files if isinstance(content, bytes))


def print_table(rows: list[Row]) -> bool:
    """Print the table in Spanish; return whether all is as it must be."""
    table = Table("Qué hizo el operador", "Mensaje", "Para", "Segundos", box=None, pad_edge=False)
    for row in sorted(rows, key=lambda row: not (row.is_expected or row.problem)):
        seconds = "" if row.seconds is None else f"{row.seconds:.2f}"
        if row.problem:
            table.add_row(row.act, f"[red]{row.problem}[/red]", row.address, "")
        elif row.is_expected:
            table.add_row(row.act, row.subject, row.address, seconds)
        else:
            table.add_row(row.act, "[dim]ninguno[/dim]", "", "")
    console = Console(width=WIDTH)
    console.print(table)
    expected = [row for row in rows if row.is_expected]
    arrived = [row for row in expected if not row.problem]
    silent = [row for row in rows if not row.is_expected]
    quiet = sum(not row.problem for row in silent)
    console.print(
        f"{len(arrived)} de {len(expected)} mensajes llegaron, una sola vez y con su PDF; "
        f"{quiet} de {len(silent)} actos que no deben avisar no enviaron nada."
    )
    return bool(expected) and not any(row.problem for row in rows)
