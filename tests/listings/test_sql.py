"""S28–S33: SQL of people is one SELECT on an account that can only read, and sees no secret."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import Group

from emailketing.accounts.models import AuditEntry, User
from emailketing.accounts.roles import OPERATOR, ensure_roles
from emailketing.accounts.who import Who
from emailketing.company.models import Company
from emailketing.listings.ask import ask, parameters_of
from emailketing.listings.asked import SQL
from emailketing.listings.errors import AccountMissing, AccountUnfit, ListingError, SqlRefused
from emailketing.listings.models import Listing, ReadingAccount
from emailketing.listings.reading.errors import ReadTooLong
from emailketing.listings.reading.limits import Limits
from emailketing.listings.save import ListingInvalid, save_listing
from emailketing.listings.sql.account import grants_for, set_account
from emailketing.listings.sql.check import check_sql
from tests.listings.firms import Firm
from tests.sources.shop import now

SELECT = "SELECT estado, sum(total) AS total FROM venta GROUP BY estado ORDER BY 1"
PARSER = "postgres"
PASSWORD = "s3creta"  # noqa: S105 - of a role that lives as long as the test


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "select 1;",
        "WITH x AS (SELECT 1 AS n) SELECT n FROM x",
        "SELECT 1 UNION ALL SELECT 2",
        "SELECT count(*) FROM venta WHERE fecha >= :desde -- hoy",
        "SELECT fecha::date, '10:30' AS hora FROM venta",
    ],
)
def test_one_select_is_let_through(text: str) -> None:
    assert check_sql(text, PARSER).text


def test_only_what_is_no_text_is_a_parameter() -> None:
    checked = check_sql("SELECT ':no' || :si, x::text, 'a:b' FROM t WHERE h > ':tampoco'", PARSER)
    assert checked.places == {"si"}


BAD = [
    ("SELECT 1; SELECT 2", "one statement"),
    ("", "one statement"),
    ("DELETE FROM venta", "only a SELECT"),
    ("UPDATE venta SET total = 0", "only a SELECT"),
    ("WITH x AS (DELETE FROM venta RETURNING *) SELECT * FROM x", "only a SELECT"),
    ("SELECT * INTO otra FROM venta", "only a SELECT"),
    ("SELECT * FROM venta FOR UPDATE", "only a SELECT"),
    ("DROP TABLE venta", "only a SELECT"),
    ("COPY venta TO '/tmp/x'", "only a SELECT"),
    ("SET statement_timeout = 0", "only a SELECT"),
    ("VACUUM", "only a SELECT"),
    ("SELECT pg_sleep(10)", "“pg_sleep” may not be called"),
    ("SELECT set_config('statement_timeout', '0', false)", "“set_config” may not"),
    ("SELECT pg_read_file('/etc/passwd')", "“pg_read_file” may not"),
    ("SELECT * FROM dblink('x', 'y') AS t(a int)", "“dblink” may not"),
    ("SELEC 1 FROM", "not well formed|only a SELECT"),
    ("SELECT (1", "not well formed"),
    ("SELECT 'x", "not well formed"),
]


@pytest.mark.parametrize(("text", "said"), BAD, ids=[text for text, _said in BAD])
def test_s32_anything_else_is_one_clear_sentence(text: str, said: str, in_english: None) -> None:
    with pytest.raises(SqlRefused, match=said) as refused:
        check_sql(text, PARSER)
    assert "\n" not in str(refused.value)


@pytest.fixture
def firm(tmp_path: Path, postgres_database: str, db: None, in_english: None) -> Iterator[Firm]:
    Company.objects.create(pk=1, language="en", time_zone="America/Asuncion")
    found = Firm(tmp_path, postgres_database)
    found.source.created_at = now()
    found.source.save()
    found.run("INSERT INTO cliente VALUES ('0001', 'Ana', 'secreta')")
    found.run(
        "INSERT INTO venta (id, estado, total) VALUES (1, 'E', 10.5), (2, 'E', 1), (3, 'A', 2)"
    )
    yield found
    found.close()


@pytest.fixture
def role(firm: Firm, postgres_server: str) -> Iterator[str]:
    """The account as our own script makes it."""
    name = f"lector_{uuid.uuid4().hex[:8]}"
    for statement in grants_for(firm.source, name).replace("…", PASSWORD).split(";\n"):
        firm.run(statement.rstrip(";"))
    yield name
    firm.run(f"DROP OWNED BY {name}")
    firm.run(f"DROP ROLE {name}")


def made(firm: Firm, sql: str = SELECT, **more: Any) -> Listing:
    return Listing(name="Ventas", source=firm.source, kind="sql", definition={"sql": sql, **more})


@pytest.mark.postgres
def test_s28_the_account_of_our_script_is_taken_and_asked_with(firm: Firm, role: str) -> None:
    set_account(firm.source, role, PASSWORD, by="ana", now=now())
    assert PASSWORD not in ReadingAccount.objects.get().password_encrypted
    assert PASSWORD not in str(AuditEntry.objects.values())
    listing = made(firm, columns=[{"name": "total", "kind": "money", "total": "sum"}])
    assert save_listing(listing, by="ana", now=now()) == []
    with ask(listing, {}, now=now()) as answer:
        assert [column.kind for column in answer.columns] == ["text", "money"]
        assert [(row[0], str(row[1])) for row in answer.rows] == [("A", "2.00"), ("E", "11.50")]
    run = AuditEntry.objects.filter(action="asked").get()  # S33: each run is noted
    assert run.changes["rows"] == ["", 2]
    assert SELECT in run.changes["sql"]


@pytest.mark.postgres
def test_s28_without_an_account_or_with_one_that_can_more_it_is_refused(
    firm: Firm, role: str
) -> None:
    with pytest.raises(AccountMissing):
        ask(made(firm), {}, now=now())
    with pytest.raises(AccountUnfit, match="source itself uses"):
        set_account(firm.source, firm.source.username, "", by="ana", now=now())
    for grant, said in (
        (f"GRANT INSERT ON venta TO {role}", "may write into “public.venta”"),
        (f"GRANT SELECT ON cliente TO {role}", "secret “cliente.clave”"),
        (f"GRANT pg_read_server_files TO {role}", "rights of other roles"),
        (f"ALTER ROLE {role} CREATEROLE", "administrator"),
    ):
        firm.run(grant)
        with pytest.raises(AccountUnfit, match=said):
            set_account(firm.source, role, PASSWORD, by="ana", now=now())
        firm.run(_undone(grant))
    set_account(firm.source, role, PASSWORD, by="ana", now=now())
    firm.run(f"GRANT DELETE ON venta TO {role}")  # grants may change later: looked at each time
    with pytest.raises(AccountUnfit):
        ask(made(firm), {}, now=now())


def _undone(grant: str) -> str:
    if grant.startswith("ALTER"):
        return grant.replace("CREATEROLE", "NOCREATEROLE")
    return grant.replace("GRANT ", "REVOKE ").replace(" TO ", " FROM ")


@pytest.mark.postgres
def test_the_database_itself_refuses_what_the_parser_would_miss(firm: Firm, role: str) -> None:
    """S29, S30, S32: rights come from grants, time from outside."""
    set_account(firm.source, role, PASSWORD, by="ana", now=now())
    firm.run(
        "CREATE FUNCTION borra() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS"
        " $$ BEGIN DELETE FROM venta; RETURN 1; END $$"
    )
    for sql in ("SELECT clave FROM cliente", "SELECT borra()", "SELECT * FROM pg_authid"):
        with (
            pytest.raises(Exception, match=r"SQL: ") as refused,
            ask(made(firm, sql), {}, now=now()) as answer,
        ):
            list(answer.rows)
        assert "\n" not in str(refused.value)
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
    with (
        pytest.raises(ReadTooLong),
        ask(made(firm, endless), {}, now=now(), limits=Limits(seconds=1)) as answer,
    ):
        list(answer.rows)
    with psycopg.connect(firm.address) as business:
        assert business.execute("SELECT count(*) FROM venta").fetchone() == (3,)


@pytest.mark.postgres
def test_parameters_are_values_never_sql(firm: Firm, role: str) -> None:
    set_account(firm.source, role, PASSWORD, by="ana", now=now())
    listing = made(
        firm,
        "SELECT id FROM venta WHERE estado = :estado ORDER BY id",
        parameters=[{"name": "estado", "type": "text"}],
    )
    for value, wanted in (("E", [1, 2]), ("E' OR '1'='1", [])):
        with ask(listing, {"estado": value}, now=now()) as answer:
            assert [row[0] for row in answer.rows] == wanted
    with pytest.raises(ListingError, match="“:otro”"):
        ask(made(firm, "SELECT :otro::int AS x"), {}, now=now())


@pytest.mark.postgres
def test_s33_writing_sql_is_a_right_of_its_own(firm: Firm, role: str) -> None:
    set_account(firm.source, role, PASSWORD, by="ana", now=now())
    ensure_roles()
    user = User.objects.create_user("op", password="x-Y-z-987")  # noqa: S106 - of a test
    user.groups.add(Group.objects.get(name=OPERATOR))
    with pytest.raises(ListingInvalid, match="right"):
        save_listing(made(firm), by=Who("op", user), now=now())
    root = User.objects.create_superuser("root", password="x-Y-z-987")  # noqa: S106 - of a test
    save_listing(made(firm), by=Who("root", root), now=now())


@pytest.mark.parametrize("word", ["parameters", "columns"])
def test_two_of_one_name_are_refused(word: str, in_english: None) -> None:
    kind = "type" if word == "parameters" else "kind"
    twice = [{"name": "x", kind: "money"}, {"name": "x", kind: "text"}]
    listing = Listing(kind=SQL, definition={"sql": "SELECT 1 AS x", word: twice})
    with pytest.raises(ListingError, match="“x” stands twice"):
        parameters_of(listing)


@pytest.mark.django_db
def test_a_kind_of_database_without_accounts_has_no_sql(tmp_path: Path, in_english: None) -> None:
    Company.objects.create(pk=1, language="en")
    firm = Firm(tmp_path)
    with pytest.raises(AccountUnfit, match="no accounts"):
        set_account(firm.source, "x", "y", by="ana", now=now())
    with pytest.raises(AccountUnfit, match="no accounts"):
        grants_for(firm.source, "x")
    firm.close()
