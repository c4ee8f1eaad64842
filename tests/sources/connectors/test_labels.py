"""Every field a shipped connector reads is called something in three languages."""

import re
from collections.abc import Iterator

import pytest

from emailketing.sources.connectors import Connector, DocumentType, Query, load
from emailketing.sources.documents.read_document import USUAL, USUAL_OF_PARTY
from tests.architecture.places import LANGUAGES

# what every document has: the console has its own words for these
DAYS = ("delivery_date", "valid_until")
USUAL_NAMES = {*USUAL, *DAYS, *(f"party.{name}" for name in USUAL_OF_PARTY)}


def columns(sql: str) -> Iterator[str]:
    """Yield what a query calls its columns: the words before the outermost FROM."""
    bare = re.sub(r"--[^\n]*|'[^']*'", "x", sql)
    while "(" in bare:
        bare = re.sub(r"\([^()]*\)", " ", bare)
    told = re.split(r"\bFROM\b", bare.partition("SELECT")[2], maxsplit=1)[0]
    for column in told.split(","):
        yield re.findall(r"\"[^\"]+\"|\w+", column)[-1].strip('"')


def read(document: DocumentType, query: Query | None, prefix: str = "") -> Iterator[str]:
    if query is None or not document.table:  # a change is no row that is read
        return
    for dialect in ("sqlite", "postgresql"):
        for column in columns(query.sql(dialect)):
            yield prefix + document.names.get(column, column)


def paths(document: DocumentType) -> Iterator[str]:
    yield from read(document, document.header)
    yield from read(document, document.lines, "lines.")
    for name, query in document.lists.items():
        yield from read(document, query, f"{name}.")


def unnamed(connector: Connector) -> list[str]:
    found = set()
    for document in connector.documents.values():
        named = {
            field.path
            for field in document.fields
            if all(field.label.get(code) for code in LANGUAGES)
        }
        read_ones = {path for path in paths(document) if path.rpartition(".")[2] != "key"}
        found |= {f"{document.type}: {path}" for path in read_ones - named - USUAL_NAMES}
    return sorted(found)


@pytest.mark.parametrize("name", ["estacion", "tryton"])
def test_every_field_a_document_is_read_with_has_a_label(name: str) -> None:
    assert unnamed(load(name)) == []


def test_the_columns_of_a_query_are_found() -> None:
    sql = """-- of a, b FROM c
    SELECT o.numero AS number, o.plain, (SELECT max(x), 1 FROM y) AS "party.name",
           CASE WHEN o.a LIKE 'b,c%' THEN 1 END AS kind FROM o JOIN (SELECT 1 AS z) q"""
    assert list(columns(sql)) == ["number", "plain", "party.name", "kind"]
