"""`emailketing card …`: look at the designs without sending anything."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation
from typer.testing import CliRunner, Result

from emailketing.cli.app import app
from emailketing.content.brand import first_brand
from emailketing.content.card.card import DESIGNS

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


def run(*words: str | Path) -> Result:
    with translation.override("en"):
        return CliRunner().invoke(app, [str(word) for word in words])


def test_the_designs_are_listed() -> None:
    listed = run("card", "list").stdout
    assert [design for design in DESIGNS if design not in listed] == []


def test_a_card_is_drawn_into_a_file(tmp_path: Path) -> None:
    first_brand("Estación Itá", by="ana", now=NOW)
    file = tmp_path / "card.png"
    said = run("card", "preview", "birthday", "--name", "Rosa", "--out", file, "--language", "en")
    assert said.exit_code == 0
    assert "“Happy birthday, Rosa!”" in " ".join(said.stdout.split())
    assert file.read_bytes().startswith(b"\x89PNG")


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    file = tmp_path / "card.png"
    said = run("card", "preview", "thanks", "--name", "Rosa \U000107f7", "--out", file)
    assert "leaves out" in said.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("easter",), "There is no design “easter”. There are: birthday,"),
        (("thanks", "--brand", "Otra"), "There is no brand “Otra”."),
        (("thanks", "--language", "gn"), "There is no language “gn”."),
        (("thanks", "--out", "/nowhere/card.png"), "cannot be written"),
    ],
)
def test_each_mistake_is_a_sentence(words: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    usual = () if "--out" in words else ("--out", str(tmp_path / "card.png"))
    refused = run("card", "preview", *words, *usual)
    assert refused.exit_code == 1
    assert sentence in " ".join(refused.stderr.split())
