"""A key of every type that capture knows, from the trigger to the page and the command."""

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from emailketing.sources.reading.sample import one_document
from emailketing.sources.validate import KeyDoesNotFit
from tests.sources.shop import Shop

CONNECTOR = {
    "connector.toml": """
title = "Cosas"
dialects = ["sqlite", "postgresql"]
settle = 0.0
[documents.thing]
label = "Cosa"
table = "cosa"
key = "clave"
text = "Cosa {number}"
header = "thing.sql"
[[documents.thing.fields]]
path = "number"
label = "Número"
[[documents.thing.children]]
table = "parte"
column = "cosa"
[processes.thing]
label = "Cosa lista"
document = "thing"
becomes = { field = "number", op = "eq", value = "lista" }
""",
    "thing.sql": "SELECT estado AS number FROM cosa WHERE clave = :key",
}
GUID = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
EVERYWHERE = [
    ("text", "'007'", "007"),
    ("text", "'a/b%2F ''x'' \"y\" ~'", "a/b%2F 'x' \"y\" ~"),
    ("text", "'../..'", "../.."),
    ("text", "' ñandú '", " ñandú "),
    ("varchar(250)", f"'{'x' * 200}'", "x" * 200),
    ("text", f"'{GUID.upper()}'", GUID.upper()),
    ("char(8)", "'AB'", "AB"),
    ("char(8)", "'AB      '", "AB"),
    ("numeric(12,2)", "5.00", "5"),
    ("numeric(12,2)", "5.10", "5.1"),
    ("bigint", "9007199254740993", "9007199254740993"),
]
SQLITE = [*EVERYWHERE, ("real", "5", "5")]
POSTGRESQL = [
    *EVERYWHERE,
    ("numeric(30,2)", "12345678901234567890.10", "12345678901234567890.10"),
    ("double precision", "5", "5"),
    ("uuid", f"'{GUID}'", GUID),
    ("date", "'2026-11-24'", "2026-11-24"),
    ("timestamp", "'2026-11-24 10:30:00.5'", "2026-11-24T10:30:00.500000"),
    ("timestamptz", "'2026-11-24 10:30:00-03'", "2026-11-24T13:30:00+00:00"),
    ("boolean", "true", "true"),
]


def things(shop: Shop, folder: Path, kind: str) -> Shop:
    folder.mkdir()
    for name, text in CONNECTOR.items():
        (folder / name).write_text(text)
    shop.folder = folder
    shop.run(
        f"CREATE TABLE cosa (clave {kind} PRIMARY KEY, estado text)",
        f"CREATE TABLE parte (id integer PRIMARY KEY, cosa {kind})",
    )
    shop.attach("cosas")
    return shop


def follows_the_key(shop: Shop, literal: str, text: str) -> None:
    shop.run(
        f"INSERT INTO cosa VALUES ({literal}, 'nueva')",  # noqa: S608
        f"INSERT INTO parte VALUES (1, {literal})",  # noqa: S608
    )
    assert shop.pull() == []
    shop.run("UPDATE cosa SET estado = 'lista'", "UPDATE parte SET id = 2")
    (event,) = shop.pull()
    assert event.document_key == text
    shop.run("UPDATE parte SET id = 3")  # the row itself is asked for its parent
    assert len(shop.pull()) == 1
    document = one_document(shop.source, "thing", event.document_key)
    assert document is not None
    assert document["key"] == text
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("jefa", password="x" * 12))
    place = [event.source, event.document_type, event.document_key]
    assert client.get(reverse("console:document", args=place)).status_code == 200


@pytest.mark.parametrize(("kind", "literal", "text"), SQLITE)
def test_a_key_of_this_type_is_one_key_on_sqlite(
    sqlite_store: Shop, db: None, tmp_path: Path, kind: str, literal: str, text: str
) -> None:
    follows_the_key(things(sqlite_store, tmp_path / "cosas", kind), literal, text)


@pytest.mark.postgres
@pytest.mark.parametrize(("kind", "literal", "text"), POSTGRESQL)
def test_a_key_of_this_type_is_one_key_on_postgresql(
    postgres_store: Shop, db: None, tmp_path: Path, kind: str, literal: str, text: str
) -> None:
    follows_the_key(things(postgres_store, tmp_path / "cosas", kind), literal, text)


def test_a_binary_column_that_leads_to_the_parent_is_refused(
    shop: Shop, db: None, tmp_path: Path
) -> None:
    """Binary values are not noted (C4): nothing would ever come of a change there."""
    with pytest.raises(KeyDoesNotFit, match="binary"):
        things(shop, tmp_path / "cosas", "blob" if shop.is_sqlite else "bytea")
