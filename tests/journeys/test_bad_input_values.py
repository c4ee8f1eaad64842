"""Hostile values in the business system's columns: the mails leave, and hold them as plain text."""

import sqlite3
from email import message_from_bytes
from email.message import Message

import pytest

from tests.journeys.quick import ask, attach_quickly, messages, wait_for_accepted
from tests.journeys.stage import Stage, wait_until

pytestmark = pytest.mark.slow
HOSTILE = (
    "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{ 7*7 }}\r\nBcc: evil@evil.test"
    "\r\n\u202e\x01"
)
ORDER = (
    "INSERT INTO orden_compra (numero, sucursal_id, proveedor_id, fecha, condicion, estado,"
    " observacion, total, creado_por, creado_en)"
    " SELECT :number, 1, :supplier, :date, :text, 'borrador', :note, 1000, min(codigo),"
    " '2026-11-24 10:00:00' FROM usuario"
)


def fill_with_hostile_values(stage: Stage) -> None:
    business = sqlite3.connect(stage.company.removeprefix("sqlite:///"), timeout=30)
    with business:
        (supplier,) = business.execute(
            "SELECT proveedor_id FROM proveedor_contacto WHERE tipo = 'email' AND uso = 'pedidos'"
            " AND idioma IS NULL ORDER BY id LIMIT 1"
        ).fetchone()
        business.execute(
            "UPDATE proveedor SET razon_social = :x, ruc = :x, direccion = :x, ciudad = :x,"
            " telefono = :x, observacion = :x WHERE id = :id",
            {"x": HOSTILE, "id": supplier},
        )
        business.execute(
            "UPDATE proveedor_contacto SET nombre = ? WHERE proveedor_id = ?", (HOSTILE, supplier)
        )
        for number, note, date in (
            ("../../etc/passwd", HOSTILE, "2026-11-24"),
            ("BIG", "x" * 5_000_000, "2026-11-24"),
            ("NUL", "a\0b", "2026-11-24"),
            ("DATE", "n", "no date"),
        ):
            values = {"number": number, "supplier": supplier, "date": date, "note": note}
            business.execute(ORDER, values | {"text": HOSTILE})
        made = "SELECT id FROM orden_compra WHERE numero IN ('../../etc/passwd','BIG','NUL','DATE')"
        for (key,) in business.execute(made).fetchall():
            columns = [
                row[1]
                for row in business.execute("PRAGMA table_info(orden_compra_linea)")
                if row[1] not in {"id", "orden_compra_id"}
            ]
            copied = ", ".join(columns)
            business.execute(
                f"INSERT INTO orden_compra_linea (orden_compra_id, {copied}) SELECT {key}, {copied}"  # noqa: S608
                " FROM orden_compra_linea ORDER BY id LIMIT 1"
            )
            business.execute("UPDATE orden_compra SET estado = 'confirmada' WHERE id = ?", [key])
    business.close()


def test_hostile_values_leave_as_plain_text_or_are_one_sentence(stage: Stage) -> None:
    attach_quickly(stage)
    with stage.serving() as log:
        fill_with_hostile_values(stage)
        wait_for_accepted(stage, 3)
        wait_until(lambda: len(outcomes(stage)) == 4)
    assert [m["state"] for m in messages(stage) if m["state"] != "accepted"] == []
    failed = [row for row in outcomes(stage) if row["result"] == "failed"]
    assert len(failed) == 1
    assert "no date" in failed[0]["detail"]
    mails = [
        message_from_bytes(row["raw"])
        for row in ask(stage.database, "SELECT raw FROM channels_inboxmessage")
    ]
    assert len(mails) == len(messages(stage))
    for mail in mails:
        check(mail)
    assert "evil@evil" not in log.read_text()


def outcomes(stage: Stage) -> list[dict[str, str]]:
    return ask(stage.database, "SELECT result, detail FROM notifications_outcome")


def check(mail: Message) -> None:
    """S1, S11, S27: no header of theirs, no markup, no path in a file's name."""
    assert mail["Bcc"] is None
    assert "\n" not in str(mail["Subject"]).replace("\n ", "")
    for part in mail.walk():
        content = part.get_payload(decode=True)
        if part.get_content_type() == "text/html":
            assert isinstance(content, bytes)
            assert b"<script>alert" not in content
            assert b"<img src=x" not in content
        assert "/" not in (part.get_filename() or "")
