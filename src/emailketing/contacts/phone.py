"""Phone numbers as people write them, by the business's country: E.164, or one sentence (M3)."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType

LONGEST = 60  # signs; more than that is no number
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_EXTENSION = re.compile(
    r"\d[\s.,;:()-]*(?:int|interno|ext|extension|extensión|ramal|anexo|x|#)\.?[\s:]*\d{1,6}\W*$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[/;,|\n]|\s(?:y|e|o|ou|or|and|-)\s", re.IGNORECASE)
_DIGITS_OF_A_NUMBER = 6  # fewer beside another number is the last digits of a second line


class PhoneInvalid(ValueError):
    """This is no phone number; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that exists in its country's plan; only a mobile one takes an SMS."""

    e164: str
    is_mobile: bool


def phone(value: str, country: str) -> Phone:
    """Understand one number as it is written in this country (ISO 3166, “PY”).

    Raises:
        PhoneInvalid: with a sentence that says what to change; nothing is guessed or cut off.
    """
    text = " ".join(unicodedata.normalize("NFKC", value).split())
    if not text:
        raise PhoneInvalid(_("There is no number."))
    if _EXTENSION.search(text):
        sentence = _("“%s” has an extension: a phone message cannot reach it.")
        raise PhoneInvalid(sentence % _shown(text))
    has_letters = any(sign.isalpha() for sign in text)
    number = None if has_letters else _parsed(text, country)
    if number is None:
        raise PhoneInvalid(_why_not(text, country, has_letters=has_letters))
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(e164, phonenumbers.number_type(number) in _MOBILE)


def _why_not(text: str, country: str, *, has_letters: bool) -> str:
    if len(_parts(text)) > 1:
        return _("“%s” is more than one number: enter each on its own.") % _shown(text)
    if has_letters:
        return _("“%s” has letters in it: enter only the number.") % _shown(text)
    sentence = _("“%(number)s” is not a phone number of %(country)s, nor does it begin with +.")
    return sentence % {"number": _shown(text), "country": country}


def written_apart(value: str, country: str) -> list[str]:
    """Return what stands in one field number by number; what is one number stays as it is."""
    try:
        phone(value, country)
    except PhoneInvalid:
        parts = _parts(value)
        return parts if len(parts) > 1 else [value.strip()]
    return [value.strip()]


def _parsed(text: str, country: str) -> PhoneNumber | None:
    if len(text) > LONGEST:
        return None
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) and not number.extension else None


def _parts(text: str) -> list[str]:
    """Return the numbers of a field, when every part has as many digits as a number."""
    parts = [part.strip() for part in _BETWEEN.split(text)]
    parts = [part for part in parts if part]
    digits = [sum(sign.isdigit() for sign in part) for part in parts]
    return parts if min(digits, default=0) >= _DIGITS_OF_A_NUMBER else [text.strip()]


def _shown(text: str) -> str:
    plain = "".join(sign for sign in text if sign.isprintable())
    return plain if len(plain) <= LONGEST else plain[:LONGEST] + "…"
