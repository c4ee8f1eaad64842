"""What arrived for each act of the demo's day, read from the ledger and the built-in inbox."""

import email
import email.policy
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Q
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection
from tools.demo_expect import NINE, PROCESSES, Place, Wish, wish_of

from emailketing.channels.models import InboxMessage
from emailketing.events.models import Reading
from emailketing.outbox.models import Message, State
from emailketing.sources.dialects.connect import open_engine
from emailketing.sources.dialects.registry import dialect_of
from emailketing.sources.models import CapturedChange

REPORT = "Informe"
WIDTH = 170
SHOWN = 62  # characters of a text in the table
CHANNELS = {"email": "correo", "sms": "SMS", "whatsapp": "WhatsApp"}
TABLES = {"modificacion": ("producto", "cliente"), "eliminacion": ("cliente",)}
AFTER = (State.ACCEPTED, State.DELIVERED)


@dataclass
class Row:
    """One act and one message it caused; `text` is empty when nothing was expected or came."""

    act: str
    is_expected: bool
    process: str = ""
    channel: str = ""
    text: str = ""
    address: str = ""
    seconds: float | None = None
    problem: str = ""
    message: int = 0


def check(acts: list[dict[str, Any]], company: Path, *, seconds: float) -> list[Row]:
    """Wait until all is read and arrived (or time is up), then list what came of each act."""
    deadline = time.monotonic() + seconds
    engine = open_engine("sqlite", database=str(company))
    with engine.connect() as connection:
        while True:
            rows = _all_rows(acts, connection)
            if not any(row.problem for row in rows) and _is_quiet(connection):
                # once more: what was read last may have caused a message too many
                rows = _all_rows(acts, connection)
                break
            if time.monotonic() > deadline:
                break
            time.sleep(0.2)
    engine.dispose()
    return rows


def _all_rows(acts: list[dict[str, Any]], company: Connection) -> list[Row]:
    rows = [row for act in acts for row in _rows(act, company)]
    return rows + list(_strangers({row.message for row in rows}))


def _is_quiet(company: Connection) -> bool:
    """Say whether no change waits in the company's database, and nothing on its way with us."""
    waiting = dialect_of(company.engine).read(company, limit=1).changes
    company.rollback()
    return not (
        waiting
        or Reading.objects.filter(read_at=None).exists()
        or CapturedChange.objects.filter(audited_at=None).exists()
        or Message.objects.exclude(state__in=AFTER).exists()
    )


def _strangers(known: set[int]) -> list[Row]:
    """Messages that belong to no act must not exist."""
    return [
        Row("Nadie lo esperaba", is_expected=True, address=m.address, problem=str(m.dispatch))
        for m in Message.objects.exclude(pk__in=known).select_related("dispatch")
    ]


def _rows(act: dict[str, Any], company: Connection) -> list[Row]:
    if act["act"] not in PROCESSES:
        return [Row(act["label"], is_expected=False)]
    process = PROCESSES[act["act"]][1]
    wish = wish_of(act, company)
    if wish is None:
        problem = "ninguna regla encendida"
        return [Row(act["label"], is_expected=True, process=process, problem=problem)]
    rows = [_row(act, message, wish) for message in _messages(act, wish)]
    found = Counter((row.channel, row.address) for row in rows)
    rows += [
        Row(act["label"], True, process, channel, address=address, problem="no llegó")
        for channel, address in sorted(wish.places - set(found))
    ]
    for row in rows:
        place: Place = (row.channel, row.address)
        if found[place] and not row.problem and place not in wish.places:
            row.problem = "a quien no debe"
        elif found[place] > 1:
            row.problem = f"{found[place]} veces"
    return rows


def _messages(act: dict[str, Any], wish: Wish) -> list[Message]:
    """Return what the rule of this act wrote about its document, in the order of sending."""
    outcome = Q(dispatch__outcomes__rule=wish.rule)
    if act["act"] in TABLES:
        document = "dispatch__event__data__document__"
        about = Q(**{f"{document}number": str(act["key"])})
        about &= Q(**{f"{document}table__in": TABLES[act["act"]]})
        if act["act"] == "modificacion":
            about &= Q(
                **{f"{document}table": "producto" if "precio" in act["label"] else "cliente"}
            )
    else:
        about = Q(dispatch__event__document_key=str(act["key"]))
    messages = Message.objects.filter(outcome & about).select_related("revision")
    return list(messages.distinct().order_by("pk"))


def _row(act: dict[str, Any], message: Message, wish: Wish) -> Row:
    row = Row(act["label"], True, PROCESSES[act["act"]][1], message.channel)
    row.address, row.message, row.text = message.address, message.pk, message.subject
    name = message.message_id.strip("<>")
    copies = list(InboxMessage.objects.filter(message_id__contains=name))
    if message.state not in AFTER or message.accepted_at is None:
        row.problem = f"{message.get_state_display()} {message.detail}".strip()
    elif len(copies) != 1:
        row.problem = f"{len(copies)} copias en la bandeja"
    else:
        row.problem = _problem(bytes(copies[0].raw), message, wish)
        row.text = row.text or _said(bytes(copies[0].raw))
        saved = datetime.fromisoformat(act["at"])
        row.seconds = (message.accepted_at - saved).total_seconds()
    return row


def _problem(raw: bytes, message: Message, wish: Wish) -> str:
    if message.channel == "email":
        template = wish.rule.template
        has_layout = template is not None and template.layout and wish.rule.attach_document
        return "sin PDF" if has_layout and not _has_pdf(raw) else ""
    return f"{message.segments} SMS en vez de uno" if (message.segments or 1) > 1 else ""


def _has_pdf(raw: bytes) -> bool:
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    files = [part.get_content() for part in parsed.iter_attachments()]
    return any(content[:5] == b"%PDF-" for content in files if isinstance(content, bytes))


def _said(raw: bytes) -> str:
    """Return the text of a phone message out of the mail that the inbox keeps."""
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    body = parsed.get_body(("plain",))
    return " ".join(body.get_content().split()) if body is not None else ""


def print_table(rows: list[Row]) -> bool:
    """Print the table in Spanish; return whether all is as it must be."""
    table = Table(
        "Proceso", "Qué hizo el operador", "Por", "Mensaje", "Para", "Segundos", box=None,
        pad_edge=False,
    )  # fmt: skip
    last = ""
    for row in sorted(rows, key=_place_in_table):
        act = "" if row.act == last else row.act
        last = row.act
        seconds = "" if row.seconds is None else f"{row.seconds:.2f}".replace(".", ",")
        if row.problem:
            said = f"[red]{escape(row.problem)}[/red]"
        else:
            said = escape(_cut(row.text)) if row.is_expected else "[dim]ninguno[/dim]"
        channel = CHANNELS.get(row.channel, row.channel)
        table.add_row(row.process if act else "", act, channel, said, row.address, seconds)
    console = Console(width=WIDTH)
    console.print(table)
    _sum_up(console, rows)
    return _missing(rows) == [] and not any(row.problem for row in rows)


def _place_in_table(row: Row) -> tuple[bool, int, str]:
    place = NINE.index(row.process) if row.process in NINE else len(NINE)
    return not (row.is_expected or row.problem), place, row.act


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _missing(rows: list[Row]) -> list[str]:
    """Return which of the nine processes nothing arrived for."""
    arrived = {row.process for row in rows if row.is_expected and not row.problem}
    return [label for label in NINE if label not in arrived]


def _sum_up(console: Console, rows: list[Row]) -> None:
    expected = [row for row in rows if row.is_expected]
    arrived = [row for row in expected if not row.problem]
    count = Counter(row.channel for row in arrived)
    silent = [row for row in rows if not row.is_expected]
    quiet = sum(not row.problem for row in silent)
    slowest = max((row.seconds for row in arrived if row.seconds is not None), default=0.0)
    seconds = f"{slowest:.2f}".replace(".", ",")
    console.print(
        f"{len(arrived)} de {len(expected)} mensajes llegaron, una sola vez: {count['email']} "
        f"correos y {count['sms']} SMS; el más lento en {seconds} s.",
        highlight=False,
    )
    console.print(
        f"{quiet} de {len(silent)} actos que no deben avisar no enviaron nada.", highlight=False
    )
    missing = _missing(rows)
    there = len(NINE) - len(missing)
    without = f" Falta: {', '.join(missing)}." if missing else ""
    console.print(f"{there} de {len(NINE)} procesos avisaron.{without}", highlight=False)
    reports = {row.act: True for row in rows if row.process == REPORT}
    reports |= {row.act: False for row in rows if row.process == REPORT and row.problem}
    console.print(
        f"{sum(reports.values())} de {len(reports)} informes llegaron, con las cifras de la "
        "empresa y a cada uno sus filas.",
        highlight=False,
    )
