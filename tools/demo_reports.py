"""The demo's three reports: asked for once, then compared with the company's own tables.

What must stand in each mail is reckoned here by plain SQL on the company's file; nothing here asks
how the product reads a listing or divides its rows.
"""

import email
import email.policy
import re
import shlex
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text
from tools.demo_report import AFTER, REPORT, Row
from tools.demo_setup import run

from emailketing.channels.models import InboxMessage
from emailketing.company.models import Company
from emailketing.outbox.models import Message
from emailketing.schedule.models import Run
from emailketing.sources.dialects.connect import open_engine
from emailketing.triggers.reports.models import Report

STATEMENT, BRANCHES, FLEETS = (
    "Estado de resultados",
    "Ventas por sucursal de ayer",
    "Consumo de su flota",
)
COMMANDS = f"""
# Tres informes: salen solos a su hora; abajo se piden una vez, ahora mismo
emailketing report add "{STATEMENT}" --listing estacion.income_statement
    --every day --at 07:00 --to role:Gerencia --files pdf,xlsx --active
emailketing report add "{BRANCHES}" --listing estacion.sales_by_branch
    --every working-day --at 07:00 --to role:Gerencia --rows-by branch $MANAGERS
    --files pdf --compare before --active
emailketing report add "{FLEETS}" --listing estacion.fleet_consumption
    --every week --on mon --at 07:30 --to role:Gerencia --rows-by _contact:contact:flota
    --files pdf --active
"""
BOSSES = "SELECT email FROM usuario WHERE activo = 1 AND cargo = 'gerencia'"
# whose branch it is: the seller who works there
MANAGERS = """
SELECT s.nombre, u.email FROM usuario u JOIN sucursal s ON s.id = u.sucursal_id
WHERE u.activo = 1 AND u.cargo = 'ventas' ORDER BY s.id"""
RESULT = """
SELECT sum(l.haber - l.debe) FROM asiento_linea l JOIN asiento a ON a.id = l.asiento_id
JOIN cuenta c ON c.id = l.cuenta_id
WHERE substr(c.codigo, 1, 1) IN ('4', '5', '6', '7') AND a.fecha >= :begins AND a.fecha < :until"""
SOLD = """
SELECT s.nombre, sum(v.total) FROM venta v JOIN sucursal s ON s.id = v.sucursal_id
WHERE v.estado = 'emitida' AND v.fecha >= :begins AND v.fecha < :until GROUP BY s.nombre"""
FUELLED = """
SELECT k.valor, sum(f.importe) FROM venta_combustible f JOIN venta v ON v.id = f.venta_id
JOIN vehiculo x ON x.id = f.vehiculo_id
JOIN cliente_contacto k ON k.cliente_id = x.cliente_id AND k.tipo = 'email' AND k.uso = 'flota'
WHERE v.estado = 'emitida' AND v.fecha >= :begins AND v.fecha < :until GROUP BY k.valor"""


@dataclass(frozen=True)
class Expected:
    """Who must have which report, and the sums that must and must not stand in the mail."""

    report: str
    address: str
    sums: frozenset[int]
    others: frozenset[int] = frozenset()


def commands(connection: Connection) -> str:
    """Return the commands that make the reports; whose branch it is says the company's table."""
    named = (
        shlex.join(("--person", f"{branch}={address}"))
        for branch, address in connection.execute(text(MANAGERS))
    )
    return COMMANDS.replace("$MANAGERS", " ".join(named))


def rows_of_reports(company: Path, *, seconds: float) -> list[Row]:
    """Ask for every report now; return what came of it when it is there, or time is up."""
    numbers = Report.objects.order_by("pk").values_list("pk", flat=True)
    run("\n".join(f"emailketing report run {number}" for number in numbers), str(company))
    engine = open_engine("sqlite", database=str(company))
    with engine.connect() as connection:
        rows = check(connection, seconds=seconds)
    engine.dispose()
    return rows


def check(company: Connection, *, seconds: float) -> list[Row]:
    """Wait until every run has ended and its mails have arrived, then compare them."""
    deadline = time.monotonic() + seconds
    asked = Run.objects.earliest("instant").instant
    expected = list(_expected(company, asked.astimezone(ZoneInfo(Company.get().time_zone)).date()))
    while True:
        rows = [*map(_row, expected), *_strangers(expected)]
        ended = not Run.objects.exclude(state__in=(Run.State.SENT, Run.State.FAILED)).exists()
        if (ended and not any(row.problem for row in rows)) or time.monotonic() > deadline:
            return rows
        time.sleep(0.2)


def _expected(company: Connection, today: date) -> Iterable[Expected]:
    bosses = list(company.execute(text(BOSSES)).scalars())
    managers = {str(name): str(address) for name, address in company.execute(text(MANAGERS))}
    month = _values(company, RESULT, today.replace(day=1), today + timedelta(1))
    yield from (Expected(STATEMENT, boss, frozenset(month)) for boss in bosses)
    sold = _by_name(company, SOLD, today - timedelta(1), today)
    yield from (Expected(BRANCHES, boss, frozenset(sold.values())) for boss in bosses)
    for branch, address in managers.items():
        if branch in sold:
            yield _own(BRANCHES, address, sold[branch], sold.values())
    monday = today - timedelta(today.weekday())
    fuelled = _by_name(company, FUELLED, monday - timedelta(7), monday)
    yield from (Expected(FLEETS, boss, frozenset({sum(fuelled.values())})) for boss in bosses)
    for address, amount in fuelled.items():
        yield _own(FLEETS, address, amount, fuelled.values())


def _own(report: str, address: str, own: int, everybody: Iterable[int]) -> Expected:
    return Expected(report, address, frozenset({own}), frozenset(everybody) - {own})


def _values(company: Connection, query: str, begins: date, until: date) -> list[int]:
    found = company.execute(text(query), {"begins": str(begins), "until": str(until)})
    return [int(value) for value in found.scalars()]


def _by_name(company: Connection, query: str, begins: date, until: date) -> Mapping[str, int]:
    found = company.execute(text(query), {"begins": str(begins), "until": str(until)})
    return {str(name): int(value) for name, value in found}


def _messages(wanted: Expected) -> list[Message]:
    report = Report.objects.get(name=wanted.report)
    found = Message.objects.filter(dispatch__trigger=report.trigger, address=wanted.address)
    return list(found.order_by("pk"))


def _row(wanted: Expected) -> Row:
    row = Row(wanted.report, is_expected=True, process=REPORT, channel="email")
    row.address = wanted.address
    messages = _messages(wanted)
    if len(messages) != 1:
        row.problem = f"{len(messages)} veces" if messages else "no llegó"
        return row
    (message,) = messages
    row.message, row.text = message.pk, message.subject
    if message.state not in AFTER or message.accepted_at is None:
        row.problem = f"{message.get_state_display()} {message.detail}".strip()
        return row
    asked = Run.objects.filter(trigger=message.dispatch.trigger).latest("instant").instant
    row.seconds = (message.accepted_at - asked).total_seconds()
    name = message.message_id.strip("<>")
    copies = list(InboxMessage.objects.filter(message_id__contains=name))
    row.problem = _problem(bytes(copies[0].raw), wanted) if len(copies) == 1 else "sin copia"
    return row


def _problem(raw: bytes, wanted: Expected) -> str:
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    files = {str(part.get_content_type()) for part in parsed.iter_attachments()}
    body = parsed.get_body(("plain",))
    said = numbers(body.get_content() if body is not None else "")
    if "application/pdf" not in files:
        return "sin PDF"
    if lacking := wanted.sums - said:
        return f"falta la cifra {min(lacking)}"
    if strange := wanted.others & said:
        return f"tiene una cifra ajena: {min(strange)}"
    return ""


def numbers(said: str) -> frozenset[int]:
    """Return the whole numbers of a text, whichever language's points stand between thousands."""
    found = re.findall(r"-?\d{1,3}(?:[.,\u202f\u00a0]\d{3})+|-?\d+", said)
    return frozenset(int(re.sub(r"[^\d-]", "", one)) for one in found)


def _strangers(expected: Iterable[Expected]) -> Iterable[Row]:
    """Nobody else may have a report."""
    known = {(one.report, one.address) for one in expected}
    names = {report.trigger: report.name for report in Report.objects.all()}
    for message in Message.objects.filter(dispatch__trigger__in=names):
        name = names[message.dispatch.trigger]
        if (name, message.address) not in known:
            yield Row(name, True, REPORT, address=message.address, problem="a quien no debe")
