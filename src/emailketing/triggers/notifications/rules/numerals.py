"""Numbers as people write them: understood when there is one reading, else asked about by example.

“1.000.000”, “1,000,000”, “1 000 000”, “1'000'000”, “Gs. 1.000.000.-”, “USD 1,250.50” have one.
“1,000” alone has two, unless the currency has no thousandths or the language says which it is.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from emailketing.common.currencies import currency_code, is_currency
from emailketing.content.formats import decimals_of, money

DECIMAL = {"es": ",", "pt": ",", "en": ".", "": "."}
BLANK = " "
GROUP = 3  # digits between two separators
MOST_DIGITS = 30
PARTS = re.compile(
    r"(?P<before>[^\d+-]*)(?P<sign>[+-]?)(?P<digits>\d[\d., ]*)(?P<after>[^\d]*)", re.ASCII
)
TAIL = re.compile(r"[.,]?\s*-?$")  # “1.000.000.-” is how an amount is closed
BLANKS = re.compile(r"[\s'’`´_]")


class NotUnderstood(ValueError):
    """It has no reading, or several; the sentence asks by example."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number with a point for its decimals, never to be taken for another; its currency."""

    number: str
    currency: str = ""


def read_number(text: str, language: str, *, label: str) -> Numeral:
    """Read a number or a quantity; `language`: whose separators decide, "" for nobody's.

    Raises:
        NotUnderstood: one sentence.
    """
    sign, digits, _words = _parts(text, label, with_words=False)
    return Numeral(sign + _one_reading(digits, text, language, places=None))


def read_amount(text: str, language: str, *, label: str, currency: str) -> Numeral:
    """Read an amount; a currency written with it counts, else it is `currency`.

    Raises:
        NotUnderstood: one sentence; also when it has cents that its currency does not have.
    """
    sign, digits, words = _parts(text, label, with_words=True)
    own = currency_code(words) if words else currency
    places = decimals_of(own)
    number = sign + _one_reading(digits, text, language, places=places)
    if -int(Decimal(number).normalize().as_tuple().exponent) > places:
        sentence = _("“%(value)s”: %(currency)s has no such cents. Write for example %(example)s.")
        example = money("1500000", own, language or "es")
        words_of = {"value": text, "currency": own, "example": example}
        raise NotUnderstood(sentence % words_of)
    return Numeral(number, own if Decimal(number) else "")


def proof(number: Decimal) -> str:
    """Write a number so that it is read again as the same, whoever reads it: “95”, “1.1250”."""
    sign = "-" if number < 0 else ""
    whole, _point, after = f"{abs(number):f}".partition(".")
    return sign + _canonical(whole, after)


def _parts(text: str, label: str, *, with_words: bool) -> tuple[str, str, str]:
    """Take apart: sign, digits with their separators, and the currency that was written."""
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    found = PARTS.fullmatch(BLANKS.sub(BLANK, plain))
    sentence = _("“%(value)s” is not a number; %(field)s needs one.")
    nothing = NotUnderstood(sentence % {"value": text, "field": label})
    if found is None:
        raise nothing
    digits = found["digits"].rstrip()
    after = found["after"].strip()
    if after == "-" or digits[-1] in ".,":
        digits, after = TAIL.sub("", digits), after.removeprefix("-").strip()
    words = [part for part in (found["before"].strip(), after) if part]
    codes = {currency_code(part) for part in words}
    is_odd = not all(is_currency(part) for part in words) or len(codes) > with_words
    if len(digits) > MOST_DIGITS or is_odd:
        raise nothing
    return found["sign"].replace("+", ""), digits, words[0] if words else ""


def _one_reading(digits: str, text: str, language: str, *, places: int | None) -> str:
    groups, decimals = _as_groups(digits), _as_decimals(digits)
    if groups is None and decimals is None:
        sentence = _("“%(value)s” is not written as a number is. Write for example %(example)s.")
        raise NotUnderstood(sentence % {"value": text, "example": "1.250.000"})
    if groups is None or decimals is None:
        return str(groups or decimals)
    separators = [sign for sign in digits if not sign.isdigit()]
    is_mixed = len(set(separators)) > 1
    if places is not None and places < GROUP and not is_mixed:
        return groups  # such a currency has no thousandths
    if language and places is None:
        is_decimal = separators[-1] == DECIMAL.get(language, ",")
        if is_decimal is is_mixed:
            return decimals if is_decimal else groups
    sentence = _("“%(value)s” can be read as %(one)s or as %(other)s. Write one of the two.")
    sign = DECIMAL.get(language, ",")
    one, other = (reading.replace(".", sign) for reading in (groups, decimals))
    raise NotUnderstood(sentence % {"value": text, "one": one, "other": other})


def _as_groups(digits: str) -> str | None:
    """Read every separator as one of thousands; also “1.000,000”, which somebody mistyped."""
    whole = _grouped(digits)
    if whole is None and len(digits) > GROUP and digits[-GROUP:].isdigit():
        before, separator = digits[: -GROUP - 1], digits[-GROUP - 1]
        whole = _grouped(before) if separator in ".," and not before.isdigit() else None
        whole = None if whole is None else whole + digits[-GROUP:]
    return None if whole is None else _canonical(whole, "")


def _as_decimals(digits: str) -> str | None:
    """Read what stands behind the last separator as decimals, when there is only one of it."""
    last = max(digits.rfind(","), digits.rfind("."))
    if last < 1 or digits.count(digits[last]) != 1 or not digits[last + 1 :].isdigit():
        return None
    before = _grouped(digits[:last])
    return None if before is None else _canonical(before, digits[last + 1 :])


def _grouped(digits: str) -> str | None:
    """Return the digits alone when they stand in groups of three with one kind of separator."""
    if digits.isdigit():
        return digits
    separators = {sign for sign in digits if not sign.isdigit()}
    if len(separators) != 1:
        return None
    first, *others = digits.split(separators.pop())
    is_good = 1 <= len(first) <= GROUP and first.isdigit() and not first.startswith("0")
    if not is_good or not all(len(one) == GROUP and one.isdigit() for one in others):
        return None
    return first + "".join(others)


def _canonical(whole: str, after: str) -> str:
    """Write it so that nobody takes three decimals for thousands: “1.1250”."""
    places = after.rstrip("0")
    if len(places) == GROUP:
        places += "0"
    return (whole.lstrip("0") or "0") + (f".{places}" if places else "")
