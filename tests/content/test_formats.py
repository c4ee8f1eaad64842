"""Values are written as people of the recipient's language write them; no amount is a float."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from emailketing.content import formats


@pytest.mark.parametrize(
    ("value", "currency", "language", "text"),
    [
        ("1250000", "PYG", "es", "Gs. 1.250.000"),
        ("1250000", "PYG", "pt", "Gs. 1.250.000"),
        ("1250000", "PYG", "en", "PYG 1,250,000"),
        ("1250000.5", "PYG", "es", "Gs. 1.250.001"),  # half up, not to the even one
        ("2.5", "PYG", "es", "Gs. 3"),
        ("-99999.4", "PYG", "es", "Gs. -99.999"),
        ("0", "PYG", "es", "Gs. 0"),
        ("-0", "PYG", "es", "Gs. 0"),
        ("-0.4", "PYG", "es", "Gs. 0"),
        ("-0.004", "USD", "en", "USD 0.00"),
        ("1234.5", "USD", "es", "USD 1.234,50"),
        ("1234.5", "USD", "en", "USD 1,234.50"),
        ("1234.5", "USD", "pt", "US$ 1.234,50"),
        ("-0.005", "USD", "es", "USD -0,01"),
        ("7", "JPY", "es", "JPY 7"),
        ("7", "BRL", "es", "R$ 7,00"),
        ("7", "BRL", "pt", "R$ 7,00"),
        ("7", "BRL", "en", "BRL 7.00"),
        ("7", "EUR", "es", "€ 7,00"),
        ("7", "EUR", "pt", "€ 7,00"),
        ("7", "EUR", "en", "€ 7.00"),
        ("7", "USD", "gn", "USD 7,00"),  # a language we do not have is written as Spanish
        ("7", "", "es", "7,00"),
        (
            "12345678901234567890123456789.01",
            "USD",
            "es",
            "USD 12.345.678.901.234.567.890.123.456.789,01",
        ),
        ("", "PYG", "es", ""),
        (None, "PYG", "es", ""),
    ],
)
def test_money(value: Any, currency: str, language: str, text: str) -> None:
    assert formats.money(value, currency, language) == text


def test_no_row_ends_between_a_currency_and_its_amount() -> None:
    assert formats.firm_money("1250000", "PYG", "es") == "Gs.\xa01.250.000"
    assert formats.firm_money("", "PYG", "es") == ""
    assert formats.amount(None, "PYG", "es") == formats.amount("", "PYG", "es") == ""


def test_a_number_has_at_most_forty_digits_before_and_behind_the_point() -> None:
    assert formats.number("1e40", "es", 12) == "10" + ".000" * 13 + ",000000000000"
    assert formats.number("1e-40", "es") == "0"
    for value in ("1e41", "1e-41", "-1e41"):
        with pytest.raises(formats.NotAValue):
            formats.number(value, "es")


@pytest.mark.parametrize(
    "value", ["siete", "1,5", "NaN", "Infinity", "1e999999", "1e-999999", [], True]
)
def test_what_is_no_number_is_said(value: Any) -> None:
    with pytest.raises(formats.NotAValue):
        formats.money(value, "PYG", "es")


@pytest.mark.parametrize(
    ("value", "decimals", "language", "text"),
    [
        ("4.5", None, "es", "4,5"),
        ("12.000", None, "es", "12"),
        ("1234567.123456789", None, "en", "1,234,567.123457"),
        ("0.12345645", None, "es", "0,123456"),  # rounded once
        ("", None, "es", ""),
        (None, None, "es", ""),
        ("4.5", -1, "es", "5"),
        ("4.5", 2, "pt", "4,50"),
        ("4.5", 0, "es", "5"),
        ("4", 99, "es", "4,000000000000"),
    ],
)
def test_number(value: Any, decimals: int | None, language: str, text: str) -> None:
    assert formats.number(value, language, decimals) == text


@pytest.mark.parametrize(
    ("language", "short", "long"),
    [
        ("es", "24/11/2026", "24 de noviembre de 2026"),
        ("pt", "24/11/2026", "24 de novembro de 2026"),
        ("en", "24 Nov 2026", "24 November 2026"),
    ],
)
def test_dates(language: str, short: str, long: str) -> None:
    assert formats.day("2026-11-24", language) == short
    assert formats.long_day("2026-11-24", language) == long


def test_an_instant_is_shown_in_the_companys_zone() -> None:
    instant, zone = "2026-11-25T01:30:00+00:00", "America/Asuncion"
    assert formats.moment(instant, "es", zone) == "24/11/2026 22:30"
    assert formats.day(instant, "es", zone) == "24/11/2026"
    assert formats.long_day(instant, "es", zone) == "24 de noviembre de 2026"
    assert formats.hour(instant, "es", zone) == "22:30"
    assert formats.second(instant, "es", zone) == "24/11/2026 22:30:00"
    assert formats.moment("2026-11-25 01:30:00", "es", zone) == "25/11/2026 01:30"


def test_without_a_zone_an_instant_is_shown_in_utc() -> None:
    instant = "2026-11-24T22:30:00-03:00"
    assert formats.day(instant, "es") == "25/11/2026"
    assert formats.long_day(instant, "en") == "25 November 2026"
    assert formats.moment(instant, "en") == "25 Nov 2026 01:30"
    assert formats.second(instant, "es") == "25/11/2026 01:30:00"
    assert formats.hour(instant, "pt") == "01:30"
    assert formats.as_date(instant) == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        ("2026-11-24T15:04:05", "es", "24/11/2026 15:04:05"),
        ("2026-11-24T15:04:05", "pt", "24/11/2026 15:04:05"),
        ("2026-11-24T15:04:05", "en", "24 Nov 2026 15:04:05"),
        ("2026-11-24T15:04:05.120", "es", "24/11/2026 15:04:05.12"),
        ("2026-11-24T15:04:05.000300", "es", "24/11/2026 15:04:05.0003"),
    ],
)
def test_seconds_are_written_with_their_parts_if_there_are_any(
    value: str, language: str, text: str
) -> None:
    assert formats.second(value, language) == text


def test_dates_and_instants_are_read_as_they_are() -> None:
    instant = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
    assert formats.day(date(2026, 11, 24), "es") == "24/11/2026"
    assert formats.day(instant, "es", "America/Asuncion") == "24/11/2026"
    assert formats.as_date(instant, "America/Asuncion") == date(2026, 11, 24)
    assert type(formats.as_date(instant)) is date


WRITERS = [formats.day, formats.long_day, formats.moment, formats.second, formats.hour]


@pytest.mark.parametrize("write", WRITERS)
def test_nothing_is_written_as_nothing(write: Callable[[Any, str], str]) -> None:
    assert [write(None, "es"), write("", "en")] == ["", ""]


@pytest.mark.parametrize("value", ["24/11/2026", "2026-13-01", "mañana", 7])
def test_what_is_no_date_is_said(value: Any) -> None:
    with pytest.raises(formats.NotAValue):
        formats.day(value, "es")


@pytest.mark.parametrize(
    ("count", "language", "text"),
    [
        ("1", "es", "1 artículo"),
        ("0", "es", "0 artículos"),
        ("2", "es", "2 artículos"),
        ("1.5", "es", "1,5 artículos"),
        ("1.0", "es", "1 artículo"),
        (1234, "es", "1.234 artículos"),
        (["a"], "es", "1 artículo"),
        ([], "es", "0 artículos"),
        ("0", "pt", "0 artículo"),  # Portuguese counts nothing as one
        ("1.5", "en", "1.5 artículos"),
    ],
)
def test_plural(count: Any, language: str, text: str) -> None:
    assert formats.plural(count, language, "# artículo", "# artículos") == text


def test_a_currency_has_a_name() -> None:
    assert formats.currency_name("PYG", "es") == "Guaraní paraguayo"
    assert formats.currency_name("XQZ", "es") == "XQZ"


@pytest.mark.parametrize(
    ("name", "longest", "shown"),
    [
        ("Transportes Guaraní S.R.L.", 30, "Transportes Guaraní S.R.L."),
        ("Transportes Guaraní S.R.L.", 26, "Transportes Guaraní S.R.L."),
        ("Transportes Guaraní S.R.L.", 19, "Transportes Guaraní"),
        ("Transportes Guaraní del Paraná", 23, "Transportes Guaraní del"),
        ("Transportes Guaraní del Paraná", 22, "Transportes Guaraní"),
        ("Pérez, Gómez & Asociados", 16, "Pérez, Gómez"),
        ("  Pérez   Gómez ", 11, "Pérez Gómez"),
        ("Transportes Guaraní del Paraná S.R.L.", 31, "Transportes Guaraní del Paraná"),
        ("Transportes Guaraní del Paraná, S.A.E.", 30, "Transportes Guaraní del Paraná"),
        ("Transportes Guaraní del Paraná S.R.L.", 25, "Transportes Guaraní del"),
        ("Distribuidora y Comercial S.A.", 25, "Distribuidora y Comercial"),
        ("Supercalifragilisticoespialidoso", 10, "Supercalif"),
    ],
)
def test_a_name_is_cut_where_a_person_would(name: str, longest: int, shown: str) -> None:
    assert formats.short_name(name, longest) == shown


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Ñandutí, ¿qué día?", "Ñanduti, ¿qué dia?"),  # ñ and é are in the alphabet of an SMS
        ("n\u0303 e\u0301 a\u0301", "ñ é a"),  # written with marks of their own
        ("São João: ç", "Sao Joao: c"),
        ("@£$¥èéùìòÇØøÅåÆæßÉÄÖÑÜ§äöñüà¿¡€", "@£$¥èéùìòÇØøÅåÆæßÉÄÖÑÜ§äöñüà¿¡€"),
        ("“a” ‘b’ «c»", '"a" \'b\' "c"'),
        ("1–2—3−4·5…", "1-2-3-4-5..."),
        ("• uno", "* uno"),
        ("ﬁn", "fin"),
        ("日本", "日本"),  # no plain letters: dearer, but right
        (7, "7"),
    ],
)
def test_a_text_message_is_written_with_letters_that_cost_no_second_one(
    text: Any, plain: str
) -> None:
    assert formats.plain(text) == plain


@pytest.mark.parametrize(
    ("language", "day", "month"),
    [("es", "29/11", "nov"), ("pt", "29/11", "nov"), ("en", "29 Nov", "Nov")],
)
def test_a_day_and_a_month_for_a_text_of_one_segment(language: str, day: str, month: str) -> None:
    assert formats.brief_day(date(2026, 11, 29), language) == day
    assert formats.brief_month(date(2026, 11, 29), language) == month


def test_an_instant_at_the_end_of_time_stays_as_it_is() -> None:
    """9999-12-31 stands for “for ever” in many a business system."""
    for_ever = datetime(9999, 12, 31, 23, tzinfo=UTC)
    assert formats.in_zone(for_ever, ZoneInfo("Asia/Tokyo")) == for_ever
