"""Whoever may write into a watched table of PostgreSQL gets no code of his run by it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pytest

from emailketing.sources.capture.base import WatchedTable
from tests.sources.capture.business import Site, engine_at

pytestmark = pytest.mark.postgres

KINDS = {
    "enum": ("CREATE TYPE evil AS ENUM ('a', 'b')", "evil", "a", "b"),
    "composite": ("CREATE TYPE evil AS (x int)", "evil", "(1)", "(2)"),
    "composite of nulls": ("CREATE TYPE evil AS (x int)", "evil", "()", "(2)"),
    "range": ("CREATE TYPE evil AS RANGE (subtype = float8)", "evil", "[1,2)", "[1,3)"),
    "array": ("CREATE TYPE evil AS ENUM ('a', 'b')", "evil[]", "{a}", "{a,b}"),
    "domain": ("CREATE DOMAIN evil AS text", "evil", "a", "b"),
    "row of a table": ("CREATE TABLE evil (x int)", "evil", "(1)", "(2)"),
    "domain of domain": (
        "CREATE TYPE inner_evil AS ENUM ('a', 'b'); CREATE DOMAIN mid AS inner_evil;"
        "CREATE DOMAIN evil AS mid",
        "evil",
        "a",
        "b",
    ),
}
BAITED = {"domain of domain": "inner_evil"}  # casts of a domain are ignored
# as its owner would define it: casts to text and json, also implicit, and an own equality
BAIT = """
CREATE TABLE proof (who text);
GRANT INSERT ON proof TO PUBLIC;
CREATE FUNCTION to_text({t}) RETURNS text LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO public.proof VALUES (current_user); RETURN 'x'; END $$;
CREATE FUNCTION to_json({t}) RETURNS json LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO public.proof VALUES (current_user); RETURN '1'; END $$;
CREATE FUNCTION is_same({t}, {t}) RETURNS boolean LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO public.proof VALUES (current_user); RETURN true; END $$;
CREATE OPERATOR = (LEFTARG = {t}, RIGHTARG = {t}, FUNCTION = is_same, HASHES, MERGES);
CREATE CAST ({t} AS text) WITH FUNCTION to_text({t}) AS IMPLICIT;
CREATE CAST ({t} AS json) WITH FUNCTION to_json({t}) AS IMPLICIT;
"""


@pytest.fixture
def roles(postgres_site: Site) -> Iterator[dict[str, str]]:
    names = {role: f"{role}_{id(postgres_site)}" for role in ("owner", "writer")}
    postgres_site.run(*(f"CREATE ROLE {name} LOGIN" for name in names.values()))
    postgres_site.run(f"GRANT CREATE ON SCHEMA public TO {names['owner']}")
    yield names
    for name in names.values():
        postgres_site.run(f"DROP OWNED BY {name} CASCADE", f"DROP ROLE {name}")


@contextmanager
def logged_in(site: Site, role: str) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(site.place, user=role, autocommit=True) as connection:
        yield connection


def lay_bait(owner: "psycopg.Connection[Any]", kind: str, table: str, writer: str) -> None:
    made, column, _, _ = KINDS[kind]
    owner.execute(made)
    owner.execute(BAIT.format(t=BAITED.get(kind, column)))
    owner.execute(table.format(t=column))
    owner.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON t TO {writer}")


TABLES = {
    "a column": "CREATE TABLE t (id int PRIMARY KEY, a {t}, b int)",
    "the key": "CREATE TABLE t (a {t} PRIMARY KEY, b int)",
    "row triggers": "CREATE TABLE t (a {t}, b int)",
    "who did it": "CREATE TABLE t (id int PRIMARY KEY, a {t}, b int)",
}


@pytest.mark.parametrize("place", TABLES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_cast_and_no_operator_of_another_is_run_on_a_value(
    postgres_site: Site, roles: dict[str, str], kind: str, place: str
) -> None:
    _, column, one, two = KINDS[kind]
    site = postgres_site
    with ExitStack() as stack:
        owner = stack.enter_context(logged_in(site, roles["owner"]))
        lay_bait(owner, kind, TABLES[place], roles["writer"])
        site.watch(WatchedTable("t", actor="a" if place == "who did it" else None))
        for who in (owner, stack.enter_context(logged_in(site, roles["writer"]))):
            who.execute(
                "INSERT INTO t (a, b) VALUES (%s, 1)"
                if "id" not in TABLES[place]
                else "INSERT INTO t (id, a, b) VALUES (1, %s, 1)",
                (one,),
            )
            who.execute("UPDATE t SET b = 2")
            who.execute("UPDATE t SET a = %s", (two,))
            who.execute("DELETE FROM t")
    assert site.rows("SELECT * FROM proof") == []
    assert site.health().misses == []
    changes = site.changes()
    assert {change.op for change in changes} >= {"I", "U", "D"}
    assert changes[0].new is not None
    assert changes[0].new["a"] == one
    site.run(f"SELECT CAST(CAST('{one}' AS {column}) AS text)")
    assert len(site.rows("SELECT * FROM proof")) == (0 if kind == "domain" else 1)  # a live bait


@pytest.mark.parametrize("row", [False, True], ids=["statement triggers", "row triggers"])
def test_a_column_that_becomes_one_of_an_own_type_is_not_touched_either(
    postgres_site: Site, roles: dict[str, str], row: bool
) -> None:
    site = postgres_site
    with logged_in(site, roles["owner"]) as owner:
        table = "CREATE TABLE t (id int, a text, b {t})" if row else TABLES["a column"]
        lay_bait(owner, "enum", table.replace("a {t}, b int", "a text, b {t}"), roles["writer"])
        site.watch(WatchedTable("t", actor="a"))
        owner.execute("INSERT INTO t (id, a) VALUES (1, 'before')")
        owner.execute("ALTER TABLE t ALTER a TYPE evil USING 'a'::evil")
        owner.execute("DELETE FROM proof")  # what his own rewriting did
        owner.execute("INSERT INTO t (id, a) VALUES (2, 'b')")
        owner.execute("UPDATE t SET a = 'b'")
        owner.execute("DELETE FROM t")
    assert site.rows("SELECT * FROM proof") == []
    assert {miss.reason[:5] for miss in site.health().misses} == {"42804"}
    assert [change.op for change in site.changes()] == ["I", "I", "U", "D", "D"]  # all the same


def test_the_functions_have_the_rights_of_a_role_that_may_only_write_notes(
    postgres_site: Site,
) -> None:
    site = postgres_site
    site.run("CREATE TABLE t (id int PRIMARY KEY)")
    site.watch(WatchedTable("t"))
    assert site.health().runs_as == []
    assert site.rows(
        "SELECT rolcanlogin, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = 'emk_writer'"
    ) == [(False, False, False)]
    rights = site.rows(
        "SELECT c.relname, p.privilege FROM pg_class c, (VALUES ('SELECT'), ('INSERT'), ('UPDATE'),"
        " ('DELETE'), ('TRUNCATE'), ('REFERENCES'), ('TRIGGER')) p(privilege)"
        " WHERE c.relkind IN ('r', 'v') AND relnamespace NOT IN"
        " ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
        " AND has_table_privilege('emk_writer', c.oid, p.privilege) ORDER BY 1, 2"
    )
    assert rights == [
        ("change", "INSERT"), ("miss", "INSERT"), ("miss", "SELECT"), ("state", "SELECT"),
    ]  # fmt: skip
    assert site.rows("SELECT has_schema_privilege('emk_writer', 'emk', 'CREATE')") == [(False,)]


def test_functions_of_a_superuser_count_as_drifted_and_the_repair_hands_them_over(
    postgres_site: Site,
) -> None:
    site = postgres_site
    site.run("CREATE TABLE t (id int PRIMARY KEY)")
    site.watch(WatchedTable("t"))
    ((function,),) = site.rows(
        "SELECT max(p.oid::regprocedure::text) FROM pg_proc p"
        " WHERE pronamespace = 'emk'::regnamespace AND left(proname, 2) = 't_'"
    )
    site.run(f"ALTER FUNCTION {function} OWNER TO postgres")
    assert site.health().runs_as == ["postgres"]
    assert site.health().drifted == ["t"]
    site.dialect.repair(site.ours, site.watches)
    assert (site.health().runs_as, site.health().drifted) == ([], [])


@pytest.mark.parametrize("may_make_roles", [False, True])
def test_an_installer_who_is_no_superuser(
    postgres_site: Site, roles: dict[str, str], may_make_roles: bool
) -> None:
    """He hands the functions over where he may; else they stay his, and health says so."""
    site, owner = postgres_site, roles["owner"]
    site.run("DO $$ BEGIN CREATE ROLE emk_writer NOLOGIN; EXCEPTION WHEN OTHERS THEN NULL; END $$")
    ((database,),) = site.rows("SELECT current_database()")
    site.run(f"GRANT CREATE ON DATABASE {database} TO {owner}")
    if may_make_roles:
        site.run(f"ALTER ROLE {owner} CREATEROLE")
    with logged_in(site, owner) as theirs:
        theirs.execute("CREATE TABLE t (id int PRIMARY KEY)")
    engine = engine_at(site.place, username=owner)
    with engine.connect() as installs:
        site.dialect.install(installs, [WatchedTable("t")], identity_id="x")
        health = site.dialect.inspect(installs, [WatchedTable("t")])
        # since version 16 CREATEROLE is not enough for a role that somebody else has made
        ((version,),) = site.rows("SELECT current_setting('server_version_num')::int")
        hands_over = may_make_roles and version < 160_000
        assert health.runs_as == ([] if hands_over else [owner])
        assert not health.needs_repair
        site.run("INSERT INTO t VALUES (1)")
        assert [c.op for c in site.dialect.read(installs, limit=9).changes] == ["I"]
        if not hands_over:
            site.run(f"GRANT emk_writer TO {owner}")  # the script for the DBA
            site.dialect.repair(installs, [WatchedTable("t")])
            assert site.dialect.inspect(installs, [WatchedTable("t")]).runs_as == []
        site.dialect.repair(installs, [WatchedTable("t")])
        site.run("INSERT INTO t VALUES (2)")
        assert [c.op for c in site.dialect.read(installs, limit=9).changes] == ["I", "I"]
        site.dialect.remove(installs)
    engine.dispose()
    assert site.rows("SELECT to_regnamespace('emk')") == [(None,)]
