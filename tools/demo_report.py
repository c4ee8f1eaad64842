"""What arrived for each act of the demo's day, read from the ledger and the built-in inbox."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from emailketing.channels.models import InboxMessage
from emailketing.outbox.models import Message, State


@dataclass
class Row:
    """One act and one message it caused; `subject` is empty when nothing was expected or came."""

    act: str
    is_expected: bool
    subject: str = ""
    address: str = ""
    seconds: float | None = None
    problem: str = ""


def check(acts: list[dict[str, Any]], answered: dict[str, str], *, seconds: float) -> list[Row]:
    """Wait until every expected message has arrived (or time is up), then list what came of all."""
    deadline = time.monotonic() + seconds
    while True:
        rows = [row for act in acts for row in _rows(act, answered)]
        if not any(row.problem for row in rows) or time.monotonic() > deadline:
            return rows
        time.sleep(0.2)


def _rows(act: dict[str, Any], answered: dict[str, str]) -> list[Row]:
    document_type = answered.get(act["act"])
    if document_type is None:
        return [Row(act["label"], is_expected=False)]
    messages = Message.objects.filter(
        dispatch__document_type=document_type, dispatch__document_key=str(act["key"])
    )
    rows = [_row(act, message) for message in messages]
    return rows or [Row(act["label"], is_expected=True, problem="no llegó nada")]


def _row(act: dict[str, Any], message: Message) -> Row:
    row = Row(act["label"], is_expected=True, subject=message.subject, address=message.address)
    copies = InboxMessage.objects.filter(
        message_id__contains=message.message_id.strip("<>")
    ).count()
    if message.state != State.ACCEPTED:
        row.problem = f"{message.get_state_display()} {message.detail}".strip()
    elif copies != 1:
        row.problem = f"{copies} copias en la bandeja"
    elif not message.dispatch.attachments.exists():
        row.problem = "sin PDF"
    elif message.accepted_at:
        saved = datetime.fromisoformat(act["at"])
        row.seconds = (message.accepted_at - saved).total_seconds()
    return row


def print_table(rows: list[Row]) -> bool:
    """Print the table in Spanish; return whether everything expected arrived."""
    table = Table("Qué hizo el operador", "Mensaje", "Para", "Segundos", box=None, pad_edge=False)
    for row in rows:
        seconds = "" if row.seconds is None else f"{row.seconds:.2f}"
        if row.problem:
            table.add_row(row.act, f"[red]{row.problem}[/red]", row.address, "")
        elif row.is_expected:
            table.add_row(row.act, row.subject, row.address, seconds)
    Console(width=150).print(table)
    expected = [row for row in rows if row.is_expected]
    arrived = [row for row in expected if not row.problem]
    others = len(rows) - len(expected)
    text = f"{len(arrived)} de {len(expected)} mensajes llegaron; {others} actos sin regla todavía."
    Console().print(text)
    return bool(expected) and len(arrived) == len(expected)
