"""What a document layout gets to see: labels, cleaned texts and values already written out.

Layouts only arrange: every amount, date and word arrives as text in the reader's language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.utils import translation

from emailketing.common.plain import JSON, Values
from emailketing.content import formats
from emailketing.content.colours import ink_on, tint
from emailketing.content.declared import kinds_in, words_in
from emailketing.content.kinds import Kinds, kind_of, written
from emailketing.content.labels import layout_labels
from emailketing.content.logo import initials, size_of
from emailketing.content.look import BrandLook
from emailketing.content.spelled import spelled
from emailketing.content.tax_label import tax_label
from emailketing.content.texts import clean
from emailketing.content.words import Words, word_of

LONGEST = 400  # characters of one value
LONGEST_NOTE = 3_000
MOST_NOTE_ROWS = 40
DEEPEST = 8
MOST_NAMES, MOST_ROWS = 200, 3_000
USUAL_SIZE, SMALLEST_SIZE = 8.5, 5.0  # points
ROOM = 56  # signs that all columns but the description may take at the usual size
LONGEST_CODE, LONGEST_UNIT = 12, 10  # signs; longer ones go on in the next row
# soft hyphens and blanks without width: on paper they only spoil what is copied out of it
INVISIBLE = dict.fromkeys(map(ord, "\xad\u200b\u2060"), "")
NOTES = frozenset({"notes", "conditions", "address", "legal_line", "signature"})
DAYS = ("date", "delivery_date", "valid_until")


def document_view(data: Mapping[str, Any], *, language: str, brand: BrandLook) -> dict[str, Any]:
    """Gather everything a layout prints.

    Raises:
        NotAValue: an amount or date of the document is none.
    """
    document = data.get("document") or {}
    company = data.get("company") or {}
    currency = str(document.get("currency") or company.get("currency") or "PYG")
    zone = str(company.get("time_zone") or "America/Asuncion")
    rest = {name: value for name, value in document.items() if name not in _SHOWN}
    kinds, words = kinds_in(document), words_in(document)
    values = _Values(kinds, words, currency, language, zone)
    with translation.override(language):
        lines = [_line(line, currency, language) for line in document.get("lines") or []]
        totals = [line.get("total") for line in document.get("lines") or []]
        for line, carried in zip(lines, _carried(totals, currency, language), strict=True):
            line["carried"] = carried
        return {
            "language": language,
            "labels": layout_labels(formats.sign_of(currency, language)),
            "issuer": _issuer(company, brand),
            "party": _cleaned(document.get("party") or {}),
            "document": _cleaned({k: v for k, v in document.items() if k not in _WRITTEN}),
            "days": {name: formats.day(document.get(name), language, zone) for name in DAYS},
            "lines": lines,
            "written": _with_sums(
                values.write(rest),
                document.get("invoices"),
                currency,
                language,
            ),
            "terms": printable(word_of(document.get("conditions"), language, words), note=True),
            "words": _words(document.get("totals") or {}, kinds, currency, language),
            "totals": _totals(document.get("totals") or {}, currency, language),
            "currency": formats.currency_name(currency, language),
            "style": _style(brand) | _line_style(lines),
        }


_WRITTEN = frozenset({"party", "lines", "totals", "declared"})
_SHOWN = frozenset({"party", "lines", "declared"})


@dataclass(frozen=True, slots=True)
class _Values:
    """Writes the whole document as text: each value as it is declared, amounts unsigned."""

    kinds: Kinds
    words: Words
    currency: str
    language: str
    zone: str

    def write(self, value: JSON, path: str = "", *, depth: int = 0) -> JSON:
        if depth > DEEPEST:
            return ""
        if isinstance(value, Mapping):
            members = list(value.items())[:MOST_NAMES]
            return {
                printable(name): self.write(member, f"{path}.{name}".lstrip("."), depth=depth + 1)
                for name, member in members
            }
        if isinstance(value, list | tuple):
            return [self.write(member, path, depth=depth + 1) for member in value[:MOST_ROWS]]
        if value is None or isinstance(value, bool):
            return value or False
        text = written(
            value,
            kind_of(path, self.kinds),
            currency=self.currency,
            language=self.language,
            zone=self.zone,
            words=self.words,
        )
        return printable(text, note=path.rpartition(".")[2] in NOTES)


def _carried(values: Sequence[JSON], currency: str, language: str) -> list[str]:
    """Return what the rows come to up to each one; nothing where a row has no amount."""
    try:
        sums = list(accumulate(formats.as_decimal(value) for value in values))
    except formats.NotAValue:
        return [""] * len(values)
    return [formats.amount(str(each), currency, language) for each in sums]


def _with_sums(written: Any, invoices: JSON, currency: str, language: str) -> Any:
    """Put beside each invoice what is paid of all down to it."""
    rows = [
        row for row in (invoices if isinstance(invoices, list) else ()) if isinstance(row, Mapping)
    ]
    if rows and len(rows) == len(written.get("invoices") or ()):
        sums = _carried([row.get("paid") for row in rows], currency, language)
        for row, carried in zip(written["invoices"], sums, strict=True):
            row["carried"] = carried
    return written


def _words(totals: Values, kinds: Kinds, currency: str, language: str) -> dict[str, str]:
    """Return the document's amounts in words: {"total": "un millón de guaraníes"}."""
    return {
        str(name): spelled(value, currency, language)
        for name, value in totals.items()
        if kind_of(f"totals.{name}", kinds) == "money"
    }


def _issuer(company: Values, brand: BrandLook) -> dict[str, str]:
    name = company.get("name") or brand.name
    values = {
        "name": name,
        "tax_id": company.get("tax_id") or brand.tax_id,
        "tax_label": tax_label(str(company.get("country") or "")),
        "address": brand.address or company.get("address"),
        "phone": brand.phone or company.get("phone"),
        "email": brand.email or company.get("email"),
        "website": brand.website or company.get("website"),
        "legal_line": brand.legal_line,
        "mark": brand.name or name,
        "initials": initials(str(brand.name or name or "")),
    }
    return {key: printable(value, note=key in NOTES) for key, value in values.items()}


def _style(brand: BrandLook) -> dict[str, str | float]:
    primary = brand.primary_colour
    return {
        "primary": primary,
        "accent": brand.accent_colour,
        "ink": ink_on(primary),
        "tint": tint(primary, 0.07),
        "logo-width": _logo_width(brand.logo),
        "text": ink_on("#ffffff", wish=primary),
    }


def _logo_width(logo: bytes) -> float:
    """Millimetres, so that the logo fits into its corner."""
    width, height = (size_of(logo) if logo else None) or (1, 1)
    return round(min(62, 16 * width / height), 1)


def _line_style(lines: list[dict[str, str]]) -> dict[str, float]:
    """Widths and size of the lines: smaller where long amounts would press the description."""

    def longest(name: str, most: int) -> int:
        return max((min(len(line[name]), most) for line in lines), default=0)

    code, unit = longest("code", LONGEST_CODE), longest("unit", LONGEST_UNIT)
    signs = code + unit + sum(longest(name, 60) for name in ("quantity", "unit_price", "total"))
    size = max(min(USUAL_SIZE, USUAL_SIZE * ROOM / max(signs, 1)), SMALLEST_SIZE)
    return {"line-size": round(size, 1), "code-signs": code, "unit-signs": unit}


def _line(line: Values, currency: str, language: str) -> dict[str, str]:
    return {
        "code": printable(line.get("code")),
        "description": printable(line.get("description")),
        "quantity": formats.number(line.get("quantity"), language),
        "unit": printable(line.get("unit")),
        "unit_price": formats.amount(line.get("unit_price"), currency, language),
        "total": formats.amount(line.get("total"), currency, language),
    }


def _totals(totals: Mapping[str, Any], currency: str, language: str) -> dict[str, Any]:
    return {
        "untaxed": formats.firm_money(totals.get("untaxed"), currency, language),
        "taxes": [
            {
                "name": printable(tax.get("name")),
                "amount": formats.firm_money(tax.get("amount"), currency, language),
            }
            for tax in (totals.get("taxes") or [])[:12]
        ],
        "total": formats.firm_money(totals.get("total"), currency, language),
    }


def _cleaned(value: JSON, *, key: str = "", depth: int = 0) -> JSON:
    """Return a value of the document with every text cleaned and cut, whatever it holds."""
    if depth > DEEPEST:
        return ""
    if isinstance(value, Mapping):
        return {
            printable(name): _cleaned(member, key=str(name), depth=depth + 1)
            for name, member in list(value.items())[:200]
        }
    if isinstance(value, list | tuple):
        return [_cleaned(member, key=key, depth=depth + 1) for member in value[:200]]
    return printable(value, note=key in NOTES)


def printable_data(data: Values) -> JSON:
    """Return the document's texts as they come to paper, for whoever asks what is in them."""
    return _cleaned(data.get("document") or {})


def printable(value: JSON, *, note: bool = False) -> str:
    """Make one value fit for paper: cleaned, cut where too long.

    A very long word is broken by the layout (`put`): a sign put into it here would be copied out
    of the PDF with every address and number.
    """
    if value is None or value == "":
        return ""
    text = str(value).translate(INVISIBLE)
    return clean(text, longest=LONGEST_NOTE if note else LONGEST, most_rows=MOST_NOTE_ROWS)
