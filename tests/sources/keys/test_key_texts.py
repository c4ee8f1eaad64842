"""A key as text: the same for the same key by every road, never the same for two, and back."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from emailketing.sources.keys import (
    LONGEST,
    KeyKind,
    as_key,
    canonical,
    is_shortened,
    parameters,
    parts_of,
    plain,
    text_of,
)
from emailketing.web.console.documents.address import AnyKey

GUID = "6F9619FF-8B86-D011-B42D-00C04FC964FF"
TEXTS = [
    "5",
    "007",
    "a/b",
    "a~b",
    "~1",
    "~",
    "50 %",
    "%2F",
    'O\'Higgins "x"',
    " con espacios ",
    "..",
    ".oculto",
    "a/../b",
    "a\\b",
    "a=2Fb",
    "ñandú ỹ g̃",
    "",
    "x" * 200,
    GUID,
]


@pytest.mark.parametrize("one", TEXTS)
@pytest.mark.parametrize("other", TEXTS)
def test_several_parts_come_back_as_they_were(one: str, other: str) -> None:
    text = text_of((one, other, "OC"))
    assert parts_of(text, 3) == (one, other, "OC")
    assert text_of((other, one, "OC")) != text or one == other


@pytest.mark.parametrize("text", TEXTS)
def test_a_key_of_one_column_is_its_own_text(text: str) -> None:
    assert text_of((text,)) == text
    assert parts_of(text, 1) == (text,)


@pytest.mark.parametrize("text", [text for text in TEXTS if text])
def test_the_address_of_a_page_takes_any_key(text: str) -> None:
    for key in (text, text_of((text, "", text))):
        written = AnyKey().to_url(key)
        assert AnyKey().to_python(written) == key
        assert not {"", ".", ".."} & set(written.split("/"))


@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [
        ("number", [5, 5.0, Decimal(5), Decimal("5.00"), "5", "5.0", " 5"], "5"),
        ("number", [Decimal("0.10"), 0.1, "0.10"], "0.1"),
        ("number", [10**18, "1000000000000000000", Decimal("1E+18")], "1000000000000000000"),
        ("fixed", ["A1", "A1    "], "A1"),
        ("text", ["007"], "007"),
        ("uuid", [GUID, GUID.lower(), uuid.UUID(GUID)], GUID.lower()),
        ("bytes", [b"\x01\xff", "\\x01ff", {"hex": "01ff"}, "01ff"], "01ff"),
        ("boolean", [True, "true", "t"], "true"),
        ("moment", [date(2026, 11, 24), "2026-11-24"], "2026-11-24"),
        (
            "moment",
            [
                datetime(2026, 11, 24, 10, 30, tzinfo=UTC),
                "2026-11-24T07:30:00-03:00",
                "2026-11-24 10:30:00+00",
            ],
            "2026-11-24T10:30:00+00:00",
        ),
    ],
)
def test_a_value_is_one_key_by_every_road(kind: str, values: list[Any], text: str) -> None:
    keys = {canonical((value,), (KeyKind(kind),)) for value in values}
    assert len(keys) == 1
    (key,) = keys
    assert text_of(key) == text
    again = canonical(parts_of(text, 1), (KeyKind(kind),))
    assert again == key
    assert canonical(as_key(plain(key)), (KeyKind(kind),)) == key


def test_text_is_no_number() -> None:
    keys = [text_of(canonical((value,), (KeyKind("text"),))) for value in ("7", "007", "7.0", "7 ")]
    assert len(set(keys)) == 4


def test_two_keys_that_are_too_long_stay_two() -> None:
    keys = [text_of(("x" * 400, "y" * 200, end)) for end in ("1", "2")]
    assert len(set(keys)) == 2
    assert all(len(key) == LONGEST and is_shortened(key) for key in keys)
    with pytest.raises(ValueError, match="xxx"):
        parts_of(keys[0], 3)


def test_a_key_with_other_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="1/OC"):
        parts_of("1/OC", 3)


def test_queries_ask_for_the_parts_by_column_or_place() -> None:
    assert parameters(("id",), (5,)) == {"id": 5, "key": 5, "key1": 5}
    assert parameters(("empresa", "n"), (1, 5)) == {"empresa": 1, "n": 5, "key1": 1, "key2": 5}
