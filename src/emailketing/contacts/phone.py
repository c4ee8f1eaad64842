"""Phone numbers as people write them, by the business's country: E.164, or one sentence (M3)."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType

from emailketing.common.said import say as _

LONGEST = 60  # signs; more than that is no number
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_EXTENSION = re.compile(
    r"\d[\s.,;:()-]*(?:int|interno|ext|extension|extensión|ramal|anexo|x|#)\.?[\s:]*\d{1,6}\W*$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[/;,|\n]|\s(?:y|e|o|ou|or|and|-)\s", re.IGNORECASE)
# what says what kind of number it is, and is no part of it
_KIND = (
    r"(?:tel(?:[ée]fono)?s?|cel(?:ular)?(?:es)?|m[óo]vil|mobile|phone|fone"
    r"|what(?:s)?app|wsp|wpp?)"
)
_LABEL = re.compile(rf"^\s*{_KIND}(?:[\s./]*{_KIND})*[\s.:]*(?=[+(\d])", re.IGNORECASE)
_REMARK = re.compile(rf"\s*(?:\(\s*{_KIND}\s*\)|[-–]?\s*{_KIND})\s*$", re.IGNORECASE)
_SECOND_LINE = re.compile(r"\d\s*/\s*\d{1,4}\W*$")  # “555 010/1”: two lines, not one number
_JOINTS = re.compile(r"[\s-]+")
_ENDS = " .,;"
_MOST_GROUPS = 12  # of digits in one field
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
    text = _bare(value)
    if not text:
        raise PhoneInvalid(_("There is no number."))
    if _EXTENSION.search(text):
        sentence = _("“%s” has an extension: a phone message cannot reach it.")
        raise PhoneInvalid(sentence % _shown(value))
    is_certain = not any(sign.isalpha() for sign in text) and not _SECOND_LINE.search(text)
    number = _parsed(text, country) if is_certain else None
    if number is None:
        raise PhoneInvalid(_why_not(text, value, country))
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(e164, phonenumbers.number_type(number) in _MOBILE)


def _bare(value: str) -> str:
    """Return the field without signs nobody sees, and without “Tel.:” or a word behind it."""
    plain = unicodedata.normalize("NFKC", value)
    seen = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    number = _LABEL.sub("", " ".join(seen.split()).strip(_ENDS))
    return _REMARK.sub("", number).strip(_ENDS)


def _why_not(text: str, typed: str, country: str) -> str:
    if len(_parts(text)) > 1 or _SECOND_LINE.search(text):
        return _("“%s” is more than one number: enter each on its own.") % _shown(typed)
    if any(sign.isalpha() for sign in text):
        return _("“%s” has letters in it: enter only the number.") % _shown(typed)
    sentence = _("“%(number)s” is not a phone number of %(country)s, nor does it begin with +.")
    return sentence % {"number": _shown(typed), "country": country}


def written_apart(value: str, country: str) -> list[str]:
    """Return what stands in one field number by number; what is one number stays as it is.

    Numbers joined by a hyphen or a blank only are taken apart by the country's plan, where there is
    one way alone to do it; in doubt the field stays whole, to be listed as it is typed.
    """
    if _is_one(value, country):
        return [value.strip()]
    parts = _parts(value)
    if len(parts) == 1:
        return _joined(_bare(value), country) or [value.strip()]
    return [number for part in parts for number in written_apart(part, country)]


def _is_one(value: str, country: str) -> bool:
    try:
        phone(value, country)
    except PhoneInvalid:
        return False
    return True


def _joined(text: str, country: str) -> list[str]:
    """Return the numbers of “0981123456-0971222333”; nothing when there are several ways."""
    groups = _JOINTS.split(text)
    ways = [] if len(groups) > _MOST_GROUPS else list(_ways(groups, country))
    return ways[0] if len(ways) == 1 else []


def _ways(groups: list[str], country: str) -> Iterator[list[str]]:
    for end in range(len(groups), 0, -1):
        number = " ".join(groups[:end])
        if not _is_one(number, country):
            continue
        if end == len(groups):
            yield [number]
        yield from ([number, *rest] for rest in _ways(groups[end:], country))


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
    is_each_one = parts and all(count >= _DIGITS_OF_A_NUMBER for count in digits)
    return parts if is_each_one else [text.strip()]


def _shown(text: str) -> str:
    plain = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    return plain if len(plain) <= LONGEST else plain[:LONGEST] + "…"


def as_dialled(value: str) -> str:
    """Return the digits of an international number as they are dialled at home; else nothing."""
    if not value.startswith("+"):
        return ""
    try:
        number = phonenumbers.parse(value)
    except NumberParseException:
        return ""
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "".join(sign for sign in written if sign.isdigit())
