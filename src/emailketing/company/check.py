"""What the company must be before it is saved: one check, for console, command line and file."""

from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from emailketing.common.one_line import is_one_line, line_problems
from emailketing.common.places import countries, currencies
from emailketing.common.problems import Invalid, Problems, first_of
from emailketing.common.zones import is_zone
from emailketing.company.models import Company

LONGEST_ADDRESS = 200


class CompanyInvalid(Invalid):
    """The company cannot be as entered."""


def wrong_with_company(company: Company) -> dict[str, str]:
    """Return everything that is wrong, by field."""
    return first_of(_problems(company))


def _problems(company: Company) -> Problems:
    if not company.name.strip():
        yield "name", _("This must not be empty.")
    yield from line_problems(company, "name", "tax_id")
    yield from _unknown_codes(company)
    if company.base_url and not _is_address(company.base_url):
        yield "base_url", _("Write it as https://mail.example.com/.")
    if company.public_url and not is_public_address(company.public_url):
        yield "public_url", _("Write it as https://mail.example.com, by its name and with https.")
    yield from _wrong_hours(company)
    if not is_zone(str(company.time_zone)):
        sentence = _("“%(zone)s” is no time zone; write it like America/Asuncion.")
        yield "time_zone", sentence % {"zone": company.time_zone}


def _unknown_codes(company: Company) -> Problems:
    if str(company.country) not in countries():
        sentence = _("“%(code)s” is no country; write its two letters: PY, AR, BR …")
        yield "country", sentence % {"code": company.country}
    if str(company.currency) not in currencies():
        sentence = _("“%(code)s” is no currency; write its three letters: PYG, USD, BRL …")
        yield "currency", sentence % {"code": company.currency}
    languages: Any = Company._meta.get_field("language").choices
    codes = [str(code) for code, _name in languages]
    if company.language not in codes:
        yield "language", _("There are: %(names)s.") % {"names": ", ".join(codes)}


def _wrong_hours(company: Company) -> Problems:
    if (company.quiet_from is None) != (company.quiet_to is None):
        yield "quiet_to", _("Write both hours, or none.")
    elif company.quiet_from is not None and company.quiet_from == company.quiet_to:
        yield "quiet_to", _("Both hours are the same. Write two, or none: then at any hour.")


def is_public_address(text: str) -> bool:
    """Say whether people outside could open it: HTTPS, a whole name, nothing behind it."""
    if not _is_address(text):
        return False
    parts = urlsplit(text)
    name = (parts.hostname or "").rstrip(".")
    is_name = "." in name and name.isascii() and not name.replace(".", "").isdigit()
    return parts.scheme == "https" and is_name and parts.path in {"", "/"}


def _is_address(text: str) -> bool:
    """Say whether links can begin with it.

    No URLValidator: a name of the office's own network is fine, http://servidor:8000/. A password
    in it would stand in every mail; what follows ? or # would stand before every path.
    """
    try:
        parts = urlsplit(text)
        port_is_one = parts.port != 0  # asking raises for 99999
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and port_is_one
        and parts.username is None
        and not parts.query
        and not parts.fragment
        and len(text) <= LONGEST_ADDRESS
        and is_one_line(text)
        and not any(sign.isspace() for sign in text)
    )
