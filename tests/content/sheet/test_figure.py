"""Key figures say their change in words as well, and fit a phone (P7, P10)."""

from decimal import Decimal

import pytest

from emailketing.channels.catalogue import channel_of
from emailketing.common.plain import Cell
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.figure import KeyFigure, shown_figure
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.phone import figures_line, phone_text, short_number

MONEY, SHARE = Column("sum", "Ventas", "money"), Column("share", "Margen", "percent")
FRAME = SheetFrame(title="Resultado", period="nov.", language="es")
SMS = channel_of("sms").segments


def figure(value: Cell, before: Cell = None, column: Column = MONEY) -> KeyFigure:
    label = {"es": "Ventas", "en": "Sales", "pt": "Vendas"}
    return KeyFigure(
        label=label, value=value, column=column, before=before, against="octubre", good="up"
    )


def test_p10_the_change_is_said_with_arrow_tone_and_words() -> None:
    up = shown_figure(figure(84_300_000, 75_000_000), FRAME)
    assert (up.value, up.arrow, up.change, up.tone) == (
        "Gs.\xa084.300.000", "▲", "+12\xa0%", "good",
    )  # fmt: skip
    assert up.words == "12\xa0% más que octubre (Gs.\xa075.000.000)"
    down = shown_figure(figure(Decimal("9.5"), 10), FRAME)
    assert (down.arrow, down.change, down.tone) == ("▼", "−5\xa0%", "bad")
    assert down.words.startswith("5\xa0% menos que octubre")


@pytest.mark.parametrize(
    ("value", "before", "arrow", "change", "words"),
    [
        (10, 10, "=", "", "igual que octubre"),
        (10, 0, "▲", "", "octubre: Gs.\xa00"),  # division by zero
        (10, None, "", "", ""),
        (None, 10, "", "", ""),
        ("NaN", 10, "", "", ""),
        (Decimal("NaN"), 10, "", "", ""),
        # below nothing a percent would read the wrong way round
        (5, -10, "▲", "+Gs.\xa015", "Gs.\xa015 más que octubre (Gs.\xa0-10)"),
        (-30, -10, "▼", "−Gs.\xa020", "Gs.\xa020 menos que octubre (Gs.\xa0-10)"),
        (-5, 10, "▼", "−Gs.\xa015", "Gs.\xa015 menos que octubre (Gs.\xa010)"),
    ],
)
def test_what_cannot_be_compared_just_stands_there(
    value: Cell, before: Cell, arrow: str, change: str, words: str
) -> None:
    shown = shown_figure(figure(value, before), FRAME)
    assert (shown.arrow, shown.change, shown.words) == (arrow, change, words)


def test_how_many_there_are_is_a_number_whatever_is_counted() -> None:
    column = Column("day", "Ventas", "percent", total="count")
    shown = shown_figure(figure(1_214, 1_000, column), FRAME)
    assert (shown.value, shown.change) == ("1.214", "+21\xa0%")
    assert "Ventas: 1.214 (+21 %)" in phone_text([figure(1_214, 1_000, column)], FRAME)


def test_percentages_are_compared_in_points() -> None:
    shown = shown_figure(figure(Decimal("0.125"), Decimal("0.104"), SHARE), FRAME)
    assert (shown.value, shown.change) == ("12,5\xa0%", "+2,1 puntos")


@pytest.mark.parametrize(
    ("value", "es", "en", "pt"),
    [
        ("84300000", "84,3 M", "84.3M", "84,3 mi"),
        ("612000", "612 mil", "612K", "612 mil"),
        ("1234567890", "1.235 M", "1.2B", "1,2 bi"),
        ("999999", "1 M", "1M", "1 mi"),
        ("9500", "9.500", "9,500", "9.500"),
        ("-75300", "-75,3 mil", "-75.3K", "-75,3 mil"),
        ("12.504", "12,5", "12.5", "12,5"),
        ("0", "0", "0", "0"),
    ],
)
def test_numbers_are_short_as_the_language_says_them(value: str, es: str, en: str, pt: str) -> None:
    assert [short_number(Decimal(value), each) for each in ("es", "en", "pt")] == [es, en, pt]


def test_a_report_fits_into_one_segment() -> None:
    figures = [figure(84_300_000, 75_000_000), figure(612_000_000), figure(5_000, 4_000)]
    text = phone_text(figures, FRAME, segments=SMS)
    assert text == (
        "Resultado nov.. Ventas: Gs. 84,3 M (+12 %). Ventas: Gs. 612 M. Ventas: Gs. 5.000 (+25 %)."
    ).replace("nov..", "nov.")
    assert SMS is not None
    assert SMS.measure(text, plain=True).segments == 1


@pytest.mark.parametrize("count", [1, 3, 6])
@pytest.mark.parametrize("title", ["Resultado", "Estado de resultados comparado con " * 2])
def test_what_does_not_fit_goes_the_changes_first(count: int, title: str) -> None:
    assert SMS is not None
    frame = SheetFrame(title=title.strip(), period="noviembre de 2026", language="es")
    text = phone_text([figure(84_300_000, 75_000_000)] * count, frame, segments=SMS)
    assert SMS.measure(text, plain=True).segments == 1
    assert "84,3 M (+12 %)" in text


def test_a_report_without_figures_says_its_name() -> None:
    assert phone_text([], FRAME, segments=SMS) == "Resultado nov."


def test_figures_in_one_row_are_short_and_one_row() -> None:
    line = figures_line([figure(84_300_000, 75_000_000)] * 2, FRAME)
    assert line == "Ventas: Gs. 84,3 M (+12 %) · Ventas: Gs. 84,3 M (+12 %)"
    assert len(figures_line([figure(1, 2)] * 60, FRAME)) <= 300
