"""The shape of what templates get: every name is there, whatever a business system leaves out.

docs/reference/templates.md lists these names; a test compares.
"""

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.channels.catalogue import channel_of
from emailketing.common.document import Document, as_document, as_json
from emailketing.common.plain import Entry, Values
from emailketing.content.sheet.mail_text import folded
from emailketing.content.sheet.phone import fits

SMS = "sms"
PARTY = dict.fromkeys(
    ("key", "name", "tax_id", "address", "city", "phone", "email", "language"), ""
)
LINE = dict.fromkeys(("code", "description", "quantity", "unit", "unit_price", "total"), "")
TAX = dict.fromkeys(("name", "amount"), "")
# what is not as it was told before
CHANGE = dict.fromkeys(("label", "item", "kind", "op", "was", "now", "currency_was"), "")
TOTALS: dict[str, Any] = {"untaxed": "", "tax": "", "total": "", "taxes": []}
DOCUMENT: dict[str, Any] = {
    **dict.fromkeys(("type", "key", "label", "number", "date", "state", "currency"), ""),
    **dict.fromkeys(("conditions", "notes", "delivery_date", "valid_until"), ""),
    # who looks after it in our company, and where answers to the mail go
    **dict.fromkeys(("seller", "seller_phone", "reply_to"), ""),
    # of a document that was changed or annulled after it had been told
    **dict.fromkeys(("sent_at", "reason", "edition"), ""),
    "changes": [],
    "party": PARTY,
    "lines": [],
    "totals": TOTALS,
}
COMPANY = dict.fromkeys(
    ("name", "tax_id", "country", "address", "phone", "email", "website", "currency", "time_zone"),
    "",
)
# of a report: its title and what is said around its table, and the table itself
REPORT: dict[str, Any] = {
    **dict.fromkeys(("title", "period", "made_at", "zone", "count", "line", "more"), ""),
    **dict.fromkeys(("phone", "text", "link", "copy", "leave", "is_wide", "is_block"), ""),
    **{name: [] for name in ("figures", "head", "rows", "totals", "filters", "notes")},
    "chart": dict.fromkeys(("sha256", "alt", "width"), ""),
}
NAMES: dict[str, Any] = {
    "document": DOCUMENT,
    "before": {},
    "event": {"actor": "", "at": ""},
    "company": COMPANY,
    # of an occasion besides: whose day (a person, a thing), how many years, and which day; of one
    # whose dates a listing has, the rows with all its columns
    "recipient": {**dict.fromkeys(("name", "language", "of", "years", "day"), ""), "rows": []},
    # of a reminder: after how many days, which one, of how many
    "reminder": {"days": "", "number": "", "of": ""},
    # of a digest: what it tells of (each like `document`, without lists), and how much that is
    "documents": [],
    "count": "",
    "report": REPORT,
}


def complete(values: Mapping[str, Any], language: str = "") -> dict[str, Any]:
    """Add the names that are missing, empty; leave everything that is there.

    A document that was told in several languages is taken in the reader's.
    """
    whole = {**NAMES, **values}
    for name in ("event", "company", "recipient", "reminder"):
        whole[name] = {**NAMES[name], **_mapping(whole[name])}
    document = {
        **DOCUMENT,
        **as_json(in_words_of(as_document(_mapping(whole["document"])), language)),
    }
    totals = {**TOTALS, **_mapping(document["totals"])}
    totals["taxes"] = [{**TAX, **_mapping(tax)} for tax in _sequence(totals["taxes"])]
    document["party"] = {**PARTY, **_mapping(document["party"])}
    document["lines"] = [{**LINE, **_mapping(line)} for line in _sequence(document["lines"])]
    document["changes"] = [{**CHANGE, **_mapping(row)} for row in _sequence(document["changes"])]
    document["totals"] = totals
    whole["document"] = document
    whole["report"] = report_in(whole, language)
    whole["documents"] = [_told(one) for one in _sequence(whole["documents"])]
    return whole


def report_in(data: Values, language: str) -> dict[str, Any]:
    """Return the report of these data as it is read in a language."""
    given = _mapping(data.get("report"))
    several = _mapping(given.get("in_language"))
    first = next(iter(several.values()), given)
    found = {**REPORT, **_mapping(several.get(language) or several.get("es") or first)}
    return _with_links(found, _mapping(data.get("recipient")), language)


def _with_links(report: Entry, recipient: Values, language: str) -> Entry:
    """Put in this reader's own addresses: of his page, and of his choice how often (P9, P11)."""
    page, copy = (str(recipient.get(name) or "") for name in ("_page", "_copy"))
    with translation.override(language):
        lines = [
            f"{_('See the report')}: {page}" if page else "",
            f"{_('Less often, pause or end')}: {copy}" if copy else folded(str(report["leave"])),
        ]
    more = "\n".join(filter(None, lines))
    text = f"{report['text']}\n\n{more}" if more else report["text"]
    phone = _with_page(str(report["phone"]), page)
    links = {"link": page or report["link"], "copy": copy}
    return {**report, **links, "text": text, "phone": phone}


def _with_page(phone: str, page: str) -> str:
    """Put the page's address behind a phone's text where it costs no second segment."""
    text, segments = f"{phone} {page}", channel_of(SMS).segments
    return text if page and segments and fits(text, segments) else phone


def in_words_of(document: Document, language: str) -> Document:
    """Put over the document what reads otherwise in this language."""
    told = _mapping(_mapping(document.get("in_language")).get(language))
    return as_document({**as_json(document), **told}) if told else document


def merged(one: Any, other: Any) -> Any:
    """Join two trees of names; of lists, the first element stands for all."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        both = {**other, **one}
        return {k: merged(one[k], other[k]) if k in one and k in other else both[k] for k in both}
    if isinstance(one, list) and isinstance(other, list):
        return [merged(one[0], other[0])] if one and other else one or other
    return one or other


def _told(value: Any) -> dict[str, Any]:
    told = {**DOCUMENT, "link": "", "actor": "", "at": "", **_mapping(value)}
    told["party"] = {**PARTY, **_mapping(told["party"])}
    told["totals"] = {**TOTALS, **_mapping(told["totals"])}
    return told


def _mapping(value: Any) -> Values:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
