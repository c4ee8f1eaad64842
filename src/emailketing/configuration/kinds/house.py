"""Company, brands, senders and sources, as the file has them."""

import base64
from collections.abc import Iterator

from django.utils.translation import gettext as _

from emailketing.channels.models import Sender
from emailketing.channels.senders import (
    SenderInvalid,
    is_waiting,
    save_sender,
    save_waiting,
    uses_password,
)
from emailketing.company.change_free_days import (
    FreeDayInvalid,
    read_week,
    save_free_day,
    set_free_weekdays,
    week_words,
)
from emailketing.company.check import CompanyInvalid
from emailketing.company.models import Company, FreeDay
from emailketing.company.save import save_company
from emailketing.configuration.kind import (
    ConfigurationInvalid,
    Entry,
    EntryKind,
    Take,
    entry_of,
    fill,
)
from emailketing.content.brand import BrandInvalid, save_brand, set_logo
from emailketing.content.logo import LogoRefused
from emailketing.content.models import Brand
from emailketing.content.store import StoreFull
from emailketing.sources.attaching.add import add_source
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.models import Source

COMPANY = {
    **dict.fromkeys(("name", "tax_id", "country", "time_zone", "language", "currency"), str),
    **dict.fromkeys(("quiet_from", "quiet_to", "base_url", "public_url"), str),
}
BRAND = {
    **dict.fromkeys(("primary_colour", "accent_colour", "address", "phone", "email"), str),
    **dict.fromkeys(("website", "tax_id", "signature", "legal_line", "logo"), str),
    "is_default": bool,
}
SENDER: dict[str, type] = {
    **dict.fromkeys(("channel", "kind", "from_name", "from_address", "reply_to", "host"), str),
    **dict.fromkeys(("security", "username", "price", "monthly_budget"), str),
    **dict.fromkeys(("port", "connections", "daily_limit", "per_second"), int),
    **dict.fromkeys(("is_default", "is_active"), bool),
    "options": dict,
}
# where a sender's server is belongs to this place: a kept password goes nowhere else (S22)
OF_THIS_PLACE = frozenset(
    ("channel", "kind", "host", "port", "security", "username", "options", "is_default")
) | {"is_active"}
SOURCE: dict[str, type] = {
    **dict.fromkeys(("name", "connector", "dialect", "host", "database", "username"), str),
    "port": int,
}


FREE_DAY: dict[str, type] = {"name": str, "is_free": bool, "other_day": str}


def read_company() -> Iterator[Entry]:
    company = Company.get()
    yield {**entry_of(company, COMPANY), "free_weekdays": week_words(company.free_weekdays)}


def take_company(entry: Entry, take: Take, _is_new: bool) -> None:
    company = Company.get()
    fill(company, entry, COMPANY)
    save_company(company, by=take.by, now=take.now)
    if "free_weekdays" in entry:
        set_free_weekdays(read_week(entry["free_weekdays"]), by=take.by, now=take.now)


def read_days() -> Iterator[Entry]:
    for row in FreeDay.objects.order_by("branch", "day"):
        yield {"day": row.day.isoformat(), "branch": row.branch, **entry_of(row, FREE_DAY)}


def take_day(entry: Entry, take: Take, _is_new: bool) -> None:
    row = FreeDay(branch=entry["branch"].strip())
    fill(row, entry, {"day": str, **FREE_DAY})
    save_free_day(row, by=take.by, now=take.now)


def read_brands() -> Iterator[Entry]:
    names = {name: kind for name, kind in BRAND.items() if name != "logo"}
    for brand in Brand.objects.order_by("name", "pk"):
        logo = base64.b64encode(bytes(brand.logo or b"")).decode()
        yield {"name": brand.name, **entry_of(brand, names), "logo": logo}


def take_brand(entry: Entry, take: Take, is_new: bool) -> None:
    known = Brand.objects.filter(name=entry["name"]).order_by("pk").first()
    brand = Brand(name=entry["name"]) if is_new or known is None else known
    fill(brand, entry, {name: kind for name, kind in BRAND.items() if name != "logo"})
    logo = _logo(entry.get("logo", ""))
    if logo and logo != bytes(brand.logo or b""):
        set_logo(brand, logo)
    take.notices += save_brand(brand, by=take.by, now=take.now)


def _logo(written: str) -> bytes:
    try:
        return base64.b64decode(written, validate=True)
    except ValueError as error:
        raise ConfigurationInvalid(_("The logo cannot be read.")) from error


def read_senders() -> Iterator[Entry]:
    for sender in Sender.objects.order_by("channel", "name"):
        yield {"name": sender.name, **entry_of(sender, SENDER)}


def take_sender(entry: Entry, take: Take, is_new: bool) -> None:
    """A new sender that needs a secret waits switched off until somebody enters it."""
    known = Sender.objects.filter(name=entry["name"]).first()
    sender = Sender(name=entry["name"]) if is_new or known is None else known
    fill(
        sender,
        entry,
        {name: SENDER[name] for name in SENDER if is_new or name not in OF_THIS_PLACE},
    )
    why = sender.paused_reason
    if is_new and uses_password(sender):
        why = _("Taken over from a file: enter the password, then switch it on.")
        take.notices.append(f"{sender.name}: {why}")
    elif not is_waiting(sender):
        save_sender(sender, by=take.by, now=take.now)
        return
    save_waiting(sender, why=why, by=take.by, now=take.now)


def read_sources() -> Iterator[Entry]:
    for source in Source.objects.order_by("slug"):
        yield {"slug": source.slug, **entry_of(source, SOURCE)}


def take_source(entry: Entry, take: Take, _is_new: bool) -> None:
    """Only a new one is made; where a database is belongs to this place."""
    source = Source(slug=entry["slug"])
    fill(source, entry, SOURCE)
    add_source(source, by=take.by, now=take.now)
    sentence = _("%(name)s: check its database and password, then install it.")
    take.notices.append(sentence % {"name": source.name})


KINDS = (
    EntryKind(
        "company",
        (),
        {**COMPANY, "free_weekdays": str},
        read_company,
        take_company,
        Company,
        kept=frozenset({"base_url", "public_url"}),
        refusals=(CompanyInvalid, FreeDayInvalid),
    ),
    EntryKind(
        "free_day",
        ("day", "branch"),
        FREE_DAY,
        read_days,
        take_day,
        FreeDay,
        needs=("company",),
        refusals=(FreeDayInvalid,),
    ),
    EntryKind(
        "brand",
        ("name",),
        BRAND,
        read_brands,
        take_brand,
        Brand,
        refusals=(BrandInvalid, LogoRefused, StoreFull),
    ),
    EntryKind(
        "sender",
        ("name",),
        SENDER,
        read_senders,
        take_sender,
        Sender,
        kept=OF_THIS_PLACE,
        refusals=(SenderInvalid,),
    ),
    EntryKind(
        "source",
        ("slug",),
        SOURCE,
        read_sources,
        take_source,
        Source,
        kept=frozenset(SOURCE),
        refusals=(CaptureError, ConnectorError),
    ),
)
