"""Whoever designs a report's mail is offered what a report has, and sees it at once."""

import pytest

from emailketing.content.models import Template
from emailketing.content.shape import NAMES
from emailketing.web.console.templates_.vocabulary import blocks, kind_words, variables

pytestmark = pytest.mark.django_db


def test_a_reports_text_is_offered_its_own_words() -> None:
    template = Template(slug="report", name="Informe", document_type="report")
    assert blocks(template)[0].text == "[[report]]"
    offered = {chip.text for _group, chips in variables(template) for chip in chips}
    named = {text.strip("{ }").split(".")[1] for text in offered if text.startswith("{{ report.")}
    assert named == {"title", "period", "line", "phone"}
    assert named <= NAMES["report"].keys()
    assert not [text for text in offered if "document." in text]
    assert kind_words(template) != "report"
