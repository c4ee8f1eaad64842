"""What an operator or a business system gets wrong: one sentence says so, and nothing is lost."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.quick import RULE, ask, attach_quickly, messages, rule, wait_for_accepted
from tests.journeys.stage import Stage, free_port, wait_until

pytestmark = pytest.mark.slow
LOOP = """asunto: Pedido {{ document.number }}

{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}
"""


def said(stage: Stage, *words: str, **more: str) -> str:
    """Run what cannot work: one or two plain lines on stderr, exit code 1; return them."""
    finished = stage.attempt(*words, EMAILKETING_LANGUAGE="en", **more)
    assert finished.returncode == 1, finished
    assert "Traceback" not in finished.stderr
    assert len(finished.stderr.splitlines()) <= 3, finished.stderr
    return finished.stderr


def business(stage: Stage, *statements: str) -> None:
    """Let the business system do something to its own database."""
    file = stage.company.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, timeout=30)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def confirm(stage: Stage, table: str, state: str) -> int:
    """Copy the newest paper with its lines and confirm the copy, as operators do; its key."""
    file = stage.company.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, timeout=30)) as connection, connection:
        paper, lines = columns(connection, table), columns(connection, f"{table}_linea")
        paper.remove("numero")
        lines.remove(f"{table}_id")
        (old,) = connection.execute(
            f"SELECT max({table}_id) FROM {table}_linea JOIN {table} p ON p.id = {table}_id"  # noqa: S608
            " WHERE p.total > 0"
        ).fetchone()
        key = connection.execute(
            f"INSERT INTO {table} (numero, {', '.join(paper)})"  # noqa: S608
            f" SELECT 'X-' || (SELECT count(*) FROM {table}), {', '.join(paper)}"
            f" FROM {table} WHERE id = {old}"
        ).lastrowid
        connection.execute(f"UPDATE {table} SET estado = 'borrador' WHERE id = ?", [key])  # noqa: S608
        connection.execute(
            f"INSERT INTO {table}_linea ({table}_id, {', '.join(lines)})"  # noqa: S608
            f" SELECT {key}, {', '.join(lines)} FROM {table}_linea WHERE {table}_id = {old}"
        )
    business(stage, f"UPDATE {table} SET estado = '{state}' WHERE id = {key}")  # noqa: S608
    assert key
    return key


def columns(connection: sqlite3.Connection, table: str) -> list[str]:
    found = connection.execute(f"PRAGMA table_info({table})")
    return [row[1] for row in found if row[1] != "id"]


def test_entries_that_cannot_work_are_one_sentence_each(stage: Stage) -> None:
    attach_quickly(stage)
    nowhere = ("--dialect", "postgresql", "--host", "127.0.0.1", "--port", str(free_port()))
    place = ("--database", "erp", "--username", "reader")
    for slug, where, named in (
        ("server", (*nowhere, *place), "127.0.0.1"),
        ("file", ("--dialect", "sqlite", "--database", "/no/such/file.db"), "/no/such/file.db"),
    ):
        stage.run("source", "add", slug, "--connector", "estacion", *where)
        for verb in ("check", "install"):
            assert named in said(
                stage, "source", verb, slug, *(["--yes"] if verb == "install" else [])
            )
    texts = stage.home / "loop.txt"
    texts.write_text(LOOP)
    before = stage.run("template", "show", "purchase-order")
    assert said(stage, "template", "edit", "purchase-order", str(texts))
    assert stage.run("template", "show", "purchase-order") == before
    assert said(
        stage,
        *RULE,
        "Mal",
        "--process",
        "purchase_order",
        "--template",
        "no-such",
        "--to",
        "party:pedidos",
    )
    assert "Mal" not in stage.run("rule", "list")


def test_what_goes_wrong_while_it_runs_is_said_and_made_up_for(stage: Stage) -> None:
    """A column renamed by an upgrade, a file of ours removed, two rules on one document."""
    again = rule("Otra vez", "purchase_order", "purchase-order", "pedidos")
    attach_quickly(stage, again)
    with stage.serving() as log:
        confirm(stage, "orden_compra", "confirmada")
        first = wait_for_accepted(stage, 2)
        assert len({message["dispatch_id"] for message in first}) == 2  # one for each rule

        business(stage, "ALTER TABLE presupuesto RENAME COLUMN validez TO vence")
        quotation = confirm(stage, "presupuesto", "emitido")
        wait_until(lambda: "validez" in problem_of(stage))
        confirm(stage, "orden_compra", "confirmada")  # the others go on
        wait_for_accepted(stage, 3)
        business(stage, "ALTER TABLE presupuesto RENAME COLUMN vence TO validez")
        stage.run("source", "repair", "estacion")
        wait_until(lambda: about(stage, "quotation", quotation))
    assert "Traceback" not in log.read_text()


def test_a_file_that_is_gone_holds_its_message_until_it_is_back(stage: Stage) -> None:
    attach_quickly(stage)
    with stage.serving():
        confirm(stage, "orden_compra", "confirmada")
        (message,) = wait_for_accepted(stage, 1)
    taken = take_away(stage.home / "attachments")
    with stage.serving():  # the first one has it in memory
        stage.run("message", "resend", str(message["id"]), "--reason", "lost")
        (held,) = wait_until(lambda: in_state(stage, "held"))
        assert held["reason"] == "attachment"
        assert held["detail"]
        for file, content in taken.items():
            file.write_bytes(content)
        stage.run("message", "release", str(held["id"]), "--reason", "restored")
        wait_for_accepted(stage, 2)


def take_away(folder: Path) -> dict[Path, bytes]:
    taken = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert taken
    for file in taken:
        file.unlink()
    return taken


def problem_of(stage: Stage) -> str:
    (row,) = ask(stage.database, "SELECT paused_processes, problem FROM sources_source")
    return f"{row['paused_processes']} {row['problem']}"


def about(stage: Stage, kind: str, key: int) -> list[dict[str, Any]]:
    wanted = (kind, str(key), "accepted")
    return [
        message
        for message in messages(stage)
        if (message["document_type"], message["document_key"], message["state"]) == wanted
    ]


def in_state(stage: Stage, state: str) -> list[dict[str, Any]]:
    return [message for message in messages(stage) if message["state"] == state]
