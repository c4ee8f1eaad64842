"""May an account do nothing but read, and see no secret (S28)? The catalogue says so each time."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, text

from emailketing.common.said import say as _
from emailketing.sources.capture.base import matches
from emailketing.sources.dialects.postgresql.values import name as quoted

Place = tuple[str, str]
_MIGHTY = text("""
    SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls AS mighty
    FROM pg_roles WHERE rolname = current_user""")
_MEMBER = text("""
    SELECT string_agg(rolname, ', ') FROM pg_roles
    WHERE rolname <> current_user AND pg_has_role(current_user, oid, 'MEMBER')""")
_WRITABLE = text("""
    SELECT n.nspname || '.' || c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT LIKE 'pg\\_%'
      AND n.nspname <> 'information_schema'
      AND (has_table_privilege(c.oid, 'INSERT') OR has_table_privilege(c.oid, 'UPDATE')
           OR has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE')
           OR has_any_column_privilege(c.oid, 'INSERT, UPDATE'))
    ORDER BY 1 LIMIT 1""")
_OURS = text("""
    SELECT 1 FROM pg_namespace WHERE nspname = 'emk' AND has_schema_privilege(oid, 'USAGE')""")
_COLUMNS = text("""
    SELECT a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE n.nspname = :schema AND c.relname = :table
      AND has_column_privilege(c.oid, a.attnum, 'SELECT')""")


def problems(connection: Connection, secrets: Mapping[Place, Sequence[str]]) -> Iterator[str]:
    """Yield what it can do beyond reading; `secrets`: table → patterns of columns."""
    if connection.execute(_MIGHTY).scalar_one():
        yield _("it is an administrator of the server (superuser, or may make roles or databases).")
    if roles := connection.execute(_MEMBER).scalar():
        yield _("it has the rights of other roles, too: %(roles)s.") % {"roles": roles}
    if table := connection.execute(_WRITABLE).scalar():
        yield _("it may write into “%(table)s”.") % {"table": table}
    if connection.execute(_OURS).scalar():
        yield _("it may read what eMailketing notes in the schema “emk”.")
    for (schema, table), patterns in secrets.items():
        readable = connection.execute(_COLUMNS, {"schema": schema, "table": table}).scalars()
        for column in readable:
            if matches(column, patterns):
                words = {"table": table, "column": column}
                yield _("it may read the secret “%(table)s.%(column)s”.") % words


def grants(account: str, tables: Mapping[Place, Sequence[str]], database: str) -> list[str]:
    """Return what makes such an account; `tables`: table → columns to be read, none: all."""
    role = quoted(account)
    schemas = sorted({schema for schema, _table in tables})
    found = [
        f"CREATE ROLE {role} LOGIN NOSUPERUSER NOINHERIT NOCREATEDB NOCREATEROLE"
        " CONNECTION LIMIT 5 PASSWORD '…'",
        f"ALTER ROLE {role} SET default_transaction_read_only = on",
        f"ALTER ROLE {role} SET statement_timeout = '10min'",
        f"ALTER ROLE {role} SET temp_file_limit = '1GB'",
        f"GRANT CONNECT ON DATABASE {quoted(database)} TO {role}",
        *(f"GRANT USAGE ON SCHEMA {quoted(schema)} TO {role}" for schema in schemas),
    ]
    for (schema, table), columns in sorted(tables.items()):
        what = f"SELECT ({', '.join(map(quoted, columns))})" if columns else "SELECT"
        found.append(f"GRANT {what} ON {quoted(schema)}.{quoted(table)} TO {role}")
    return found
