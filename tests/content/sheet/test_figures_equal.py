"""Figures are equal in every form, and those of an independent sum (P7; issue 11, point 18)."""

import csv
import io
import random
import re
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from pytest_django import Settings

from emailketing.common.plain import Cell
from emailketing.content.render import render
from emailketing.content.samples import sample_data
from emailketing.content.save import compile_texts
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.csv import write_csv
from emailketing.content.sheet.figure import KeyFigure
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptSheet, write_kept
from emailketing.content.sheet.mail import MailContent, freeze_report
from emailketing.content.sheet.pdf import PdfContent, make_sheet_pdf
from emailketing.content.sheet.xlsx import write_xlsx
from emailketing.content.starters import starter_texts

BRANCHES = ["Casa Central", "Ñemby", "Luque", "Itá"]
USD = {"es": ("1.234,56", ",", "."), "en": ("1,234.56", ".", ","), "pt": ("1.234,56", ",", ".")}


class Forms:
    """The same rows as mail, text, PDF, XLSX, CSV and SMS, read back."""

    def __init__(self, folder: Path, seed: int, language: str) -> None:
        dice = random.Random(seed)  # noqa: S311 - no secret
        self.rows: list[list[Cell]] = [
            [
                dice.choice(BRANCHES),
                date(2026, 11, dice.randint(1, 30)),
                Decimal(dice.randint(-(10**9), 10**12)).scaleb(-2),
            ]
            for _number in range(dice.randint(1, 40))
        ]
        self.columns = [
            Column("branch", "Sucursal"),
            Column("day", "Día", "date"),
            Column("sum", "Importe", "money", total="sum", currency="USD"),
        ]
        self.kept: KeptSheet = write_kept(folder / str(seed), self.columns, self.rows)
        self.frame = SheetFrame(title="Ventas", language=language, currency="USD")
        self.language = language

    def number(self, text: str) -> Decimal:
        _sample, decimal, thousand = USD[self.language]
        plain = text.replace(thousand, "").replace(decimal, ".")
        return Decimal(re.sub(r"[^\d.-]", "", plain))

    def mail(self) -> tuple[str, str]:
        figure = KeyFigure(label="Ventas", value=self.kept.totals()[2], column=self.columns[2])
        report = freeze_report(
            self.kept, MailContent(figures=[figure], top=50), {self.language: self.frame}
        )
        texts = starter_texts("report", self.language)
        compiled = compile_texts(texts, look=self.frame.look, language=self.language)
        data = {**sample_data("report", self.language), "report": report}
        mail = render(compiled, data, language=self.language)
        return mail.html, mail.text

    def part(self, branch: Cell) -> KeptSheet:
        own = self.kept.path.with_name("part")
        return write_kept(own, self.columns, self.kept.rows(("branch", branch)))

    def in_text(self, text: str) -> list[Decimal]:
        """Return the amounts that end a row."""
        found = re.findall(r"(-?[\d.,]*\d[.,]\d\d)(?:\s*$|\s*\n)", text)
        return [self.number(each) for each in found]


@pytest.fixture(params=[(1, "es"), (2, "en"), (3, "pt")], ids=str)
def forms(request: pytest.FixtureRequest, tmp_path: Path, settings: Settings) -> Forms:
    settings.ATTACHMENTS = tmp_path / "store"
    seed, language = request.param
    return Forms(tmp_path, seed, language)


def test_p7_every_form_tells_the_same_figures(forms: Forms) -> None:
    read = [row[2] for row in forms.rows if isinstance(row[2], Decimal)]
    cents = sum(int(value.scaleb(2)) for value in read)  # not with our own sums
    told = [*read, Decimal(cents).scaleb(-2)]

    page, text = forms.mail()
    cells = re.findall(r'<td class="(?:sum|sum all)"[^>]*>.*?</span>(.*?)</td>', page)
    assert [forms.number(unescape(re.sub("<[^>]+>", "", cell))) for cell in cells] == told
    assert forms.in_text(text)[-len(told) :] == told
    figure = re.search(r'<div class="big[^>]*>([^<]*)<', page)
    assert figure is not None
    assert forms.number(figure[1]) == told[-1]

    pdf = PdfReader(io.BytesIO(make_sheet_pdf(forms.kept, PdfContent(), forms.frame)))
    paper = "\n".join(each.extract_text() for each in pdf.pages)
    assert forms.in_text(paper) == told

    file = io.BytesIO()
    write_xlsx(file, forms.columns, forms.kept.rows(), forms.frame, totals=forms.kept.totals())
    sheet = load_workbook(file, data_only=True).active
    assert sheet is not None
    assert [Decimal(str(cell.value)) for cell in sheet["C"][1:]] == told

    written = "".join(write_csv(forms.columns, forms.kept.rows(), forms.frame))
    delimiter = "," if forms.language == "en" else ";"
    rows = list(csv.reader(io.StringIO(written.removeprefix("\ufeff")), delimiter=delimiter))
    assert [Decimal(row[2].replace(",", ".")) for row in rows[1:]] == read
    assert [row[0] for row in rows[1:]] == [row[0] for row in forms.rows]


def test_p8_parts_add_up_to_the_whole(forms: Forms) -> None:
    parts = forms.kept.values_of("branch")
    assert sum(count for _branch, count in parts) == forms.kept.count
    sums = [forms.part(branch).totals()[2] for branch, _count in parts]
    assert sum(Decimal(str(each)) for each in sums) == forms.kept.totals()[2]
    for branch, count in parts:
        rows = list(forms.kept.rows(("branch", branch)))
        assert {row[0] for row in rows} == {branch}
        assert len(rows) == count
