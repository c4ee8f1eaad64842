"""A day that a listing gives: which of its columns has the date, and which says whose it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from emailketing.common.plain import JSON, Entry, Values
from emailketing.common.said import say as _
from emailketing.content.sheet.column import Column
from emailketing.listings.errors import ColumnsWrong
from emailketing.schedule.calendar_day import DayInvalid

LISTING = "listing"
PARTY_BY = ("contact", "address")  # as reports name whose rows are whose
USUAL_PARTY = "_contact"


@dataclass(frozen=True, slots=True)
class ListedDay:
    """A date of each row of a listing; `offset` days after it, or before.

    Attributes:
        listing: its name, as “listing list” shows it.
        date: the column that has the date.
        party: the column that says whose row it is: the key of a contact, or an address.
        of: the column that says what it is of (the number of a plate); "": the contact itself.
        values: what the listing is asked with.
        is_yearly: whether the date comes each year; else it is there once, and needs its year.
    """

    listing: str
    date: str
    party: str = USUAL_PARTY
    party_by: str = PARTY_BY[0]
    of: str = ""
    values: Values = field(default_factory=dict)
    is_yearly: bool = False
    offset: int = 0


def read_listed(said: Values, offset: int) -> ListedDay:
    """Read it as it is kept, or as somebody wrote it by hand.

    Raises:
        DayInvalid: one sentence.
    """
    listing, date = _text(said, "listing"), _text(said, "date")
    if not listing or not date:
        raise DayInvalid(_("Say which listing, and which of its columns has the date."))
    by = _text(said, "party_by") or PARTY_BY[0]
    if by not in PARTY_BY:
        words = {"value": by, "known": ", ".join(PARTY_BY)}
        raise DayInvalid(_("“%(value)s” is none of: %(known)s.") % words)
    return ListedDay(
        listing=listing,
        date=date,
        party=_text(said, "party") or USUAL_PARTY,
        party_by=by,
        of=_text(said, "of"),
        values=_mapping(said.get("values")),
        is_yearly=bool(said.get("yearly")),
        offset=offset,
    )


def plain_listed(day: ListedDay) -> Entry:
    """Return what is kept of it."""
    return {
        "kind": LISTING,
        "listing": day.listing,
        "date": day.date,
        "party": day.party,
        "party_by": day.party_by,
        "of": day.of,
        "values": dict(day.values),
        "yearly": day.is_yearly,
        "offset": day.offset,
    }


def check_named(day: ListedDay, columns: Sequence[Column]) -> None:
    """Refuse a listing that has not all the columns that the day names.

    Raises:
        ColumnsWrong: which, and which there are.
    """
    known = [column.name for column in columns]
    for name in filter(None, (day.date, day.party, day.of)):
        if name not in known:
            words = {"name": name, "known": ", ".join(known)}
            sentence = _("The listing has no column “%(name)s”. There are: %(known)s.")
            raise ColumnsWrong(why=sentence % words)


def _text(said: Values, name: str) -> str:
    return str(said.get(name) or "").strip()[:200]


def _mapping(value: JSON) -> Values:
    return value if isinstance(value, dict) else {}
