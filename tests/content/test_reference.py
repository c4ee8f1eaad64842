"""docs/reference/templates.md lists every name, filter, test, block and element there is."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from emailketing.content.blocks import HTML_BLOCKS, TEXT_BLOCKS
from emailketing.content.bounds import STATEMENTS
from emailketing.content.documents import layouts
from emailketing.content.markup import MJML
from emailketing.content.names import TESTS
from emailketing.content.render import FILTERS
from emailketing.content.samples import sample_data
from emailketing.content.shape import LINE, NAMES, TAX

PAGE = (Path(__file__).parents[2] / "docs/reference/templates.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"[\w-]+", PAGE))


def names(tree: Mapping[str, Any]) -> Iterator[str]:
    for name, value in tree.items():
        yield name
        if isinstance(value, Mapping):
            yield from names(value)


@pytest.mark.parametrize(
    "words",
    [names(NAMES), LINE, TAX, FILTERS, TESTS, MJML, HTML_BLOCKS, STATEMENTS, dict(layouts())],
    ids=["names", "line", "tax", "filters", "tests", "mjml", "blocks", "statements", "layouts"],
)
def test_the_page_about_templates_leaves_nothing_out(words: Any) -> None:
    assert sorted(set(words) - WORDS) == []


def test_every_block_is_there_for_both_parts() -> None:
    assert HTML_BLOCKS.keys() == TEXT_BLOCKS.keys()


@pytest.mark.parametrize("language", ["es", "en", "pt"])
@pytest.mark.parametrize("kind", ["purchase_order", "quotation", ""])
def test_an_invented_document_has_every_name(kind: str, language: str) -> None:
    data = sample_data(kind, language)
    assert set(data) == set(NAMES)
    assert set(data["document"]) == set(NAMES["document"])
    assert set(data["document"]["totals"]) == set(NAMES["document"]["totals"])
    assert set(data["company"]) == set(NAMES["company"])
    assert all(set(line) == set(LINE) for line in data["document"]["lines"])
    assert set(data["document"]["party"]) == set(NAMES["document"]["party"])
