"""The role whose rights our functions in a PostgreSQL database have: it may write our notes only.

A `SECURITY DEFINER` function of a superuser is a way to become one. So the functions are handed to
a role that nobody can log in with and that may insert notes and read the lease. One role for a
whole server, as roles are. Who installs may not be allowed to make roles: then the functions stay
his, health says so, and `words_for_a_dba` are what somebody else has to run.
"""

# ruff: noqa: S608 - generating SQL is the task; names pass through name()

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from emailketing.sources.dialects.postgresql.values import name

ROLE = "emk_writer"
# not to be created twice by two installers at once; a member hands over, and repairs later
_CREATE = f"""DO $emk$ BEGIN
  IF to_regrole('{ROLE}') IS NULL THEN
    CREATE ROLE {ROLE} NOLOGIN;
    COMMENT ON ROLE {ROLE} IS 'eMailketing: owns the functions in schema emk; no borrar';
  END IF;
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
     AND NOT pg_has_role('{ROLE}', 'USAGE') THEN
    IF current_setting('server_version_num')::int < 160000 THEN
      GRANT {ROLE} TO CURRENT_USER;
    ELSE
      EXECUTE 'GRANT {ROLE} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE';
    END IF;
  END IF;
EXCEPTION WHEN insufficient_privilege THEN NULL;  -- the installer keeps them
  WHEN duplicate_object OR unique_violation THEN NULL;
END $emk$"""
_GRANT = f"""DO $emk$ BEGIN
  IF to_regrole('{ROLE}') IS NOT NULL THEN
    GRANT USAGE ON SCHEMA emk TO {ROLE};
    GRANT INSERT, SELECT ON emk.miss TO {ROLE};
    GRANT INSERT ON emk.change TO {ROLE};
    GRANT SELECT ON emk.state TO {ROLE};
  END IF;
END $emk$"""
# the new owner of a function must be allowed to create in its schema: for this moment only
_HAND_OVER = f"""DO $emk$ DECLARE found record; BEGIN
  IF to_regrole('{ROLE}') IS NOT NULL AND pg_has_role('{ROLE}', 'USAGE') THEN
    GRANT CREATE ON SCHEMA emk TO {ROLE};
    FOR found IN SELECT p.oid::regprocedure AS called FROM pg_proc p
      WHERE p.pronamespace = 'emk'::regnamespace AND p.proowner <> '{ROLE}'::regrole
    LOOP
      EXECUTE format('ALTER FUNCTION %s OWNER TO {ROLE}', found.called);
    END LOOP;
    REVOKE CREATE ON SCHEMA emk FROM {ROLE};
  END IF;
END $emk$"""
_DROP = f"""DO $emk$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_shdepend
                 WHERE refclassid = 'pg_authid'::regclass AND refobjid = to_regrole('{ROLE}')) THEN
    DROP ROLE IF EXISTS {ROLE};
  END IF;
EXCEPTION WHEN insufficient_privilege OR dependent_objects_still_exist OR lock_not_available
  OR undefined_object THEN NULL;  -- another database of this server has it, or a DBA made it
END $emk$"""
_OWNERS = text("""
    SELECT r.rolname AS name, r.rolsuper AS is_super, array_agg(p.proname::text) AS functions
    FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
    WHERE p.pronamespace = to_regnamespace('emk') AND r.rolname <> :role
    GROUP BY r.rolname, r.rolsuper ORDER BY r.rolname""")


@dataclass(frozen=True, slots=True)
class Owner:
    """An account whose rights functions of ours have, although it is not the role made for it."""

    name: str
    is_super: bool
    functions: frozenset[str]


def made() -> str:
    return _CREATE


def granted() -> str:
    return _GRANT


def handed_over() -> str:
    return _HAND_OVER


def dropped() -> str:
    return _DROP


def strangers(connection: Connection) -> list[Owner]:
    """Return whose rights our functions have where they were not handed over."""
    found = connection.execute(_OWNERS, {"role": ROLE})
    return [Owner(row.name, row.is_super, frozenset(row.functions)) for row in found]


def words_for_a_dba(installer: str) -> Iterator[str]:
    """What somebody who may make roles runs where the installer may not."""
    yield (
        "-- Only if the installer may not create roles: the functions will have no other rights\n"
        f"DO $$ BEGIN IF to_regrole('{ROLE}') IS NULL THEN CREATE ROLE {ROLE} NOLOGIN; END IF;"
        " END $$"
    )
    yield (
        "-- to a NOINHERIT account of PostgreSQL 16 and later: … WITH INHERIT TRUE, SET TRUE\n"
        f"GRANT {ROLE} TO {name(installer)}"
    )
