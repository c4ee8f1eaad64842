"""The brand: a clean logo, colours that can be read, and templates that wear it at once."""

import io
import shutil
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import Settings

from emailketing.content.brand import BrandInvalid, first_brand, save_brand, set_logo
from emailketing.content.colours import NotAColour, contrast, ink_on, rgb, tint
from emailketing.content.frozen_look import logo_of, restore_logo
from emailketing.content.logo import (
    LogoRefused,
    as_svg,
    clean_logo,
    initials,
    logo_problem,
    shown_size,
    starter_logo,
)
from emailketing.content.look import look_of
from emailketing.content.models import Brand, Revision, Template
from emailketing.content.starters import make_starter_templates, starters

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _store(settings: Settings, tmp_path: Path) -> None:
    settings.ATTACHMENTS = tmp_path


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 100)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "#0f4c81").save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(("kind", "mime_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_a_logo_is_written_anew_and_kept_small(kind: str, mime_type: str) -> None:
    logo = clean_logo(picture(kind, (3000, 1000)) + b"<script>alert(1)</script>")
    assert logo.mime_type == mime_type
    assert b"script" not in logo.content
    assert Image.open(io.BytesIO(logo.content)).size == (600, 200)


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (b"", "no picture"),
        (b"<svg onload='x()'/>", "no picture"),
        (picture("GIF"), "no picture"),
        (picture()[:200], "no picture"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 5_000_001, "5 MB"),
    ],
    ids=["empty", "svg", "gif", "cut", "large"],
)
def test_what_is_no_logo_is_refused_in_one_sentence(upload: bytes, words: str) -> None:
    with pytest.raises(LogoRefused, match=words):
        clean_logo(upload)


def promising(width: int, height: int) -> bytes:
    """A small PNG file that says it is a huge picture."""

    def part(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", pixels) + part(b"IEND", b"")


@pytest.mark.parametrize("size", [(30_000, 30_000), (8_000, 8_000), (100, 100)])
def test_a_picture_that_would_fill_the_memory_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(LogoRefused):
        clean_logo(promising(*size))


def test_a_missing_or_damaged_logo_is_said_and_stops_nothing() -> None:
    assert "no logo" in logo_problem(b"")
    assert "damaged" in logo_problem(b"\x89PNG broken")
    assert logo_problem(picture()) == ""
    assert as_svg(b"broken") == as_svg(b"") == ""
    assert look_of(Brand(name="x", logo=b"broken")).logo == b""


def test_a_logo_lies_on_white_and_one_of_white_letters_is_said() -> None:
    file = io.BytesIO()
    letters = Image.new("RGBA", (100, 50), (0, 0, 0, 0))
    letters.paste((250, 250, 250, 255), (10, 10, 90, 40))
    letters.save(file, "PNG")
    logo = clean_logo(file.getvalue())
    assert Image.open(io.BytesIO(logo.content)).getpixel((0, 0)) == (255, 255, 255)
    assert "almost white" in logo_problem(logo.content)
    assert logo_problem(clean_logo(starter_logo("Itá")).content) == ""


def test_a_logo_is_shown_in_its_corner() -> None:
    assert shown_size(picture(size=(600, 100))) == (200, 33)
    assert shown_size(picture(size=(100, 100))) == (64, 64)
    assert shown_size(picture(size=(10, 10))) == (20, 20)
    assert shown_size(b"") is None


def test_a_first_logo_is_drawn_from_the_name() -> None:
    assert clean_logo(starter_logo("Estación Ñu Guasu S.A.")).mime_type == "image/png"
    assert clean_logo(starter_logo("")).content
    assert [initials(name) for name in ("Estación Itá S.A.", "uno", "", "¡!")] == [
        "EI",
        "U",
        "E",
        "E",
    ]


def test_colours_are_checked_for_contrast() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21
    assert ink_on("#0f4c81") == "#ffffff"
    assert ink_on("#f2d300") != "#ffffff"
    assert ink_on("#ffffff", wish="#f2d300") != "#f2d300"
    assert tint("#000000", 0.5) == "#808080"
    for wrong in ("red", "#fff", "#12345g", "#0f4c81;"):
        with pytest.raises(NotAColour, match="#0f4c81"):
            rgb(wrong)


@pytest.mark.django_db
def test_the_starter_templates_are_made_once_in_every_language() -> None:
    brand = first_brand("Estación Itá", by="ana", now=NOW)
    made = make_starter_templates(brand, now=NOW)
    assert [template.slug for template in made] == list(starters())
    assert make_starter_templates(brand, now=NOW) == []
    assert Revision.objects.count() == 3 * len(starters())
    by_mail = [template.layout for template in made if template.channel == "email"]
    assert by_mail[:2] == ["purchase-order", "quotation"]


@pytest.mark.django_db
def test_a_starter_template_somebody_changed_stays_changed() -> None:
    make_starter_templates(None, now=NOW)
    template = Template.objects.get(slug="quotation")
    template.name, template.document_type = "Mi presupuesto", "presupuesto"
    template.save()
    make_starter_templates(None, now=NOW)
    template.refresh_from_db()
    assert template.name == "Mi presupuesto"


@pytest.mark.django_db
def test_a_new_look_reaches_the_templates_and_what_was_sent_keeps_the_old_one() -> None:
    make_starter_templates(None, now=NOW)
    template = Template.objects.get(slug="quotation")
    brand = first_brand("Estación Itá", by="ana", now=NOW)
    old = template.current("es")
    assert old is not None
    first_picture = logo_of(old)
    brand.primary_colour = "#7a1f3d"
    set_logo(brand, picture())
    assert save_brand(brand, by="ana", now=NOW) == []
    new = template.current("es")
    assert new is not None
    assert new.number == old.number + 1
    assert "#7a1f3d" in new.html
    assert "#7a1f3d" not in old.html
    second_picture = logo_of(new)
    assert first_picture is not None
    assert second_picture is not None
    assert first_picture.content != second_picture.content
    old.refresh_from_db()
    assert logo_of(old) == first_picture


@pytest.mark.django_db
def test_saving_a_brand_that_did_not_change_makes_no_revision() -> None:
    brand = first_brand("Estación Itá", by="ana", now=NOW)
    make_starter_templates(brand, now=NOW)
    save_brand(brand, by="ana", now=NOW)
    assert Revision.objects.count() == 3 * len(starters())


@pytest.mark.django_db
def test_a_template_of_another_brand_is_left_alone() -> None:
    first_brand("Estación Itá", by="ana", now=NOW)
    other = Brand(name="Taller Itá")
    save_brand(other, by="ana", now=NOW)
    make_starter_templates(other, now=NOW)
    before = Revision.objects.count()
    save_brand(Brand.objects.get(name="Estación Itá"), by="ana", now=NOW)
    assert Revision.objects.count() == before


@pytest.mark.django_db
def test_there_is_one_default_brand() -> None:
    first_brand("Uno", by="ana", now=NOW)
    notices = save_brand(
        Brand(name=" Dos ", is_default=True, primary_colour="#f2d300"), by="a", now=NOW
    )
    assert Brand.objects.get(is_default=True).name == "Dos"
    assert len(notices) == 2  # no logo, a pale colour
    assert first_brand("Tres", by="ana", now=NOW).name == "Dos"


@pytest.mark.django_db
@pytest.mark.parametrize("values", [{"name": " "}, {"name": "a", "primary_colour": "red"}])
def test_a_brand_without_name_or_with_a_wrong_colour_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(BrandInvalid):
        save_brand(Brand(**values), by="ana", now=NOW)
    assert not Brand.objects.exists()


@pytest.mark.django_db
def test_a_logo_gone_from_the_store_comes_back_from_the_brand(settings: Settings) -> None:
    brand = first_brand("Estación Itá", by="ana", now=NOW)
    make_starter_templates(brand, now=NOW)
    revision = Revision.objects.filter(language="es").first()
    assert revision is not None
    before = logo_of(revision)
    shutil.rmtree(settings.ATTACHMENTS)
    assert before is not None
    restore_logo(revision)
    assert logo_of(revision) == before
    assert any(Path(settings.ATTACHMENTS).rglob("*"))


@pytest.mark.django_db
def test_a_logo_that_is_gone_for_ever_stops_no_mail(settings: Settings) -> None:
    brand = first_brand("Estación Itá", by="ana", now=NOW)
    make_starter_templates(brand, now=NOW)
    revision = Revision.objects.filter(language="es").first()
    Brand.objects.update(logo=b"")
    shutil.rmtree(settings.ATTACHMENTS)
    assert revision is not None
    restore_logo(revision)
    assert logo_of(revision) is None
