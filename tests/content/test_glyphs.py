"""Signs that no font shows are replaced in plain sight and named; all others are printed."""

import io
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pytest_django import Settings

from emailketing.content import glyphs
from emailketing.content.documents import lost_signs, make_pdf
from emailketing.content.look import BrandLook
from emailketing.content.samples import sample_data

RARE = [chr(code) for code in range(0x31300, 0x31320)]  # Chinese of which hardly a font knows


def order(name: str) -> dict[str, Any]:
    data = deepcopy(sample_data("purchase_order", "es"))
    data["document"]["party"]["name"] = name
    return data


def page(name: str) -> str:
    pdf = make_pdf("purchase-order", order(name), language="es", brand=BrandLook(name="A"))
    return PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def embedded(name: str) -> set[str]:
    pdf = make_pdf("purchase-order", order(name), language="es", brand=BrandLook(name="A"))
    fonts = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    return {str(font.get_object()["/BaseFont"]).partition("+")[2] for font in fonts.values()}


def test_what_no_font_shows_is_a_box_and_named() -> None:
    assert "Casa □□ SRL" in page(f"Casa {RARE[0]}{RARE[1]} SRL")
    said = lost_signs(order(f"Casa {RARE[0]}{RARE[1]} SRL"))
    assert f"{RARE[0]} {RARE[1]}" in said
    assert "□" in said


@pytest.mark.parametrize("name", ["Ñandutí ỹ G̃ ₲ €", "Ελλάς", "Москва", "→ ≤ ½ “x” – …"])
def test_usual_writing_asks_nothing_and_loses_nothing(name: str) -> None:
    assert glyphs.unusual(order(name)) == set()
    assert lost_signs(order(name)) == ""
    assert "□" not in page(name)


@pytest.mark.parametrize("first", [0x20, 0xA0, 0x2010, 0x20A0, 0x2190, 0x1E00, 0x370, 0x400])
def test_what_is_taken_for_usual_is_in_the_fonts_that_ship(first: int) -> None:
    signs = [chr(code) for code in range(first, first + 0x18) if chr(code).isprintable()]
    assert glyphs.unusual("".join(signs)) == set()
    assert list(glyphs._missing(signs, [40])) == []


def test_the_machines_fonts_help_out_where_ours_lack_a_sign() -> None:
    sign = next((one for one in "😀文ᚠ⡀" if glyphs.lost([one]) == []), "")
    if not sign:
        pytest.skip("needs a font besides ours: apt-get install fonts-dejavu-core")
    assert sign in page(f"Casa {sign}")
    assert lost_signs(order(f"Casa {sign}")) == ""


def test_a_folder_of_own_fonts_is_asked_too(settings: Settings, tmp_path: Path) -> None:
    theirs = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    if not theirs.exists():
        pytest.skip("needs a font besides ours: apt-get install fonts-dejavu-core")
    shutil.copy(theirs, tmp_path)
    settings.FONTS = tmp_path
    families = glyphs.fonts(with_the_machines=False).families()
    assert "DejaVu Sans" in families
    assert "Inter" in families


def test_usual_papers_never_depend_on_the_machine() -> None:
    assert embedded("Ñandutí S.A.") == {"Inter-Regular-Identity-H", "Inter-SemiBold-Identity-H"}


def test_a_page_of_unknown_writing_does_not_hold_the_others_up() -> None:
    budget = [5]
    assert list(glyphs._missing(RARE, budget)) == RARE
    assert budget == [0]
