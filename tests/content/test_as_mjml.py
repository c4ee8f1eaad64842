"""A simple text turned into MJML says the same and can be saved."""

import re

import pytest

from emailketing.content.as_mjml import as_mjml
from emailketing.content.look import BrandLook
from emailketing.content.render import render
from emailketing.content.samples import sample_data
from emailketing.content.save import Texts, check_texts
from emailketing.content.shape import complete
from emailketing.content.starters import channel_of, starter_texts, starters
from emailketing.sources.declared import kinds_on_shelf

BLOCK = re.compile(r"^\[\[.*\]\]$", re.MULTILINE)
LOOK = BrandLook(name="Estación Ñandutí", address="Ruta 2 km 20", email="a@b.example")
MAILS = [slug for slug in starters() if channel_of(slug) == "email"]


@pytest.mark.parametrize("slug", MAILS)
@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_every_starter_survives_the_change_of_format(slug: str, language: str) -> None:
    simple = starter_texts(slug, language)
    body = as_mjml(simple.body, preheader=simple.preheader, brand=LOOK)
    assert body.startswith("<mjml>")
    for block in BLOCK.findall(simple.body):
        assert block in body
    kind = starters()[slug].document_type
    data = complete(sample_data(kind, language))
    words = []
    for texts in (simple, Texts(simple.subject, simple.preheader, body, "mjml")):
        draft = check_texts(
            texts,
            document_type=kind,
            language=language,
            sample=None,
            look=LOOK,
            kinds=kinds_on_shelf(kind),
        )
        words.append(render(draft.compiled, data, language=language))
    first, second = words
    whole = "".join(second.text.split())  # a statement within a line breaks it in the text part
    for line in first.text.split("\n-- ")[0].splitlines():
        assert "".join(line.split()) in whole
