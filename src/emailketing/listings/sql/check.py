"""One SELECT and nothing else, in clear sentences: the guard is the account, not this (S32)."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

import sqlglot
from sqlglot import TokenType, exp
from sqlglot.errors import SqlglotError

from emailketing.common.said import say as _
from emailketing.listings.errors import SqlRefused

LONGEST = 20_000  # letters
WRITING = (
    exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Into, exp.Lock, exp.Command, exp.Create,
    exp.Drop, exp.Alter, exp.Copy, exp.Set, exp.Transaction,
)  # fmt: skip
# what waits, reaches out of the database or changes the session; patterns of names
FORBIDDEN = (
    "pg_sleep*", "pg_read_*", "pg_ls_*", "pg_stat_file", "lo_*", "dblink*", "set_config",
    "pg_terminate_backend", "pg_cancel_backend", "pg_advisory*", "pg_try_advisory*", "nextval",
    "setval", "query_to_xml*", "cursor_to_xml*", "table_to_xml*", "database_to_xml*",
    "pg_notify", "pg_reload_conf", "pg_switch_wal",
)  # fmt: skip
PLACE = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")
BEFORE_A_TYPE = re.compile(r"(?<![:\w\\]):(\w+)(?=::)")  # :day::date is misread


@dataclass(frozen=True, slots=True)
class CheckedSql:
    """A question that may be run; `places`: its parameters."""

    text: str
    places: frozenset[str]


def check_sql(text: str, parser: str) -> CheckedSql:
    """Return the question.

    Args:
        text: as somebody wrote it.
        parser: what the parser calls that kind of database.

    Raises:
        SqlRefused: it is not one SELECT, or names what must not be called.
    """
    if len(text) > LONGEST:
        raise SqlRefused(why=_("it has more than %(most)s letters.") % {"most": LONGEST})
    try:
        trees = [tree for tree in sqlglot.parse(text, read=parser) if tree is not None]
        ready = _without_places_in_texts(text, parser)
    except (SqlglotError, RecursionError) as error:
        why = _("it is not well formed (%(why)s).") % {"why": _first_line(error)}
        raise SqlRefused(why=why) from error
    if len(trees) != 1:
        raise SqlRefused(why=_("write one statement, without others behind it."))
    _refuse_more_than_reading(trees[0])
    return CheckedSql(ready, frozenset(PLACE.findall(ready)))


def _refuse_more_than_reading(tree: exp.Expr) -> None:
    if not isinstance(tree, exp.Query):
        raise SqlRefused(why=_("only a SELECT is asked here; nothing is changed."))
    for node in tree.walk():
        if isinstance(node, WRITING):
            raise SqlRefused(why=_("only a SELECT is asked here; nothing is changed."))
        name = _function(node)
        if any(fnmatchcase(name, pattern) for pattern in FORBIDDEN):
            sentence = _("the function “%(name)s” may not be called here.")
            raise SqlRefused(why=sentence % {"name": name})


def _function(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return str(node.this).casefold()
    return node.sql_name().casefold() if isinstance(node, exp.Func) else ""


def _without_places_in_texts(text: str, parser: str) -> str:
    """Write a colon inside a text as no parameter: '10:30'. Ends without its semicolon."""
    found, last = [], 0
    for token in sqlglot.tokenize(text, read=parser):
        if token.token_type is TokenType.SEMICOLON:
            found.append(text[last : token.start])
            last = token.end + 1
        elif token.token_type is not TokenType.PARAMETER and text[token.start] in "'\"$eE":
            found += [
                text[last : token.start],
                text[token.start : token.end + 1].replace(":", r"\:"),
            ]
            last = token.end + 1
    return BEFORE_A_TYPE.sub(r":\1 ", "".join([*found, text[last:]])).strip()


def _first_line(error: Exception) -> str:
    details = getattr(error, "errors", None) or [{}]
    said = str(details[0].get("description") or error).splitlines() or [""]
    line = details[0].get("line")
    where = _("line %(line)s") % {"line": line} if line else ""
    return ": ".join(filter(None, (str(where), said[0][:200])))
