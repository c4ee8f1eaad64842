"""Make a small database with the code of a version, for the test that upgrades it (issue 8, 22).

Run it with the code of that version, before the next one begins:

    old=$(mktemp -d); git archive COMMIT | tar x -C $old
    PYTHONPATH=$old/src .venv/bin/python tools/upgrade_fixture.py 0.1.0

It drives the command line, so that it works with every version; only what a rule put off is put
off further by itself. On PostgreSQL too where EMAILKETING_TEST_POSTGRES names a server. Kept: our
database and the business's as SQL, the key.
"""

import json
import lzma
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from subprocess import PIPE
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "tests" / "upgrade"
PLACE = "/srv/emailketing-fixture"  # stands for the folder in what is kept
PASSWORD = "Ñandú-2026 ü"  # noqa: S105 - of the fixture's sender
MOST = 100_000  # bytes of a file

BUSINESS = """
PRAGMA journal_mode=WAL;
CREATE TABLE cliente (id integer PRIMARY KEY, nombre text, correo text);
CREATE TABLE pedido (id integer PRIMARY KEY, numero text, estado text, cliente integer);
INSERT INTO cliente VALUES (1, 'Ñandutí S.A.', 'compras@nanduti.example');
INSERT INTO pedido VALUES (1, 'P-1', 'confirmado', 1);
"""
CONNECTOR = {
    "connector.toml": """
title = "Tienda"
dialects = ["sqlite"]
settle = 0.0
[[tables]]
names = ["pedido", "cliente"]
[documents.order]
label = "Pedido"
table = "pedido"
text = "Pedido {number}"
header = "order.sql"
party = "client"
[[documents.order.fields]]
path = "number"
label = "Número"
column = "numero"
[[documents.order.fields]]
path = "state"
label = "Estado"
column = "estado"
[processes.order]
label = "Pedido confirmado"
document = "order"
becomes = { field = "state", op = "eq", value = "confirmado" }
[parties.client]
label = "Cliente"
table = "cliente"
contact = "client.sql"
addresses = "addresses.sql"
[usages.pedidos]
label = "Pedidos"
""",
    "order.sql": """
SELECT o.numero AS number, o.estado AS state, o.cliente AS "party.key", c.nombre AS "party.name"
FROM pedido o JOIN cliente c ON c.id = o.cliente WHERE o.id = :key
""",
    "client.sql": """
SELECT nombre AS name, 'es' AS language, 1 AS active FROM cliente WHERE id = :key
""",
    "addresses.sql": """
SELECT 'email' AS kind, correo AS value, 'pedidos' AS usage FROM cliente WHERE id = :key
""",
}
TEXT = "Su {{ document.label }}\nLo pedimos hoy\n\nHola {{ recipient.name }}, escrito antes.\n"
RULE = ("rule", "add", "--source", "tienda", "--process", "order", "--template", "pedido")
LATER = ("--delay", "43200", "--active")  # minutes: as far as a rule may put off
LOOKS = {  # what must be the same afterwards
    "messages": ("message", "list", "--json"),
    "mail": ("message", "source", "1"),
    "later": ("message", "source", "2"),
}
SEVERAL = """
import json, sys
import django
django.setup()
from emailketing.cli.app import app
for words in json.load(sys.stdin):
    if code := app(words, standalone_mode=False):
        raise SystemExit(f"{words}: {code}")
"""

# a rule may put off for a month, what is kept must wait for years
MUCH_LATER = """
from datetime import timedelta
import django
django.setup()
from django.db.models import F
from emailketing.outbox.models import Message
columns = ("not_before", "next_at", "expires_at")
late = {column: F(column) + timedelta(days=3650) for column in columns}
Message.objects.filter(state="scheduled").update(**late)
"""


def main() -> None:
    version = sys.argv[1]
    target = KEPT / version
    target.mkdir(parents=True, exist_ok=True)
    _keep_sqlite(target)
    if server := os.environ.get("EMAILKETING_TEST_POSTGRES"):
        _keep_postgresql(target, server)
    for file in sorted(target.iterdir()):
        print(f"▸ {file.relative_to(ROOT)}: {file.stat().st_size} bytes")
        if file.stat().st_size > MOST:
            raise SystemExit(f"{file.name} is too large to be kept")


def _keep_sqlite(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        looks = live_a_little(home, f"sqlite:///{home}/emailketing.sqlite3")
        _write(target / "sqlite.sql.xz", _dump(home / "emailketing.sqlite3"), home)
        _write(target / "sqlite-business.sql.xz", _dump(home / "tienda.db"), home)
        _write(target / "sqlite-looks.json.xz", [json.dumps(looks)], home)
        shutil.copyfile(home / "secret.key", target / "secret.key.txt")
        (target / "connector.json").write_text(json.dumps(CONNECTOR, indent=1) + "\n")


def _keep_postgresql(target: Path, server: str) -> None:
    """The same, with the same key and a business database of its own."""
    name = "emk_upgrade_fixture"
    address = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    psql = ("psql", "-qd", server, "-c")
    subprocess.run([*psql, f"DROP DATABASE IF EXISTS {name}"], check=True)
    subprocess.run([*psql, f"CREATE DATABASE {name}"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copyfile(target / "secret.key.txt", home / "secret.key")
        looks = live_a_little(home, address)
        words = ["pg_dump", "--inserts", "--no-owner", "--no-privileges", address]
        found = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        lines = (line for line in found.splitlines() if not line.startswith("\\"))
        _write(target / "postgresql.sql.xz", lines, home)
        _write(target / "postgresql-business.sql.xz", _dump(home / "tienda.db"), home)
        _write(target / "postgresql-looks.json.xz", [json.dumps(looks)], home)
    subprocess.run([*psql, f"DROP DATABASE {name}"], check=True)


def live_a_little(home: Path, database: str) -> dict[str, str]:
    """Set up, tell two orders, put two off, cancel one, leave one unread; say how it looks."""
    business = sqlite3.connect(home / "tienda.db", isolation_level=None)
    business.executescript(BUSINESS)
    for name, text in CONNECTOR.items():
        (home / "connectors" / "tienda").mkdir(parents=True, exist_ok=True)
        (home / "connectors" / "tienda" / name).write_text(text)
    (home / "pedido.txt").write_text(TEXT)
    environment = _environment(home, database)
    run = _runner(home, environment)
    run(
        ("migrate",),
        ("setup", "--name", "Tienda de antes", "--tax-id", "80012345-0"),
        ("user", "add", "admin", "--role", "administrator"),
        (
            *("sender", "add", "Avisos", "--host", "smtp.tienda.example"),
            *("--from-address", "avisos@tienda.example", "--username", "avisos"),
        ),
        ("template", "add", "pedido", "Pedido", "--document-type", "order"),
        ("template", "edit", "pedido", str(home / "pedido.txt")),
        ("contact", "add", "Rosa Jefa", "--address", "rosa@tienda.example"),
        (
            *("source", "add", "tienda", "--connector", "tienda"),
            *("--database", str(home / "tienda.db")),
        ),
        ("source", "install", "tienda", "--yes"),
        (*RULE, "Pedido al cliente", "--no-pdf", "--to", "party:pedidos", "--active"),
        (*RULE, "Recordar", "--no-pdf", "--to", "rosa@tienda.example", *LATER),
    )
    business.execute("INSERT INTO pedido VALUES (2, 'P-2', 'confirmado', 1)")
    run(("worker", "--once"))
    business.execute("INSERT INTO pedido VALUES (3, 'P-3', 'borrador', 1)")
    business.execute("UPDATE pedido SET estado = 'confirmado' WHERE id = 3")
    run(("worker", "--once"))
    subprocess.run([sys.executable, "-c", MUCH_LATER], env=environment, cwd=home, check=True)
    run(("message", "cancel", "4", "--reason", "ya no"), ("rule", "off", "2"))
    business.execute("INSERT INTO pedido VALUES (4, 'P-4', 'confirmado', 1)")
    business.close()
    return {name: run(words) for name, words in LOOKS.items()}


def _environment(home: Path, database: str) -> dict[str, str]:
    return {
        **os.environ,
        "EMAILKETING_HOME": str(home),
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "emailketing.config.settings",
        "EMAILKETING_INBOX_PORT": "0",
        "EMAILKETING_LANGUAGE": "en",
        "EMAILKETING_USER_PASSWORD": "Nandejara-2026",
        "EMAILKETING_SENDER_PASSWORD": PASSWORD,
    }


def _runner(home: Path, environment: Mapping[str, str]) -> Callable[..., str]:
    def run(*commands: Sequence[str]) -> str:
        words = json.dumps(commands)
        start = [sys.executable, "-c", SEVERAL]
        done = subprocess.run(
            start, input=words, env=environment, cwd=home, text=True, stdout=PIPE, check=True
        )
        return done.stdout

    return run


def _dump(file: Path) -> Iterable[str]:
    with closing(sqlite3.connect(file)) as reading:
        return list(reading.iterdump())


def _write(file: Path, lines: Iterable[str], home: Path) -> None:
    text = "\n".join(lines).replace(str(home), PLACE)
    file.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    main()
