"""How values are written for people: money, quantities, dates, by language (Babel, CLDR).

Everything takes what a frozen document holds: exact decimals and ISO dates as text.
"""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, get_currency_precision

LOCALES = {"es": "es_PY", "en": "en_US", "pt": "pt_BR"}
GUARANI = {"es": "Gs. ", "pt": "Gs. ", "en": "PYG "}


class NotAValue(ValueError):
    """A value in a document is not the number or date it should be."""


def as_decimal(value: Any) -> Decimal:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise NotAValue(str(value)) from error
    if not number.is_finite():
        raise NotAValue(str(value))
    return number


def money(value: Any, currency: str, language: str) -> str:
    """Write an amount: guaraníes without decimals “Gs. 1.250.000”, others by their own rule."""
    if value in (None, ""):
        return ""
    amount = as_decimal(value)
    locale = LOCALES.get(language, "es_PY")
    if currency == "PYG":
        return GUARANI.get(language, "Gs. ") + format_decimal(amount, format="#,##0", locale=locale)
    places = get_currency_precision(currency)
    pattern = "¤ #,##0" + ("." + "0" * places if places else "")
    return format_currency(
        amount, currency, format=pattern, locale=locale, currency_digits=False
    ).replace("\xa0", " ")


def number(value: Any, language: str, decimals: int | None = None) -> str:
    """Write a number; without `decimals` as many as it has, at most six, no trailing zeros."""
    if value in (None, ""):
        return ""
    pattern = (
        "#,##0.######" if decimals is None else "#,##0" + "." * (decimals > 0) + "0" * decimals
    )
    return str(
        format_decimal(as_decimal(value), format=pattern, locale=LOCALES.get(language, "es_PY"))
    )


def day(value: Any, language: str) -> str:
    """Write a date: 24/11/2026 in Spanish and Portuguese, 24 Nov 2026 in English."""
    if value in (None, ""):
        return ""
    pattern = "d MMM y" if language == "en" else "dd/MM/y"
    return str(format_date(_as_date(value), pattern, locale=LOCALES.get(language, "es_PY")))


def moment(value: Any, language: str, zone: str) -> str:
    """Write an instant in the company's time zone."""
    if value in (None, ""):
        return ""
    instant = value if isinstance(value, datetime) else _as_datetime(value)
    local = (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(ZoneInfo(zone))
    pattern = "d MMM y HH:mm" if language == "en" else "dd/MM/y HH:mm"
    return str(format_datetime(local, pattern, locale=LOCALES.get(language, "es_PY")))


def _as_date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise NotAValue(str(value)) from error


def _as_datetime(value: Any) -> datetime:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError as error:
        raise NotAValue(str(value)) from error
