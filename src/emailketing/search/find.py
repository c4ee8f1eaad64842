"""Ask for rows by words: every term must be there, in any order, somewhere in the row."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import connection
from django.db.models import (
    BigIntegerField,
    ExpressionWrapper,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.utils.translation import gettext as _

from emailketing.common.folded import has_all, terms
from emailketing.search.models import ROOM, Changed, Entry, Kind, Mark
from emailketing.search.rows import rows_of, texts_of
from emailketing.search.tables import Finds, finds

MANY = 3_000  # more hits than that are no list of numbers any more …
MANY_BY_NAME = 20_000  # … but of a list that is not in the order of its numbers
FRESH = 1_000  # rows not read yet that a search looks at itself
NEAR = 10_000  # the newest entries, where usual words fill a page at once
PAGE = 60
ONE_LETTER = 2  # with the blank before it

_ASKED = (
    "SELECT rowid FROM %(table)s WHERE rowid >= %%s AND rowid < %%s AND %(has)s "
    "ORDER BY %(order)s DESC LIMIT %%s"
)
_NEWEST = (
    "(SELECT rowid, text FROM search_entry WHERE rowid >= %s AND rowid < %s "
    "ORDER BY rowid DESC LIMIT %s) AS near"
)

Searched = TypeVar("Searched", bound=Model)


def narrowed(rows: "QuerySet[Searched]", kind: Kind, words: str) -> "QuerySet[Searched]":
    """Return those of the rows that have all the words; without words all of them."""
    wanted = terms(words)
    if not wanted:
        return rows.none() if words.strip() else rows
    fresh, unread = look_at_unread(kind, wanted)
    many = MANY_BY_NAME if kind is Kind.CONTACT else MANY
    is_usual = _is_usual(kind, wanted)
    found = [] if is_usual else newest(kind, wanted, many + 1)
    if not is_usual and len(found) <= many:
        return rows.filter(pk__in=[*(set(found) - unread), *fresh])
    # words that very many rows have: the list's own order finds a page of them soonest
    _let_it_begin()
    number = ExpressionWrapper(OuterRef("pk") + kind.first, output_field=BigIntegerField())
    if reach := [*found[:1], *fresh]:  # nothing newer has them: the way to them is not walked
        rows = rows.filter(pk__lte=max(reach))
    told = rows.alias(words_kept=Subquery(Entry.objects.filter(pk=number).values("text")[:1]))
    has = Q()
    for term in _as_kept(wanted):
        has &= Q(words_kept__contains=term)
    found_there: QuerySet[Any] = told.filter(has & ~Q(pk__in=unread - fresh) | Q(pk__in=fresh))
    return found_there


def best(kind: Kind, words: str, limit: int) -> list[int]:
    """Return the numbers of the newest rows that have all the words, newest first."""
    wanted = terms(words)
    if not wanted:
        return []
    fresh, unread = look_at_unread(kind, wanted)
    stale = len(unread) if kind is Kind.CONTACT else 0  # what is kept of them may be old
    found = newest(kind, wanted, limit + stale)
    return sorted({*(set(found) - unread), *fresh}, reverse=True)[:limit]


def newest(kind: Kind, wanted: Sequence[str], limit: int) -> list[int]:
    """Return the numbers of the newest rows in the table of words, newest first."""
    if not _is_long(wanted):
        return []
    has, values = _condition(wanted)
    span = [kind.first, kind.first + ROOM]
    if connection.vendor == "sqlite":
        return _numbers(_query("search_entry", "rowid", has), [*span, *values, limit])
    if limit <= PAGE and len(near := _near(kind, wanted, limit)) == limit:
        return near
    # “+ 0”: by the words, never backwards through all rows in the hope of meeting some
    return _numbers(_query("search_entry", "rowid + 0", has), [*span, *values, limit])


def _near(kind: Kind, wanted: Sequence[str], limit: int) -> list[int]:
    has, values = _condition(wanted)
    span = [kind.first, kind.first + ROOM]
    return _numbers(_query(_NEWEST, "rowid", has), [*span, NEAR, *span, *values, limit])


def _is_usual(kind: Kind, wanted: Sequence[str]) -> bool:
    """Whether the newest rows fill a page: PostgreSQL takes long to gather all the others.

    People are in the order of their names: there it has to.
    """
    is_asked = connection.vendor == "postgresql" and kind is not Kind.CONTACT
    return is_asked and _is_long(wanted) and len(_near(kind, wanted, PAGE)) == PAGE


def _is_long(wanted: Sequence[str]) -> bool:
    """A term of one letter is in no index: it is only good beside a longer one."""
    return any(len(term) > ONE_LETTER for term in wanted)


def _query(table: str, order: str, has: str) -> str:
    return _ASKED % {"table": table, "order": order, "has": has}


def _let_it_begin() -> None:
    """PostgreSQL would compile for a second what ends after a few rows."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")


def notes(words: str, *kinds: Kind) -> list[str]:
    """Say what a search cannot find, in sentences with what to do."""
    said = []
    if words.strip() and not _is_long(terms(words)):
        said.append(_("Write at least two letters or digits."))
    if finds(connection) is Finds.BEGINNINGS:
        said.append(only_beginnings())
    return [*said, *(sentence for kind in kinds if (sentence := _not_read_yet(kind)))]


def only_beginnings() -> str:
    if connection.vendor == "sqlite":
        return _(
            "Only beginnings of words are found: this computer's SQLite is older than 3.34. Update "
            "it: the search is then made anew by itself."
        )
    return _(
        "Only beginnings of words are found: the database server refused the extension pg_trgm. "
        "Ask its administrator to run: CREATE EXTENSION pg_trgm. It is used from then on."
    )


def look_at_unread(kind: Kind, wanted: list[str]) -> tuple[set[int], set[int]]:
    """Look at rows the worker has not read yet: those that have the words, and all of them."""
    if kind is Kind.CONTACT:
        changed = Changed.objects.order_by("-pk").values_list("contact", flat=True)
        unread = set(changed[:FRESH])
    else:
        mark = Mark.objects.filter(kind=kind).first()
        rows = rows_of(kind).filter(pk__gt=mark.newest if mark else 0)
        unread = set(rows.order_by("-pk").values_list("pk", flat=True)[:FRESH])
    texts = texts_of(kind, unread)
    return {number for number, text in texts.items() if has_all(text, wanted)}, unread


def _not_read_yet(kind: Kind) -> str:
    left = Changed.objects.count() if kind is Kind.CONTACT else _left_of_ledger(kind)
    if left <= FRESH:
        return ""
    sentence = _(
        "The search has still to read about %(count)s older rows (%(what)s), and does not find "
        "them yet. It goes on by itself while eMailketing runs."
    )
    return sentence % {"count": intcomma(left), "what": kind.label}


def _left_of_ledger(kind: Kind) -> int:
    mark = Mark.objects.filter(kind=kind).first()
    rows = rows_of(kind).order_by("pk").values_list("pk", flat=True)
    newer = len(rows.filter(pk__gt=mark.newest if mark else 0)[: FRESH + 1])
    if mark is None or not mark.oldest:
        return newer
    return newer + mark.oldest - (rows.first() or 0) + 1


def _condition(wanted: Sequence[str]) -> tuple[str, list[Any]]:
    """Return the condition on the words; terms are letters, digits and blanks only."""
    if finds(connection) is Finds.PARTS and connection.vendor == "sqlite":
        # SQLite 3.40 falls over a pattern of LIKE with less than three signs: never given to FTS5
        long = [len(term) > ONE_LETTER for term in wanted]
        parts = ["text LIKE %s" if is_long else "instr(text, %s)" for is_long in long]
        values = [
            f"%{term}%" if is_long else term for term, is_long in zip(wanted, long, strict=True)
        ]
        return " AND ".join(parts), values
    if finds(connection) is Finds.PARTS:
        return " AND ".join(["text LIKE %s"] * len(wanted)), [f"%{term}%" for term in wanted]
    if connection.vendor == "sqlite":
        asked = " AND ".join(f'"{term.strip()}" *' for term in wanted)
        return "search_entry MATCH %s", [asked]
    asked = " & ".join(f"({' <-> '.join(term.split())}:*)" for term in wanted)
    return "to_tsvector('simple', text) @@ to_tsquery('simple', %s)", [asked]


def _as_kept(wanted: Sequence[str]) -> list[str]:
    """Return the terms as they stand in the text: with a blank before a beginning."""
    is_parts = finds(connection) is Finds.PARTS
    return [term if is_parts else f" {term.strip()}" for term in wanted]


def _numbers(query: str, values: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [int(row[0]) % ROOM for row in cursor.fetchall()]
