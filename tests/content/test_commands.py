"""`emailketing template …` and `emailketing brand …`: each mistake is one sentence."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django import Settings
from typer.testing import CliRunner, Result

from emailketing.accounts.models import AuditEntry
from emailketing.cli.app import app
from emailketing.content.brand import first_brand
from emailketing.content.models import Brand, Template
from emailketing.content.starters import make_starter_templates

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _starters(settings: Settings, tmp_path: Path) -> None:
    settings.ATTACHMENTS = tmp_path / "store"
    make_starter_templates(first_brand("Estación Itá", by="ana", now=NOW), now=NOW)


def run(*words: str | Path) -> Result:
    with translation.override("en"):
        return CliRunner().invoke(app, [str(word) for word in words])


def test_a_text_goes_out_into_a_file_and_back(tmp_path: Path) -> None:
    file = tmp_path / "order.txt"
    assert run("template", "export", "purchase-order", file, "--language", "en").exit_code == 0
    file.write_text(file.read_text().replace("Thank you.", "Thanks a lot."))
    assert run("template", "edit", "purchase-order", file, "--language", "en").exit_code == 0
    assert "Thanks a lot." in run("template", "show", "purchase-order", "--language", "en").stdout
    noted = AuditEntry.objects.get(object_type="content.template")
    assert (noted.came_from, noted.changes) == ("command line", {"en": [1, 2]})


def test_a_wrong_name_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "order.txt"
    file.write_text("Order\n\n\nHello\n{{ document.total }}\n")
    result = run("template", "edit", "purchase-order", file)
    assert result.exit_code == 1
    assert "Line 2: There is no “document.total”." in result.stderr
    assert "Did you mean “document.totals.total”?" in result.stderr


def test_a_preview_writes_mail_page_and_pdf(tmp_path: Path) -> None:
    document = tmp_path / "d.json"
    document.write_text(json.dumps({"number": "77", "totals": {"total": "5000"}}))
    pdf, page = tmp_path / "x.pdf", tmp_path / "x.html"
    words = ("template", "preview", "purchase-order", "--language", "en")
    result = run(*words, "--document", document, "--pdf", pdf, "--html", page)
    assert result.exit_code == 0
    assert "Purchase order 77" in result.stdout
    assert pdf.read_bytes().startswith(b"%PDF")
    assert "PYG\xa05,000" in page.read_text()


def test_a_new_template_begins_empty(tmp_path: Path) -> None:
    assert run("template", "add", "vale", "Vale", "--document-type", "vale").exit_code == 0
    assert "no text yet" in run("template", "show", "vale").stderr
    file = tmp_path / "vale.txt"
    file.write_text("Vale\n\n\n<mjml><mj-body></mj-body></mjml>")
    assert run("template", "edit", "vale", file).exit_code == 0
    assert Template.objects.get(slug="vale").revisions.get().format == "mjml"
    assert run("template", "add", "vale", "Vale").exit_code == 1
    said = run("template", "add", "dos palabras", "").stderr
    assert "slug: The identifier has letters" in said
    assert "name: This must not be empty." in said


@pytest.mark.parametrize("content", ["Order", "a\nb\nc\nd", "\xff"])
def test_a_file_of_another_form_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "order.txt"
    file.write_bytes(content.encode("latin-1"))
    result = run("template", "edit", "purchase-order", file)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_the_brand_is_changed_and_shown(tmp_path: Path) -> None:
    assert (
        run("brand", "set", "--phone", "+595 21 555 100", "--address", "uno\\ndos").exit_code == 0
    )
    assert Brand.objects.get().address == "uno\ndos"
    assert "+595 21 555 100" in run("brand", "show").stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--primary-colour", "red"], "#0f4c81"),
        (["--logo", "nowhere.png"], "cannot be read"),
        (["--of", "Otra"], "no such brand"),
        (["--name", " "], "needs a name"),
    ],
)
def test_a_brand_is_refused_in_one_sentence(words: list[str], sentence: str) -> None:
    result = run("brand", "set", *words)
    assert result.exit_code == 1
    assert sentence in result.stderr


def test_a_pale_colour_is_allowed_and_said() -> None:
    assert "! The main colour is pale" in run("brand", "set", "--primary-colour", "#f2d300").stdout


def test_templates_are_listed() -> None:
    assert "purchase-order" in run("template", "list").stdout
