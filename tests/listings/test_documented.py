"""The examples of docs/reference/listings.md, made and asked on the sample company."""

import re
import tomllib
from pathlib import Path

import pytest

from emailketing.listings.ask import ask
from emailketing.listings.models import Listing
from emailketing.listings.save import save_listing
from emailketing.sources.models import Source
from tests.sources.shop import now

PAGE = Path(__file__).parents[2] / "docs/reference/listings.md"
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=["clicked", "statement"])
def test_an_example_of_the_documentation_works(books: Source, example: str) -> None:
    values = tomllib.loads(example)
    assert values.pop("source") == books.slug
    listing = Listing(source=books, **values)
    assert save_listing(listing, by="ana", now=now()) == []
    with ask(listing, {}, now=now()) as answer:
        assert all(len(row) == len(answer.columns) for row in answer.rows)
        assert answer.count
