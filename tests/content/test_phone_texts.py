"""Texts for phones: no HTML, the same names checked, and one sentence for what cannot be sent."""

from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from emailketing.content.compile import compile_revision
from emailketing.content.look import BrandLook
from emailketing.content.models import Brand, Revision, Template
from emailketing.content.render import MOST_SHORT, Rendered, RenderFailed, render
from emailketing.content.samples import sample_data
from emailketing.content.save import TemplateInvalid, Texts, save_revision
from emailketing.content.starters import (
    channel_of,
    make_starter_templates,
    starter_texts,
    starters,
)
from emailketing.content.text_file import read_texts, write_texts

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
PHONES = [slug for slug in starters() if channel_of(slug) != "email"]


def written(style: str, body: str, *, name: str = "", **document: Any) -> Rendered:
    compiled = compile_revision(
        subject=name, preheader="", body=body, style=style, brand=BrandLook(), language="es"
    )
    data = deepcopy(sample_data("purchase_order", "es"))
    data["document"].update(document)
    return render(compiled, data, language="es")


def test_a_short_text_is_text_only_and_escapes_nothing() -> None:
    found = written("short", "  {{ document.number }} & <Ñandú>  \n\n\n\nFin  ", number="OC-1")
    assert found == Rendered("", "", "OC-1 & <Ñandú>\n\nFin")


def test_parameters_are_one_line_each_in_their_order() -> None:
    body = "{{ document.number }}\n{{ document.notes }}\n{{ document.totals.total|money('PYG') }}"
    found = written("approved", body, name="orden_lista", notes="a\nb   c")
    assert found.subject == "orden_lista"
    assert found.html == ""
    assert found.text.split("\n") == ["OC-0017", "a b c", "Gs. 5.064.000"]


def test_an_approved_text_may_have_no_parameters() -> None:
    assert written("approved", "", name="hola").text == ""


def test_a_missing_parameter_names_its_place() -> None:
    """Issue 4, 17: WhatsApp refuses empty parameters; we say which one before asking it."""
    with pytest.raises(RenderFailed, match="2") as found:
        written("approved", "{{ document.number }}\n{{ document.notes }}", name="n", notes="")
    assert found.value.line == 2


def test_a_wrong_name_in_a_later_parameter_keeps_its_line() -> None:
    with pytest.raises(RenderFailed) as found:
        written("approved", "{{ document.number }}\n\n{{ document.nada }}", name="n")
    assert found.value.line in (2, 3)


@pytest.mark.parametrize("body", ["{{ document.notes }}", "x{{ document.notes }}"])
def test_what_is_empty_or_endless_is_refused(body: str) -> None:
    notes = "" if body.startswith("{{") else "ñ" * MOST_SHORT
    with pytest.raises(RenderFailed):
        written("short", body, notes=notes)


@pytest.mark.parametrize("slug", PHONES)
@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_every_phone_starter_is_one_or_two_sentences(slug: str, language: str) -> None:
    texts = starter_texts(slug, language)
    compiled = compile_revision(
        subject=texts.subject,
        preheader="",
        body=texts.body,
        style=texts.format,
        brand=BrandLook(),
        language=language,
    )
    kind = starters()[slug].document_type
    found = render(compiled, sample_data(kind, language), language=language).text
    assert found
    assert len(found) <= 2 * 153  # two joined messages at most
    assert "{" not in found


@pytest.mark.parametrize(
    "texts",
    [
        Texts("", "", "Hola {{ document.number }}", "short"),
        Texts("orden_lista", "", "{{ document.number }}\n{{ document.label }}", "approved"),
        Texts("hola", "", "", "approved"),
        Texts("informe", "", "{{ report.title }}", "approved", "https://a.example/r/{{1}}"),
        Texts("informe", "", "", "approved", "https://a.example/r/{{1}}"),
        Texts("Asunto", "vista", "Cuerpo", "simple"),
    ],
)
def test_a_file_says_its_format(texts: Texts) -> None:
    assert read_texts(write_texts(texts)) == texts


def test_a_file_with_an_unknown_format_is_refused() -> None:
    with pytest.raises(TemplateInvalid, match="largo"):
        read_texts("format: largo\n\nHola")


class TestSaving:
    pytestmark = pytest.mark.django_db

    @pytest.fixture(autouse=True)
    def _store(self, settings: Settings, tmp_path: Path) -> None:
        settings.ATTACHMENTS = tmp_path

    def save(self, channel: str, texts: Texts) -> Revision:
        template = Template.objects.create(
            slug="t", name="T", channel=channel, document_type="purchase_order"
        )
        return save_revision(template, language="es", texts=texts, sample=None, by="ana", now=NOW)

    @pytest.mark.parametrize(
        ("channel", "texts", "word"),
        [
            ("sms", Texts("s", "", "x", "simple"), "channel"),
            ("sms", Texts("n", "", "x", "approved"), "channel"),
            ("email", Texts("", "", "x", "short"), "channel"),
            ("whatsapp", Texts("s", "", "x", "mjml"), "channel"),
            ("sms", Texts("", "", "a\n{{ document.totl }}", "short"), "Line 2"),
            ("sms", Texts("", "", "a\n[[lines]]", "short"), "Line 2"),
            ("sms", Texts("", "", "  ", "short"), "empty"),
            ("sms", Texts("", "", "x" * 2000, "short"), "2000"),
            ("whatsapp", Texts("Mi Texto", "", "x", "approved"), "small letters"),
            ("whatsapp", Texts("n", "", "x\n\ny", "approved"), "Line 2"),
            ("whatsapp", Texts("n", "", "{{ document.nada }}", "approved"), "nada"),
            ("whatsapp", Texts("n", "", "\n".join("x" * 31), "approved"), "30"),
        ],
    )
    def test_what_cannot_be_sent_cannot_be_saved(
        self, channel: str, texts: Texts, word: str
    ) -> None:
        with pytest.raises(TemplateInvalid, match=word):
            self.save(channel, texts)
        assert not Revision.objects.exists()

    @pytest.mark.parametrize(
        ("kind", "button", "word"),
        [
            ("purchase_order", "https://a.example/r/{{1}}", "reports"),
            ("report", "http://a.example/r/{{1}}", "as it was approved"),
            ("report", "https://a.example/r/", "as it was approved"),
            ("report", "https://a.example/r/{{2}}", "as it was approved"),
            ("report", "https://a.example/{{1}}/r", "as it was approved"),
            ("report", "https://a.example/r/{{ report.link }}", "as it was approved"),
            ("report", f"https://a.example/{'r' * 300}{{{{1}}}}", "as it was approved"),
        ],
    )
    def test_p11_a_button_is_of_a_report_and_as_it_was_approved(
        self, kind: str, button: str, word: str
    ) -> None:
        made = Template.objects.create(slug="t", name="T", channel="whatsapp", document_type=kind)
        texts = Texts("n", "", "x", "approved", button)
        with pytest.raises(TemplateInvalid, match=word) as found:
            save_revision(made, language="es", texts=texts, sample=None, by="ana", now=NOW)
        assert found.value.part == "button"

    def test_a_saved_text_is_written_out_from_its_revision(self) -> None:
        revision = self.save("whatsapp", Texts("lista", "", "{{ document.number }}", "approved"))
        found = render(revision, sample_data("purchase_order", "es"), language="es")
        assert (found.subject, found.html, found.text) == ("lista", "", "OC-0017")

    def test_the_starters_for_phones_belong_to_their_channel(self) -> None:
        make_starter_templates(Brand.objects.create(name="B", is_default=True), now=NOW)
        assert make_starter_templates(None, now=NOW) == []
        sms = Template.objects.get(slug="quotation-sms")
        assert (sms.channel, sms.layout) == ("sms", "")
        assert {r.format for r in sms.revisions.all()} == {"short"}
        assert sms.revisions.count() == 3
