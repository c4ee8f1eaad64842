"""When a table is no longer what its trigger was written for: its rows are noted all the same.

A column was renamed, dropped or became another type, and the statement inside the trigger fails.
Its handler asks this function for one that fits the table as it stands now, made from the
catalogue, and runs that. The same rules hold as for what we generate ourselves
(`postgresql_values`): values of types outside `pg_catalog` are touched by their output function
alone, and binary columns are left out. While a secret column is not there under its name, every
value but the key's is masked: it may have been renamed (S22). A miss is written with it, so that
we mend the trigger and say since when it did not fit.
"""

# ruff: noqa: S608 - generating SQL is the task; names and values pass through text()

from collections.abc import Iterable
from string import punctuation

from emailketing.sources.capture.base import LONGEST_ACTOR, LONGEST_TEXT, MASK, TableShape
from emailketing.sources.dialects.postgresql.values import CLAIM, text

NAME = "as_it_stands"
# {0} is one column of the row before (o) or after (n)
_TEXT = "CASE WHEN {0} IS DISTINCT FROM NULL THEN format(''%s'', {0}) END"
_CLAIM = CLAIM.replace("'", "''")
FUNCTION = f"""CREATE OR REPLACE FUNCTION emk.{NAME}(
  relid oid, op text, by_row boolean, label text, actor_is text,
  secrets text[], secret_names text, ignored_names text
) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $emk$
DECLARE
  cells text; went text; came text; old_key text; new_key text; joined text; first text; actor text;
BEGIN
  WITH there AS (
    SELECT a.*, (i.indkey::int2[])[0:i.indnkeyatts - 1] AS places FROM pg_attribute a
    LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
    WHERE a.attrelid = relid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated <> 'v'
  ), found AS (
    SELECT a.attname::text AS called, quote_ident(a.attname) AS quoted,
      array_position(a.places, a.attnum) AS place, t.oid = 'json'::regtype AS is_json,
      t.typnamespace = 'pg_catalog'::regnamespace AS is_own,
      t.typnamespace = 'pg_catalog'::regnamespace
        AND (t.typlen > 0 OR t.oid = 'numeric'::regtype) AS is_fixed,
      coalesce(a.attname ~* secret_names, false)
        OR array_position(a.places, a.attnum) IS NULL
           AND NOT secrets <@ (SELECT array_agg(attname::text) FROM there) AS is_secret,
      t.oid IN (17, 1001) OR t.typbasetype IN (17, 1001) AS is_binary,
      coalesce(a.attname ~* ignored_names, false) AS is_ignored
    FROM there a JOIN pg_type t ON t.oid = a.atttypid
  ), worded AS (
    SELECT *, '({_TEXT})' AS written,
      CASE WHEN is_own AND NOT is_json THEN '{{0}}' ELSE '({_TEXT})' END AS value
    FROM found
  ), shaped AS (
    SELECT *, CASE
      WHEN is_secret
        THEN 'CASE WHEN {{0}} IS DISTINCT FROM NULL THEN to_jsonb(''{MASK}''::text) END'
      WHEN is_fixed THEN 'to_jsonb({{0}})'
      ELSE 'CASE WHEN octet_length(' || written || ') > {LONGEST_TEXT} THEN jsonb_build_object('
        '''cut'', octet_length(' || written || ')) ELSE to_jsonb(' || value || ') END' END AS cell,
      CASE WHEN is_fixed THEN 'to_jsonb({{0}})' ELSE written || ' COLLATE "C"' END AS compared,
      NOT is_binary AND (place IS NOT NULL OR NOT is_ignored) AS is_noted
    FROM worded
  ), sides AS (
    SELECT *, replace(cell, '{{0}}', 'o.' || quoted) AS old, replace(cell, '{{0}}', 'n.' || quoted)
      AS new FROM shaped
  )
  SELECT
    string_agg(format('(%L, %s, %s, %s IS DISTINCT FROM %s)', called, old, new,
      replace(compared, '{{0}}', 'o.' || quoted), replace(compared, '{{0}}', 'n.' || quoted)), ', ')
      FILTER (WHERE is_noted),
    string_agg(format('(%L, %s)', called, old), ', ') FILTER (WHERE is_noted),
    string_agg(format('(%L, %s)', called, new), ', ') FILTER (WHERE is_noted),
    string_agg(format('%L, %s', called, replace(value, '{{0}}', 'o.' || quoted)), ', '
      ORDER BY place) FILTER (WHERE place IS NOT NULL),
    string_agg(format('%L, %s', called, replace(value, '{{0}}', 'n.' || quoted)), ', '
      ORDER BY place) FILTER (WHERE place IS NOT NULL),
    string_agg(format('%s COLLATE "C" = %s COLLATE "C"', replace(written, '{{0}}', 'o.' || quoted),
      replace(written, '{{0}}', 'n.' || quoted)), ' AND ') FILTER (WHERE place IS NOT NULL),
    min(quoted) FILTER (WHERE place = 1),
    min(replace(written, '{{0}}', 'n.' || quoted)) FILTER (WHERE called = actor_is)
  INTO cells, went, came, old_key, new_key, joined, first, actor FROM sides;
  actor := format('left(%s, {LONGEST_ACTOR})', coalesce(actor, 'NULL'));
  went := format('(SELECT jsonb_object_agg(k, v) FROM (VALUES %s) v(k, v))', went);
  came := format('(SELECT jsonb_object_agg(k, v) FROM (VALUES %s) v(k, v))', came);
  cells := format('(SELECT jsonb_object_agg(k, ov) AS ov, jsonb_object_agg(k, nv) AS nv'
    ' FROM (VALUES %s) v(k, ov, nv, d) WHERE d)', cells);
  RETURN 'INSERT INTO emk.change(tbl, op, pk, old, new, actor, claim) SELECT '
    || quote_literal(label) || ', ' || CASE
    WHEN op = 'INSERT' THEN format('''I'', jsonb_build_object(%s), NULL, %s, %s, {_CLAIM} FROM %s',
      new_key, came, actor, CASE WHEN by_row THEN '(SELECT ($1).*) n' ELSE 'emk_new n' END)
    WHEN op = 'DELETE' THEN format('''D'', jsonb_build_object(%s), %s, NULL, NULL, {_CLAIM}'
      ' FROM %s', old_key, went, CASE WHEN by_row THEN '(SELECT ($2).*) o' ELSE 'emk_old o' END)
    WHEN by_row THEN format('''U'', jsonb_build_object(%s), c.ov, c.nv, %s, {_CLAIM}'
      ' FROM (SELECT ($1).*) n, (SELECT ($2).*) o, LATERAL %s c WHERE c.nv IS NOT NULL',
      new_key, actor, cells)
    -- both hold the rows in the order in which they were changed
    WHEN joined IS NULL THEN format('''U'', jsonb_build_object(), c.ov, c.nv, %s, {_CLAIM}'
      ' FROM (SELECT row_number() OVER () AS emk_row, * FROM emk_old) o'
      ' JOIN (SELECT row_number() OVER () AS emk_row, * FROM emk_new) n USING (emk_row),'
      ' LATERAL %s c WHERE c.nv IS NOT NULL', actor, cells)
    ELSE format('s.op, CASE s.op WHEN ''D'' THEN jsonb_build_object(%s)'
      ' ELSE jsonb_build_object(%s) END, CASE s.op WHEN ''U'' THEN c.ov WHEN ''D'' THEN %s END,'
      ' CASE s.op WHEN ''U'' THEN c.nv WHEN ''I'' THEN %s END,'
      ' CASE WHEN s.op <> ''D'' THEN %s END, {_CLAIM}'
      ' FROM emk_old o FULL JOIN emk_new n ON %s, LATERAL (SELECT CASE'
      ' WHEN o.%s IS NOT DISTINCT FROM NULL THEN ''I'''
      ' WHEN n.%s IS NOT DISTINCT FROM NULL THEN ''D'' ELSE ''U'' END AS op) s,'
      ' LATERAL %s c WHERE s.op <> ''U'' OR c.nv IS NOT NULL',
      old_key, new_key, went, came, actor, joined, first, first, cells) END;
END $emk$"""


def noted_as_it_stands(shape: TableShape, label: str) -> str:
    """Return the statement that notes what the trigger was not written for."""
    secrets = ", ".join(text(column.name) for column in shape.columns if column.is_secret)
    return (
        f"EXECUTE emk.{NAME}(TG_RELID, TG_OP, {str(shape.by_row).lower()}, {label},"
        f" {text(shape.watch.actor) if shape.watch.actor else 'NULL'}, ARRAY[{secrets}]::text[],"
        f" {_pattern(shape.watch.secret)}, {_pattern(shape.watch.ignore)})"
        f"{' USING NEW, OLD' if shape.by_row else ''};"
    )


def _pattern(patterns: Iterable[str]) -> str:
    """Return names and patterns of a connector as one regular expression, NULL for none."""
    words = "|".join("".join(map(_character, pattern)) for pattern in patterns)
    return text(f"^({words})$") if words else "NULL"


def _character(character: str) -> str:
    if character in "*?":
        return ".*" if character == "*" else "."
    return f"\\{character}" if character in punctuation.replace("_", "") else character
