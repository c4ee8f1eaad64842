"""Is a described gateway's description usable? Asked before it is saved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from django.utils.translation import gettext as _

from emailketing.channels.http.adapter import HttpAccount
from emailketing.channels.sms.http import make_request, statuses
from emailketing.channels.sms.http_template import NAMES, RequestInvalid, pairs
from emailketing.channels.sms.http_values import PatternInvalid, check_pattern
from emailketing.common.plain import Values

PATTERNS = ("success_if", "id_if", "later_if", "account_if", "address_if")
# what a request of ours says anyway, and whoever says it twice is understood otherwise
OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "upgrade", "te"}) | {
    "trailer",
    "expect",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
}
NUMBERS = {"to": "+595981123456", "digits": "595981123456", "national": "0981123456"}
TEXT = "emk-text-emk"
SECRET = re.compile(r"auth|key|token|secret|pass|clave|senha|pwd", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wrong:
    option: str
    sentence: str


def check_described(options: Values) -> Iterator[Wrong]:
    """Yield what is wrong; nothing: it can be used."""
    for look in (_secrets, _headers, _request, _patterns, _receipts):
        if found := look(options):
            yield found


def _headers(options: Values) -> Wrong | None:
    """What the connection itself says may not be said twice."""
    try:
        named = pairs(str(options.get("headers") or ""))
    except RequestInvalid:
        return None  # said already
    ours = next((name for name in named if name.lower() in OURS), None)
    sentence = _("The header “%(name)s” is written by eMailketing itself: take it out.")
    return Wrong("headers", sentence % {"name": ours}) if ours else None


def _secrets(options: Values) -> Wrong | None:
    """S22: options are shown, exported and logged; a secret goes into its own field."""
    sentence = _("A key or password belongs into its own field; write {{ password }} here.")
    asked = parse_qsl(urlsplit(str(options.get("url") or "")).query)
    if any(SECRET.search(name) for name, _value in asked):
        return Wrong("url", sentence)
    try:
        headers = pairs(str(options.get("headers") or ""))
    except RequestInvalid as error:
        return Wrong("headers", str(error))
    if any(SECRET.search(name) and "{{" not in value for name, value in headers.items()):
        return Wrong("headers", sentence)
    return None


def _request(options: Values) -> Wrong | None:
    is_get = str(options.get("method")) == "GET"
    if is_get and options.get("format") != "form":
        return Wrong("format", _("A GET takes fields: name = value on each line."))
    values = dict.fromkeys(NAMES, "x") | NUMBERS | {"text": 'a "b" <c>\nd'}
    account = HttpAccount(str(options["url"]), options=options)
    try:
        make_request(account, values)
        asked = make_request(account, values | {"text": TEXT})
    except RequestInvalid as error:
        return Wrong("body", str(error))
    wire = unquote_plus(" ".join((asked.url, *asked.headers.values(), asked.content.decode())))
    if not any(number in wire for number in NUMBERS.values()):
        sentence = _(
            "The number of the phone is missing: write {{ to }}, {{ digits }} or {{ national }}."
        )
        return Wrong("body", sentence)
    if TEXT not in wire:
        return Wrong("body", _("The text itself is missing: write {{ text }} where it belongs."))
    return None


def _patterns(options: Values) -> Wrong | None:
    for name in PATTERNS:
        try:
            check_pattern(str(options.get(name) or ""))
        except PatternInvalid as error:
            return Wrong(name, str(error))
    if not statuses(str(options.get("success_status") or "200-299")):
        return Wrong("success_status", _("Write status codes such as 200-299."))
    if options.get("success_value") and not options.get("success_path"):
        return Wrong("success_path", _("Say where in the answer it stands."))
    return None


def _receipts(options: Values) -> Wrong | None:
    if bool(options.get("receipt_id")) != bool(options.get("receipt_status")):
        missing = "receipt_status" if options.get("receipt_id") else "receipt_id"
        return Wrong(missing, _("Receipts need both: the number of the message and the status."))
    if options.get("receipt_id") and not options.get("receipt_delivered"):
        return Wrong("receipt_delivered", _("Say what “delivered” is called."))
    if options.get("signature") and not options.get("signature_header"):
        return Wrong("signature_header", _("Name the header."))
    return None
