"""A database of each earlier version, made by its own code, is brought up to date and goes on.

What is kept here was written by `tools/upgrade_fixture.py`: CONTRIBUTING says when.
"""

import json
import lzma
import os
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

HERE = Path(__file__).resolve().parent
VERSIONS = sorted(folder.name for folder in HERE.iterdir() if (folder / "secret.key.txt").is_file())
POSTGRES = os.environ.get("EMAILKETING_TEST_POSTGRES", "")
PLACE = "/srv/emailketing-fixture"
PATIENCE = 300  # seconds: for a busy machine
SOON = 3600  # seconds: the old version read its events at once, the upgrade is months later
PASSWORD = "Ñandú-2026 ü"  # noqa: S105 - of the fixture's sender
# runs commands and looks at what they leave, in one process: starting Python takes longest
PROGRAM = """
import io, json, sys
import django
django.setup()
from emailketing.channels.models import Sender
from emailketing.cli.app import app
from emailketing.company.models import SafeMode
from emailketing.events.models import Event
from emailketing.events.readers import read_at
from emailketing.sources.models import DocumentState
from emailketing.triggers.notifications.models import Rule, RuleWay
from emailketing.triggers.notifications.firing.reader import RULES

def run(*words):
    kept, sys.stdout = sys.stdout, io.TextIOWrapper(io.BytesIO(), "utf-8")
    try:
        code = app(words, standalone_mode=False)
        sys.stdout.flush()
        said = "\\n".join(sys.stdout.buffer.getvalue().decode().splitlines()) + "\\n"
    finally:
        sys.stdout = kept
    if code:
        raise SystemExit(f"{words}: {code} {said}")
    return said

for words in json.load(sys.stdin):
    run(*words)
print(json.dumps({
    "messages": run("message", "list", "--json"),
    "mail": run("message", "source", "1"),
    "later": run("message", "source", "2"),
    "safe": list(SafeMode.objects.filter(confirmed_at=None).values_list("scope", flat=True)),
    "password": Sender.objects.get(name="Avisos").password,
    "rules": list(Rule.objects.order_by("pk").values_list("name", "process", "is_active")),
    "ways": list(
        RuleWay.objects.order_by("pk").values_list(
            "rule__name", "channel", "template__slug", "sender__name"
        )
    ),
    "to": list(Rule.objects.order_by("pk").values_list("recipients", flat=True)),
    "read": [
        (event.document_label, (read_at(RULES, event) - event.recorded_at).total_seconds())
        for event in Event.objects.order_by("pk")
    ],
    "states": list(DocumentState.objects.filter(is_true=True).values_list("document_key", "life")),
}))
"""


@dataclass
class Old:
    """An installation as a version left it, put back in another place."""

    home: Path
    database: str
    looks: dict[str, str]

    def run(self, statement: str) -> None:
        if self.database.startswith("sqlite"):
            with closing(sqlite3.connect(self.home / "emailketing.sqlite3")) as there:
                there.execute(statement)
                there.commit()
            return
        with psycopg.connect(self.database, autocommit=True) as server:
            server.execute(statement.encode())

    def after(self, *commands: Sequence[str]) -> dict[str, Any]:
        """Run commands and return how it looks then."""
        environment = {
            **os.environ,
            "EMAILKETING_HOME": str(self.home),
            "DATABASE_URL": self.database,
            "DJANGO_SETTINGS_MODULE": "emailketing.config.settings",
            "EMAILKETING_INBOX_PORT": "0",
            "EMAILKETING_LANGUAGE": "en",
        }
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=json.dumps(commands),
            env=environment,
            cwd=self.home,
            text=True,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture(params=VERSIONS)
def kept(request: pytest.FixtureRequest) -> Path:
    return HERE / str(request.param)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def old(request: pytest.FixtureRequest, kept: Path, tmp_path: Path) -> Iterator[Old]:
    kind = str(request.param)
    text = _text(kept / f"{kind}.sql.xz", tmp_path)
    _put_back(tmp_path / "tienda.db", _text(kept / f"{kind}-business.sql.xz", tmp_path))
    (tmp_path / "secret.key").write_text((kept / "secret.key.txt").read_text())
    (tmp_path / "secret.key").chmod(0o600)
    folder = tmp_path / "connectors" / "tienda"
    folder.mkdir(parents=True)
    for name, content in json.loads((kept / "connector.json").read_text()).items():
        (folder / name).write_text(content)
    looks = json.loads(_text(kept / f"{kind}-looks.json.xz", tmp_path))
    if kind == "sqlite":
        _put_back(tmp_path / "emailketing.sqlite3", text)
        yield Old(tmp_path, f"sqlite:///{tmp_path}/emailketing.sqlite3", looks)
        return
    if not POSTGRES:
        pytest.skip("needs a PostgreSQL server: set EMAILKETING_TEST_POSTGRES")
    name = f"upgrade_{uuid.uuid4().hex[:8]}"
    address = f"{POSTGRES.rpartition('/')[0]}/{name}"
    with psycopg.connect(POSTGRES, autocommit=True) as root:
        root.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        with psycopg.connect(address, autocommit=True) as new:
            new.execute(text.encode())
        yield Old(tmp_path, address, looks)
        root.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _text(file: Path, home: Path) -> str:
    return lzma.decompress(file.read_bytes()).decode().replace(PLACE, str(home))


def _put_back(file: Path, text: str) -> None:
    with closing(sqlite3.connect(file)) as new:
        new.execute("PRAGMA journal_mode=WAL")
        new.executescript(text)


def test_an_upgrade_keeps_messages_rules_and_secrets_and_goes_on(old: Old) -> None:
    before = _messages(old.looks)
    assert [before[number]["state"] for number in (1, 2, 3, 4)] == [
        "accepted", "scheduled", "accepted", "cancelled",
    ]  # fmt: skip
    # as if the rule that is off had texts for phones, and a sender for them
    old.run(
        "UPDATE notifications_rule SET sms_template_id = template_id,"
        " phone_sender_id = (SELECT min(id) FROM channels_sender) WHERE name = 'Recordar'"
    )
    # it stands elsewhere now: nothing leaves until somebody says that it is the one
    now = old.after(("migrate",), ("worker", "--once"))
    assert _messages(now).keys() == before.keys()
    _check_intact(old, now)
    while now["safe"]:
        confirm = [("safe-mode", "confirm", "--yes", scope) for scope in now["safe"]]
        now = old.after(*confirm, ("worker", "--once"))
    _check_intact(old, now)
    after = _messages(now)
    new = [after[number] for number in after.keys() - before.keys()]
    told = [(one["document_label"], one["address"], one["state"]) for one in new]
    assert told == [("Pedido P-4", "compras@nanduti.example", "test_inbox")], "once, and no other"


def _messages(looks: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """Return what the rules wrote; an alert to the administrators may come beside it."""
    found = json.loads(looks["messages"])
    return {message["id"]: message for message in found if message["trigger"].startswith("rule:")}


def _check_intact(old: Old, now: dict[str, Any]) -> None:
    """Nothing of what was is another by now, down to the bytes of the mails."""
    messages = _messages(now)
    for number, message in _messages(old.looks).items():
        if message["state"] == "accepted":  # 0.1.0 said so of what its own test inbox took
            message |= {"state": "test_inbox", "accepted_at": None}
        assert {name: messages[number][name] for name in message} == message
    assert now["mail"] == old.looks["mail"]
    # what was read stays read, since when it was: nothing fires again
    read = [label for label, seconds in now["read"] if seconds < SOON]
    assert read[:2] == ["Pedido P-2", "Pedido P-3"]
    assert now["later"] == old.looks["later"]
    assert now["password"] == PASSWORD
    assert now["rules"] == [["Pedido al cliente", "order", True], ["Recordar", "order", False]]
    assert now["to"][0][0]["kind"] == "party"
    assert now["ways"] == [
        ["Pedido al cliente", "email", "pedido", None],
        ["Recordar", "email", "pedido", None],
        ["Recordar", "sms", "pedido", "Avisos"],
    ]
    assert {("1", 0), ("2", 0), ("3", 0)} <= {tuple(state) for state in now["states"]}
