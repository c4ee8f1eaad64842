"""The trend of a key figure: a small line, the same in words, in every form (P7, P10)."""

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import Settings
from tests.content.sheet.test_report_mail import COLUMNS, FIGURES, FRAME, ROWS, kept_of, written

from emailketing.common.plain import Cell
from emailketing.content.report_chart import pictures_of
from emailketing.content.sheet.figure import KeyFigure
from emailketing.content.sheet.mail import MailContent, freeze_report
from emailketing.content.sheet.pdf import PdfContent, make_sheet_pdf
from emailketing.content.sheet.trend import draw_trend, trend_of

MOST_BYTES = 3_000
PAST: tuple[Cell, ...] = (60_000_000, None, 90_000_000)
WORDS = "3 ejecuciones: mínimo Gs. 60.000.000, máximo Gs. 90.000.000, ahora Gs. 84.300.000"


@pytest.fixture(autouse=True)
def _own_store(settings: Settings, tmp_path: Path) -> None:
    settings.ATTACHMENTS = tmp_path / "store"


def figure(*past: Cell, value: Cell = 84_300_000) -> KeyFigure:
    return replace(FIGURES[0], past=past, value=value)


def test_p10_it_is_said_in_words_and_drawn_small() -> None:
    trend = trend_of(figure(*PAST), FRAME)
    assert trend is not None
    assert trend.alt.replace("\xa0", " ") == WORDS
    assert trend.points == "4.0,24.0 60.0,4.0 116.0,7.8"
    picture = draw_trend(trend.svg)
    assert len(picture) <= MOST_BYTES
    assert Image.open(io.BytesIO(picture)).size == (240, 56)


@pytest.mark.parametrize(
    ("past", "value"),
    [((1,), 2), ((), 2), ((1, 2, 3), None), ((1, 2, 3), Decimal("NaN")), (("x", None, 1), 2)],
)
def test_it_is_absent_while_fewer_than_three_runs_are_known(
    past: tuple[Cell, ...], value: Cell
) -> None:
    assert trend_of(figure(*past, value=value), FRAME) is None


@pytest.mark.parametrize("past", [(5,) * 30, tuple(range(30)), (10**40, -(10**40), 0)])
def test_whatever_stands_there_it_has_at_most_twelve_points_within_its_edges(
    past: tuple[Cell, ...],
) -> None:
    trend = trend_of(figure(*past, value=5), FRAME)
    assert trend is not None
    places = [tuple(map(float, place.split(","))) for place in trend.points.split()]
    assert len(places) <= 12
    assert all(0 <= x <= 120 and 0 <= y <= 28 for x, y in places)
    assert len(draw_trend(trend.svg)) <= MOST_BYTES


def test_mail_text_and_paper_show_the_same(tmp_path: Path) -> None:
    kept = kept_of(tmp_path, COLUMNS, ROWS)
    figures = [FIGURES[0], figure(*PAST)]
    report = freeze_report(kept, MailContent(figures=figures), {"es": FRAME})
    mail = written(report)
    assert mail.html.replace("\xa0", " ").count(f'alt="{WORDS}"') == 1
    assert " ".join(mail.text.split()).replace("\xa0", " ").count(WORDS) == 1
    assert mail.html.count("cid:trend1") == 1
    assert "cid:trend0" not in mail.html
    pictures = list(pictures_of(mail.html, {"report": report}, "es"))
    assert [picture.name for picture in pictures] == ["trend1"]
    with_it = make_sheet_pdf(kept, PdfContent(figures=figures), FRAME)
    assert with_it != make_sheet_pdf(kept, PdfContent(figures=[FIGURES[0]] * 2), FRAME)
