"""How values are written for people: money, quantities, dates, plurals, by language (Babel, CLDR).

Everything takes what a frozen document holds: exact decimals and ISO dates as text. No amount
ever is a float.
"""

import re
import unicodedata
from datetime import date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, get_currency_name, get_currency_precision

from emailketing.common.plain import Cell

LOCALES = {"es": "es_PY", "en": "en_US", "pt": "pt_BR"}
# what stands before an amount; what is not here is written by its code
SIGNS = {
    "PYG": {"es": "Gs.", "pt": "Gs."},
    "USD": {"pt": "US$"},
    "BRL": {"es": "R$", "pt": "R$"},
    "EUR": {"es": "€", "pt": "€", "en": "€"},
}
# the letters of GSM 03.38 beyond ASCII, which a message of 160 characters may hold
OF_SMS = frozenset("@£$¥èéùìòÇØøÅåÆæßÉÄÖÑÜ§äöñüà¿¡€")
TYPEWRITTEN = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "…": "...", "·": "-"}
    | {"•": "*", "«": '"', "»": '"'}
)
FIRM = "\xa0"  # the blank at which no row ends
MOST_DIGITS = 40
EXACT = Context(prec=2 * MOST_DIGITS, rounding=ROUND_HALF_UP)


class NotAValue(ValueError):
    """A value in a document is not the number or date it should be."""


def locale_of(language: str) -> str:
    return LOCALES.get(language, LOCALES["es"])


def as_decimal(value: Cell) -> Decimal:
    """Read an exact number.

    Raises:
        NotAValue: it is none, is not finite, or has more than 40 digits.
    """
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise NotAValue(str(value)) from error
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        raise NotAValue(str(value))
    return number


def amount(value: Cell, currency: str, language: str) -> str:
    """Write an amount without its currency, rounded half up: 1.250.000 (PYG), 1.250,00 (USD)."""
    return number(value, language, decimals_of(currency))


def money(value: Cell, currency: str, language: str) -> str:
    """Write an amount with its currency: “Gs. 1.250.000”, “USD 1,250.00”."""
    if value in (None, ""):
        return ""
    return f"{sign_of(currency, language)} {amount(value, currency, language)}".strip()


def firm_money(value: Cell, currency: str, language: str) -> str:
    """Write an amount for papers and mails: no row ends between the currency and the number."""
    return money(value, currency, language).replace(" ", FIRM)


def sign_of(currency: str, language: str) -> str:
    return SIGNS.get(currency, {}).get(language, currency)


def currency_name(currency: str, language: str) -> str:
    """Write a currency out: “Guaraní paraguayo”; one we do not know by its code."""
    name = get_currency_name(currency, locale=locale_of(language))
    return name[:1].upper() + name[1:]


@lru_cache(maxsize=200)
def decimals_of(currency: str) -> int:
    return int(get_currency_precision(currency))


def number(value: Cell, language: str, decimals: int | None = None) -> str:
    """Write a number; without `decimals` as many as it has, at most six, no trailing zeros."""
    if value in (None, ""):
        return ""
    return _number(str(value), language, decimals)


@lru_cache(maxsize=4096)  # the same amount stands in the page, in the text and in the PDF
def _number(value: str, language: str, decimals: int | None) -> str:
    places = 6 if decimals is None else max(0, min(decimals, 12))
    pattern = "#,##0.######" if decimals is None else "#,##0" + "." * bool(places) + "0" * places
    with localcontext(EXACT):  # the usual one cuts at 28 digits
        exact = as_decimal(value).quantize(Decimal(f"1e-{places}")) + 0  # no “-0”
        return str(format_decimal(exact, format=pattern, locale=locale_of(language)))


def day(value: Cell, language: str, zone: str = "UTC") -> str:
    """Write a date: 24/11/2026 in Spanish and Portuguese, 24 Nov 2026 in English."""
    if value in (None, ""):
        return ""
    pattern = "d MMM y" if language == "en" else "dd/MM/y"
    return _written(as_date(value, zone), pattern, language)


def brief_day(value: Cell, language: str) -> str:
    """Write a day of this year: 29/11 in Spanish and Portuguese, 29 Nov in English."""
    pattern = "d MMM" if language == "en" else "dd/MM"
    return _written(as_date(value), pattern, language)


def brief_month(value: Cell, language: str) -> str:
    """Write a month in three letters: nov."""
    return _written(as_date(value), "LLL", language).rstrip(".")


def long_day(value: Cell, language: str, zone: str = "UTC") -> str:
    """Write a date as in a letter: 24 de noviembre de 2026, 24 November 2026."""
    if value in (None, ""):
        return ""
    pattern = "d MMMM y" if language == "en" else "long"
    return _written(as_date(value, zone), pattern, language)


def moment(value: Cell, language: str, zone: str = "UTC") -> str:
    """Write an instant in the company's time zone; one without a zone is taken as local."""
    if value in (None, ""):
        return ""
    pattern = "d MMM y HH:mm" if language == "en" else "dd/MM/y HH:mm"
    return _written(_local(value, zone), pattern, language)


def second(value: Cell, language: str, zone: str = "UTC") -> str:
    """Write an instant with its seconds, and their parts if there are any."""
    if value in (None, ""):
        return ""
    local = _local(value, zone)
    pattern = "d MMM y HH:mm:ss" if language == "en" else "dd/MM/y HH:mm:ss"
    parts = f".{local.microsecond:06}".rstrip("0") if local.microsecond else ""
    return _written(local, pattern, language) + parts


def hour(value: Cell, language: str, zone: str = "UTC") -> str:
    """Write the time of day of an instant: 14:32."""
    if value in (None, ""):
        return ""
    return _written(_local(value, zone), "HH:mm", language)


def _written(value: date, pattern: str, language: str) -> str:
    write = format_datetime if isinstance(value, datetime) else format_date
    return str(write(value, pattern, locale=locale_of(language)))


def plain(value: Cell) -> str:
    """Write without what makes an SMS cost twice: á becomes a; ñ and é are in its alphabet."""
    text = unicodedata.normalize("NFC", str(value)).translate(TYPEWRITTEN)
    return "".join(letter if letter in OF_SMS else _bare(letter) for letter in text)


_LEGAL_FORM = re.compile(
    r"[\s,]+(?:S\.?\s?R\.?\s?L|S\.?\s?A(?:\.?\s?(?:E|C\.?\s?I|S|C\.?\s?V))?|E\.?\s?A\.?\s?S|E\.?\s?I\.?\s?R\.?\s?L"
    r"|Ltda|Ltd|Inc|LLC|GmbH)\.?$",
    re.IGNORECASE,
)


def short_name(value: Cell, longest: int) -> str:
    """Cut a name where a person would: first the legal form (S.R.L.), then at a word's end."""
    text = " ".join(str(value).split())
    if len(text) <= longest:
        return text
    bare = _LEGAL_FORM.sub("", text)
    if len(bare) <= longest:
        return bare
    cut = bare[: longest + 1].rpartition(" ")[0].rstrip(" ,.;:-&")
    return cut or bare[:longest]


def _bare(letter: str) -> str:
    marks = unicodedata.normalize("NFKD", letter)
    bare = "".join(mark for mark in marks if not unicodedata.combining(mark))
    return bare if bare.isascii() else letter


def plural(value: Cell, language: str, one: str, many: str) -> str:
    """Choose the word for a number or a list; # in it is the number: “# artículos”."""
    count = as_decimal(len(value) if isinstance(value, list | tuple) else value)
    rule = Locale.parse(locale_of(language)).plural_form
    word = one if rule(abs(count.normalize())) == "one" else many
    return word.replace("#", number(count, language))


def as_date(value: Cell, zone: str = "UTC") -> date:
    """Read a date; of an instant with a time zone, the day it was in the company's zone.

    Raises:
        NotAValue: it is neither a date nor an instant in ISO writing.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return _local(value, zone).date()


def _local(value: Cell, zone: str) -> datetime:
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise NotAValue(str(value)) from error
    return in_zone(instant, ZoneInfo(zone))


def in_zone(instant: datetime, zone: tzinfo) -> datetime:
    """Return an instant as it is there; one without a zone, or at the ends of time, stays."""
    try:
        return instant.astimezone(zone) if instant.tzinfo else instant
    except OverflowError:  # 9999-12-31 for ever, 0001-01-01 for never
        return instant
