"""The SQL that is left in a PostgreSQL business database: schema `emk`.

Every function runs with the rights of a role that may do nothing else (`postgresql_role`), a fixed
search path and a short lock timeout, and catches every error: the save goes on and a row in
`emk.miss` says what was not captured (C9).
"""

# ruff: noqa: S608 - generating SQL is the task; names and values pass through name() and text()

import hashlib
from collections.abc import Iterator

from emailketing.sources.capture.base import TableShape
from emailketing.sources.dialects.postgresql import fallback as fallback
from emailketing.sources.dialects.postgresql import values
from emailketing.sources.dialects.postgresql.values import name, text

SCHEMA = "emk"
MOST_MISSES = 1_000  # a capture broken for months must not fill the business database
# Sorts by time, and is made without a sequence: nextval() would change the program's lastval(),
# and a used-up sequence is an error (C2). 64 bits of microseconds, 60 random ones.
_UID = (
    "(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint), 16, '0')"
    " || left(replace(gen_random_uuid()::text, '-', ''), 16))::uuid"
)
TABLES: dict[str, dict[str, str]] = {  # nothing that can fail: no NOT NULL, UNIQUE, CHECK (C2)
    "change": {
        "uid": f"uuid DEFAULT {_UID}",
        "txid": "xid8 DEFAULT pg_current_xact_id()",
        "at": "timestamptz DEFAULT clock_timestamp()",
        "tbl": "text",
        "op": "text",
        "pk": "jsonb",
        "old": "jsonb",
        "new": "jsonb",
        "actor": "text",
        "claim": "text",
        "db_user": "text DEFAULT session_user",
        "app": "text DEFAULT current_setting('application_name', true)",
    },
    "miss": {
        "at": "timestamptz DEFAULT clock_timestamp()",
        "tbl": "text",
        "op": "text",
        "reason": "text",
        "whole": "integer",  # so many rows were noted all the same; NULL: none
    },
    "state": {
        "lease_until": "timestamptz",
        "identity": "text",
        "heartbeat_seen": "timestamptz",
        "puller": "text",
        "secret": "text",
        "marks": "text",
    },
    "shape": {"label": "text", "fingerprint": "text"},
    "heartbeat": {"id": "integer PRIMARY KEY", "at": "timestamptz"},
}
# many small deletes: tidy up by count, not by share of the table; giving the empty end of the file
# back would lock the table against the saves that want to write into it
STORAGE = {
    "change": " WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,"
    " vacuum_truncate = off)"
}
INDEX = "CREATE INDEX IF NOT EXISTS change_uid ON emk.change (uid)"
INTO = "INSERT INTO emk.change(tbl, op, pk, old, new, actor, claim)"
# what the session is told after it waited for our lock: nobody else can say it for it
WAITED = (
    "(SELECT encode(sha256(convert_to(secret || pg_current_xact_id()::text, 'UTF8')), 'hex')"
    " FROM emk.state LIMIT 1)"
)
# unless the program's own statement_timeout has passed, somebody cancelled
HEED_A_CANCEL = (
    "IF SQLSTATE = '57014' AND NOT (current_setting('statement_timeout') <> '0'"
    " AND clock_timestamp() - statement_timestamp()"
    " >= current_setting('statement_timeout')::interval * 0.9) THEN RAISE; END IF;"
)
# about so many rows there were: we may not read the table, but the server's own count of it
EMPTIED = (
    "(SELECT jsonb_build_object('rows', r) FROM (SELECT coalesce((SELECT"
    " sum(pg_stat_get_live_tuples(relid)) FROM pg_partition_tree(TG_RELID)),"
    " pg_stat_get_live_tuples(TG_RELID)) AS r) c WHERE r > 0)"
)
EVENTS = {
    "insert": "REFERENCING NEW TABLE AS emk_new",
    "update": "REFERENCING OLD TABLE AS emk_old NEW TABLE AS emk_new",
    "delete": "REFERENCING OLD TABLE AS emk_old",
    "truncate": "",
}


def qualified(shape: TableShape) -> str:
    return f"{name(shape.schema)}.{name(shape.watch.table)}"


def function_name(shape: TableShape, event: str) -> str:
    """Readable, and different for every table although names stop at 63 bytes."""
    whole = f"{shape.schema}.{shape.watch.table}"
    readable = shape.watch.table.encode()[:36].decode(errors="ignore")
    return f"{readable}_{hashlib.sha256(whole.encode()).hexdigest()[:10]}_{event}"


def triggers(shape: TableShape, label: str) -> Iterator[tuple[str, str, str]]:
    """Yield trigger name, CREATE FUNCTION and CREATE TRIGGER."""
    bodies = (
        {"row": _by_row(shape, label)}
        if shape.by_row
        else {
            "insert": _inserted(shape, label, "emk_new n"),
            "update": _updated(shape, label),
            "delete": _deleted(shape, label, "emk_old o"),
        }
    )
    bodies["truncate"] = (
        f"{INTO}\n    SELECT {_label(shape, label)}, 'T', NULL, {EMPTIED}, NULL, NULL,"
        f" {values.CLAIM};"
    )
    for event, body in bodies.items():
        trigger = f"emk_{event}"
        function = function_name(shape, event)
        fires = (
            "INSERT OR UPDATE OR DELETE ON {0} FOR EACH ROW"
            if event == "row"
            else f"{event.upper()} ON {{0}} {EVENTS[event]} FOR EACH STATEMENT"
        )
        yield (
            trigger,
            _function(shape, label, (event, body)),
            # no UPDATE OF and no WHEN: they would block the business's ALTER TYPE (C19)
            f"CREATE OR REPLACE TRIGGER {trigger} AFTER {fires.format(qualified(shape))}"
            f" EXECUTE FUNCTION emk.{name(function)}()",
        )


def _may(shape: TableShape, event: str) -> str:
    """Ask for the lease (C3) and, before anything is planned with them, for the columns' types."""
    lease = "SELECT lease_until > now(), {fits} INTO emk_may, emk_fits FROM emk.state"
    if event in {"truncate", "row"}:
        fits = values.fits(shape, "NEW") if event == "row" else "true"
        return f"{lease.format(fits=fits)} LIMIT 1;"
    rows = "emk_old" if event == "delete" else "emk_new"
    columns = ", ".join(map(name, values.asked(shape)))
    return (
        f"{lease.format(fits=values.fits(shape, 'e'))}\n"
        f"  LEFT JOIN (SELECT {columns} FROM {rows} LIMIT 1) e ON true LIMIT 1;"
    )


def _function(shape: TableShape, label: str, part: tuple[str, str]) -> str:
    """Wrap the body in the guard.

    What fails is tried as the table stands now; what fails then is lost, and a miss says so. After
    a lock timeout nothing more is tried in the same transaction, so that a thousand rows wait once
    and not a thousand times; nor after the program's own statement_timeout, when that ends within
    our work: without us the save would have been in time. A cancel by a person stays one.
    """
    event, body = part
    code = f"""
DECLARE emk_may boolean; emk_fits boolean; emk_reason text; emk_whole integer;
BEGIN
  IF current_setting('emk.locked', true) <> '' THEN
    IF current_setting('emk.locked', true) = {WAITED} THEN RETURN NULL; END IF;
  END IF;
  {_may(shape, event)}
  IF emk_may THEN
    IF NOT emk_fits THEN
      RAISE 'a column is of another type now' USING ERRCODE = '42804';
    END IF;
    {body}
  END IF;
  RETURN NULL;
EXCEPTION WHEN query_canceled OR OTHERS THEN
  {HEED_A_CANCEL}
  emk_reason := left(SQLSTATE || ' ' || SQLERRM, 500);
  BEGIN
    IF SQLSTATE IN ('55P03', '57014') THEN
      PERFORM set_config('emk.locked', {WAITED}, true);
    ELSIF TG_OP <> 'TRUNCATE' THEN
      {_once_more(shape, label)}
    END IF;
    INSERT INTO emk.miss(tbl, op, reason, whole)
    SELECT {text(label)}, TG_OP, emk_reason, emk_whole
    WHERE (SELECT count(*) FROM (SELECT FROM emk.miss LIMIT {MOST_MISSES}) m) < {MOST_MISSES};
  EXCEPTION WHEN query_canceled OR OTHERS THEN
    {HEED_A_CANCEL}
  END;
  RETURN NULL;
END
"""
    tag = "$emk$"
    while tag in code:
        tag = f"{tag[:-1]}_$"
    function = name(function_name(shape, event))
    return (
        f"CREATE OR REPLACE FUNCTION emk.{function}() RETURNS trigger LANGUAGE plpgsql"
        " SECURITY DEFINER\nSET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms'"
        f" AS {tag}{code}{tag}"
    )


def _once_more(shape: TableShape, label: str) -> str:
    """After the lease (C3) nothing is noted; a lock is not waited for again."""
    return f"""BEGIN
        SELECT lease_until > now() INTO emk_may FROM emk.state LIMIT 1;
        IF emk_may IS NOT TRUE THEN RETURN NULL; END IF;
        {fallback.noted_as_it_stands(shape, _label(shape, label))}
        GET DIAGNOSTICS emk_whole = ROW_COUNT;
      EXCEPTION WHEN OTHERS THEN NULL;
      END;"""


def reading(shape: TableShape) -> str:
    """Return the query for every row of a table, written as its insert would be."""
    # a child that inherits is not watched through its parent; a partition is
    only = "" if shape.by_row else "ONLY "
    return (
        f"SELECT convert_to(({values.key(shape, 'n')})::text, 'UTF8') AS pk,"
        f" convert_to(({values.whole(shape, 'n')})::text, 'UTF8') AS whole\n"
        f"FROM {only}{qualified(shape)} n"
    )


def _by_row(shape: TableShape, label: str) -> str:
    old, new = "(SELECT OLD.*) o", "(SELECT NEW.*) n"
    return (
        f"IF TG_OP = 'INSERT' THEN\n    {_inserted(shape, label, new)}\n"
        f"    ELSIF TG_OP = 'DELETE' THEN\n    {_deleted(shape, label, old)}\n"
        f"    ELSE\n    {INTO}\n"
        f"    SELECT {_label(shape, label)}, 'U', {values.key(shape, 'n')}, c.ov, c.nv,"
        f" {values.who(shape, 'n')}\n"
        f"    FROM {old}, {new}, LATERAL ({values.changed(shape, 'd')}) c WHERE c.nv IS NOT NULL;\n"
        "    END IF;"
    )


def _inserted(shape: TableShape, label: str, source: str) -> str:
    return (
        f"{INTO}\n    SELECT {_label(shape, label)}, 'I', {values.key(shape, 'n')}, NULL,"
        f" {values.whole(shape, 'n')}, {values.who(shape, 'n')}\n    FROM {source};"
    )


def _deleted(shape: TableShape, label: str, source: str) -> str:
    return (
        f"{INTO}\n    SELECT {_label(shape, label)}, 'D', {values.key(shape, 'o')},"
        f" {values.whole(shape, 'o')}, NULL, {values.who(shape, None)}\n    FROM {source};"
    )


def _updated(shape: TableShape, label: str) -> str:
    """A changed key has no partner: it comes out as D and I, with whole rows."""
    first = name(shape.key[0])
    # not IS NULL: a composite value may be of nothing but nulls
    came, went = (f"{side}.{first} IS NOT DISTINCT FROM NULL" for side in "on")
    joined = " AND ".join(values.same(shape, key) for key in shape.key)
    return (
        f"{INTO}\n    SELECT {_label(shape, label)},\n"
        f"      CASE WHEN {came} THEN 'I' WHEN {went} THEN 'D' ELSE 'U' END,\n"
        f"      CASE WHEN {went} THEN {values.key(shape, 'o')} ELSE {values.key(shape, 'n')} END,\n"
        f"      CASE WHEN {came} THEN NULL ELSE c.ov END,"
        f" CASE WHEN {went} THEN NULL ELSE c.nv END,\n"
        f"      CASE WHEN {went} THEN NULL ELSE {values.actor(shape, 'n')} END, {values.CLAIM}\n"
        f"    FROM emk_old o FULL JOIN emk_new n ON {joined},\n"
        f"    LATERAL ({values.changed(shape, f'd OR {came} OR {went}')}) c WHERE c.nv IS NOT NULL;"
    )


def _label(shape: TableShape, label: str) -> str:
    """A table renamed away says its new name; a partition says its parent's."""
    if shape.by_row:
        return text(label)
    return (
        f"CASE WHEN TG_TABLE_NAME = {text(shape.watch.table)} THEN {text(label)}"
        " ELSE TG_TABLE_NAME END"
    )
