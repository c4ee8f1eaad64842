"""`emailketing source …`: one sentence for what is wrong, no secret shown (S22)."""

from pathlib import Path

import pytest
from django.utils import translation
from typer.testing import CliRunner, Result

from emailketing.accounts.models import AuditEntry
from emailketing.cli.app import app
from emailketing.company.models import Company
from emailketing.sources.models import Source
from emailketing.sources.reading.pull import pull_due
from tests.sources.shop import Shop, now

pytestmark = pytest.mark.django_db
SECRET = "s3cr3t-Ñandú"  # noqa: S105


def run(*words: str, ok: bool = True) -> Result:
    with translation.override("en"):
        result = CliRunner().invoke(app, ["source", *words], env={"COLUMNS": "200"})
    assert (result.exit_code == 0) is ok, result.output
    return result


@pytest.fixture
def added(shop: Shop) -> Shop:
    Company.objects.create(pk=1, language="en")
    words = ["--connector", str(shop.folder)]
    for name, value in shop.place.items():
        words += [f"--{name}", str(value)]
    run("add", "tienda", "--name", "Tienda", *words, "--password", SECRET)
    shop.source = Source.objects.get()
    return shop


def test_from_adding_to_removing(added: Shop) -> None:
    assert "Pedido confirmado" in run("check", "tienda").output
    assert "emk" in run("plan", "tienda").output
    assert "42 " not in run("install", "tienda", "--yes").output
    assert "in place" in run("status", "tienda").output
    added.order(1, number="P-1")
    shown = run("test-document", "tienda", "order", "1").output
    assert '"label": "Pedido P-1"' in shown
    assert "paused" in run("pause", "tienda").output
    assert "working" in run("resume", "tienda").output
    assert "working" in run("repair", "tienda").output
    assert "Tienda" in run("list").output
    assert "not installed" in run("remove", "tienda", "--yes").output
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["created", "installed", "paused", "resumed", "repaired", "removed"]


def test_s22_the_password_is_kept_encrypted_and_shown_nowhere(added: Shop) -> None:
    assert added.source.password == SECRET
    assert SECRET not in added.source.password_encrypted
    for words in (["list"], ["check", "tienda"], ["plan", "tienda"], ["grants", "tienda"]):
        assert SECRET not in run(*words).output
    assert SECRET not in str(AuditEntry.objects.values())


def test_the_plan_can_be_handed_to_a_dba(added: Shop, tmp_path: Path) -> None:
    run("plan", "tienda", "--to", str(tmp_path / "plan.sql"))
    assert "BEGIN" in (tmp_path / "plan.sql").read_text()


def test_the_grants_name_both_accounts(added: Shop) -> None:
    said = run("grants", "tienda", "--installer", "dba", "--reader", "lector").output
    assert "lector" in said
    assert added.is_sqlite or "dba" in said
    assert added.is_sqlite or 'GRANT SELECT ON "public"."aviso"' in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "nada"], "no source “nada”"),
        (["add", "x", "--connector", "nada", "--database", "/x"], "no connector “nada”"),
        (["add", "x y", "--connector", "estacion", "--database", "/x"], "identifier"),
        (
            ["add", "x", "--connector", "estacion", "--database", "/x", "--dialect", "oracle"],
            "oracle",
        ),
        (
            ["add", "x", "--connector", "estacion", "--database", "x", "--dialect", "postgresql"],
            "address of the database server",
        ),
        (["add", "x", "--connector", "estacion", "--database", "erp.db"], "full path"),
        (
            ["add", "x", "--connector", "estacion", "--database", "/x", "--host", "srv"],
            "has no server",
        ),
        (["test-document", "tienda", "nada", "1"], "nada"),
        (["test-document", "tienda", "order", "99"], "no order with the key 99"),
    ],
)
def test_what_is_wrong_is_one_sentence(added: Shop, words: list[str], said: str) -> None:
    output = run(*words, ok=False).output
    assert said in " ".join(output.split())
    assert "Traceback" not in output


def test_all_that_is_wrong_with_a_source_is_told_at_once() -> None:
    place = ["--connector", "nada", "--database", "erp\n.db", "--host", "srv", "--username", "yo"]
    lines = run("add", "x y", *place, "--name", "n" * 121, ok=False).output.strip().splitlines()
    said = " ".join(lines)
    wanted = ("identifier", "name", "no connector “nada”", "database", "server", "user")
    assert all(word in said for word in wanted), said
    assert not Source.objects.exists()


def test_the_same_identifier_twice_is_refused(added: Shop) -> None:
    place = ["--connector", str(added.folder), "--database", "/x"]
    assert "identifier" in run("add", "tienda", *place, ok=False).output


def test_a_database_that_is_not_there_is_one_sentence(added: Shop) -> None:
    added.source.database = "no_such_thing"
    added.source.save()
    for command in ("check", "plan", "install", "repair", "remove"):
        more = ["--yes"] if command in {"install", "remove"} else []
        output = run(command, "tienda", *more, ok=False).output
        assert "no_such_thing" in output
        assert "Traceback" not in output


def test_saying_no_changes_nothing(added: Shop) -> None:
    with translation.override("en"):
        result = CliRunner().invoke(app, ["source", "install", "tienda"], input="n\n")
    assert result.exit_code == 1
    assert Source.objects.get().installed_at is None


def test_a_changed_connector_is_shown_and_agreed_to(added: Shop) -> None:
    run("install", "tienda", "--yes")
    assert "nothing to agree to" in run("accept", "tienda", "--yes", ok=False).output
    added.connector("[processes.order]", "[processes.purchase]")
    said = run("check", "tienda", ok=False).output
    assert "“Pedido confirmado” is gone" in said
    assert "source accept tienda" in said
    assert "is gone" in run("status", "tienda").output
    assert "working" in run("accept", "tienda", "--yes").output
    assert "is gone" not in run("check", "tienda").output
    assert AuditEntry.objects.latest("pk").action == "accepted"


def test_what_is_piped_is_whole_and_one_line_a_row(added: Shop) -> None:
    with translation.override("en"):
        listed = CliRunner().invoke(app, ["source", "list"], env={"COLUMNS": "40"}).output
    (line,) = [line for line in listed.splitlines() if line.startswith("tienda")]
    assert str(added.place["database"]) in line
    assert str(added.folder) in line
    assert "…" not in listed


def test_the_status_names_the_query_and_does_not_contradict_itself(added: Shop) -> None:
    run("install", "tienda", "--yes")
    wrong = "CAST(o.nota AS integer)" if not added.is_sqlite else "json_extract(o.nota, '$')"
    added.connector("o.nota AS notes", f"{wrong} AS notes", "order.sql")
    added.order(1, number="P-1")
    added.run("UPDATE pedido SET nota = '{'")
    while pull_due(now()):
        pass
    first, *others = run("status", "tienda").output.strip().splitlines()
    assert "order.sql" in " ".join(others)
    assert "Pedido 1" in " ".join(others)
    assert first.startswith("✗ "), "the state is not called well beside it"
