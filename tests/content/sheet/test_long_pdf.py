"""Paper of many pages: set in pieces, read as one; nothing is lost between them (P5-P7)."""

import io
import re
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from pypdf import PageObject, PdfReader
from tests.content.sheet.test_sheet_pdf import FRAME, pages

from emailketing.common.plain import Cell
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.figure import KeyFigure
from emailketing.content.sheet.kept import KeptSheet, write_kept
from emailketing.content.sheet.pdf import (
    MOST_PREVIEWED,
    PdfContent,
    draw_first_page,
    make_sheet_pdf,
)

ROWS = 5_000
MOST_MB = 300
COLUMNS = [
    Column("branch", "Sucursal"),
    Column("ticket", "Factura"),
    Column("sum", "Importe", "money", total="sum"),
    *(Column(f"c{number}", f"Otro {number}", "number") for number in range(7)),
]
ROW = re.compile(r"001-(\d{5}) ([\d.]+)")
SO_FAR = re.compile(r"Suma y sigue: ([\d.]+)")
SUBTOTAL = re.compile(r"Subtotal ([\d.]+)")
# VmHWM begins with the program; ru_maxrss counts whoever started it, too
CHILD = """
import re
import sys
from pathlib import Path
import django
django.setup()
from emailketing.content.sheet.kept import open_kept
from emailketing.content.sheet.pdf import PdfContent, make_sheet_pdf
from tests.content.sheet.test_sheet_pdf import FRAME
kept, paper = map(Path, sys.argv[1:])
paper.write_bytes(make_sheet_pdf(open_kept(kept), PdfContent(group="branch"), FRAME))
peak = re.search(r"VmHWM:\\s+([0-9]+) kB", Path("/proc/self/status").read_text())
print(int(peak[1]) // 1024)
"""


def amount(number: int) -> int:
    return 1_000 + number * 7 % 9_001


def sheet(path: Path, count: int) -> KeptSheet:
    rows: list[list[Cell]] = [
        [f"B{number * 12 // count:02}", f"001-{number:05}", Decimal(amount(number)), *range(7)]
        for number in range(count)
    ]
    return write_kept(path, COLUMNS, rows)


def whole(text: str) -> int:
    return int(text.replace(".", ""))


@pytest.mark.slow
def test_p5_five_thousand_rows_stand_there_once_in_flat_memory(tmp_path: Path) -> None:
    kept, paper = sheet(tmp_path / "kept", ROWS), tmp_path / "paper.pdf"
    given = [sys.executable, "-c", CHILD, str(kept.path), str(paper)]
    done = subprocess.run(given, capture_output=True, text=True, check=True)
    assert int(done.stdout) <= MOST_MB
    found = pages(paper.read_bytes())
    rows = [(int(ticket), whole(value)) for page in found for ticket, value in ROW.findall(page)]
    assert rows == [(number, amount(number)) for number in range(ROWS)]
    _sums_are_right(found)
    _pages_are_full(found)
    assert f"Total {sum(map(amount, range(ROWS))):,}".replace(",", ".") in found[-1]


def _sums_are_right(found: list[str]) -> None:
    so_far = 0
    for page in found[:-1]:
        so_far += sum(whole(value) for _ticket, value in ROW.findall(page))
        assert whole(SO_FAR.findall(page)[0]) == so_far
    assert not SO_FAR.findall(found[-1])
    subtotals = [whole(value) for page in found for value in SUBTOTAL.findall(page)]
    groups: dict[int, int] = {}
    for number in range(ROWS):
        branch = number * 12 // ROWS
        groups[branch] = groups.get(branch, 0) + amount(number)
    assert subtotals == list(groups.values())


def _pages_are_full(found: list[str]) -> None:
    """No page but the last ends before its time; each has heading, group and number."""
    for number, page in enumerate(found, 1):
        assert f"Página {number} de {len(found)}" in page
        assert "Factura Importe" in page
        assert "Sucursal: B" in page
        assert ("Ventas · noviembre" in page) is (number > 1)
    counts = [len(ROW.findall(page)) + 2 * page.count("Subtotal") for page in found[1:-1]]
    assert max(counts) - min(counts) <= 2


def test_pieces_are_one_document_of_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emailketing.content.sheet.pdf.MOST_CELLS", 1)
    kept = sheet(tmp_path / "kept", 150)
    figure = KeyFigure(label="Ventas", value=5, column=COLUMNS[2])
    content = make_sheet_pdf(kept, PdfContent(figures=[figure]), FRAME)
    assert content == make_sheet_pdf(kept, PdfContent(figures=[figure]), FRAME)
    reader, found = PdfReader(io.BytesIO(content)), pages(content)
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("Ventas", "Estación Ñu Guasu")
    assert str(reader.root_object["/Lang"]) == "es"
    assert [page.count("Ventas Gs.") for page in found] == [1, *[0] * (len(found) - 1)]
    assert len(found) > 2
    assert all(f"Página {number} de {len(found)}" in page for number, page in enumerate(found, 1))


def test_columns_stand_where_they_stood_on_the_page_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emailketing.content.sheet.pdf.MOST_CELLS", 1)
    rows: list[list[Cell]] = [["B", "1", 1 if number < 140 else 10**12] for number in range(180)]
    kept = write_kept(tmp_path / "kept", COLUMNS[:3], rows)
    content = make_sheet_pdf(kept, PdfContent(), replace(FRAME, filters=()))
    places = {_place_of("Importe", page) for page in PdfReader(io.BytesIO(content)).pages}
    assert len(places) == 1


def test_a_look_at_long_paper_sets_one_page_that_has_a_number(tmp_path: Path) -> None:
    kept = sheet(tmp_path / "kept", MOST_PREVIEWED + 500)
    picture = draw_first_page(kept, PdfContent(group="branch"), FRAME)
    assert picture == draw_first_page(kept, PdfContent(group="branch", most=MOST_PREVIEWED), FRAME)
    with Image.open(io.BytesIO(picture)) as page:
        where = (page.width * 3 // 4, page.height * 19 // 20, page.width, page.height)
        letters = ImageOps.invert(page.convert("L")).crop(where).getbbox()
    assert letters is not None, "page 1 of …"
    assert letters[3] - letters[1] > 1, "a rule alone"


def _place_of(word: str, page: PageObject) -> int:
    found: list[float] = []

    def look(text: str, _cm: object, tm: list[float], _font: object, _size: object) -> None:
        if word in text:
            found.append(tm[4])

    page.extract_text(visitor_text=look)
    return round(found[0])
