"""The frozen document is what docs/reference/document.md says, and samples are of that type."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from emailketing.common import document
from emailketing.common.document import AlertTold, Document, MorningList
from emailketing.content.samples import MAKERS, sample_document
from emailketing.content.shape import CHANGE, DOCUMENT, LINE, PARTY, TAX, TOTALS

PAGE = Path(__file__).parents[2] / "docs/reference/document.md"
SECTION = re.compile(r"^## `(\w+)`$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `(\w+)` \| `([^`]+)` \| ([^|]+) \|$", re.MULTILINE)
TYPES = {
    name: kind
    for name, kind in vars(document).items()
    if is_typeddict(kind) and kind.__module__ == document.__name__
}
BROUGHT = ("cash_closing", "sales_closing", "fuelling", "unpaid_sale")  # by a connector
WORDS = {str: "text", bool: "true/false", int: "number", dict[str, str]: "texts"}

BASES = {
    "Document": document.Worded,
    "AlertTold": Document,
    "MorningList": Document,
}


def written(kind: Any) -> str:
    """How the page calls a type."""
    if get_origin(kind) is list:
        return f"list of {written(get_args(kind)[0])}"
    if get_origin(kind) is dict and kind not in WORDS:
        return f"{written(get_args(kind)[1])} by language"
    if len(get_args(kind)) > 1 and kind not in WORDS:
        return "key part"
    return WORDS.get(kind) or kind.__name__


def own_fields(kind: type) -> dict[str, str]:
    """What it has that the type before it in the page has not."""
    base = BASES.get(kind.__name__)
    inherited = get_type_hints(base) if base else {}
    hints = get_type_hints(kind)
    return {name: written(hint) for name, hint in hints.items() if name not in inherited}


def test_the_page_describes_every_type_and_every_name_of_it() -> None:
    page = {name: dict(_rows(text)) for name, text in SECTION.findall(PAGE.read_text("utf-8"))}
    assert page == {name: own_fields(kind) for name, kind in TYPES.items()}


def _rows(text: str) -> Iterator[tuple[str, str]]:
    for name, kind, meaning in ROW.findall(text):
        assert meaning.strip(), name
        yield name, kind


def test_what_templates_may_name_is_what_the_document_has() -> None:
    templates: list[tuple[dict[str, Any], Any]] = [(DOCUMENT, Document), (PARTY, document.Party)]
    templates += [(LINE, document.Line), (TOTALS, document.Totals)]
    templates += [(TAX, document.Tax), (CHANGE, document.Change)]
    for shape, kind in templates:
        assert set(shape) <= set(get_type_hints(kind))


def misfits(value: Any, kind: Any, place: str = "document") -> Iterator[str]:
    """Where a value is not of its type; a connector's own names are free."""
    container = dict if is_typeddict(kind) else get_origin(kind)
    if container not in {dict, list}:
        if type(value) not in (get_args(kind) or (kind,)):
            yield f"{place}: {value!r}"
    elif not isinstance(value, container):
        yield f"{place}: {value!r}"
    elif is_typeddict(kind):
        for name, hint in get_type_hints(kind).items():
            if name in value:
                yield from misfits(value[name], hint, f"{place}.{name}")
    else:
        for member in value.values() if isinstance(value, dict) else value:
            yield from misfits(member, get_args(kind)[-1], place)


@pytest.mark.parametrize("language", ["es", "en", "pt"])
@pytest.mark.parametrize("kind", ["purchase_order", "quotation", *MAKERS, *BROUGHT])
def test_a_sample_is_of_the_type(kind: str, language: str) -> None:
    types = {"alert": AlertTold, "morning_list": MorningList}
    assert list(misfits(sample_document(kind, language), types.get(kind, Document))) == []


def test_what_is_not_of_the_type_is_seen() -> None:
    assert list(misfits({"number": 7, "lines": [{"code": None}]}, Document)) == [
        "document.number: 7",
        "document.lines.code: None",
    ]
