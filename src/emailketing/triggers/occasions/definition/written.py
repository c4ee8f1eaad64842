"""A day as somebody types it: birth-3, 25/12, easter-2, weekday:2,sun,5, holiday:PY:Navidad.

Of a listing: listing:shop.inspections:due-7, its name and the column that has the date.
"""

import re

from emailketing.common.plain import Entry
from emailketing.common.said import say as _
from emailketing.schedule.calendar_day import DayInvalid
from emailketing.triggers.occasions.definition.days import HOLIDAY, PERSON
from emailketing.triggers.occasions.definition.listed import LISTING

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAST = "last"
_FIXED = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})")
_NAMED = re.compile(r"([a-z][a-z0-9_]*)([+-][0-9]{1,3})?")
_WEEKDAY = re.compile(rf"weekday:([1-5]|{LAST}),([a-z]{{3}}),([0-9]{{1,2}})")
_LISTED = re.compile(rf"{LISTING}:([^:]+):(.+?)([+-][0-9]{{1,3}})?")
EXAMPLES = "birth, birth-3, 25/12, easter-2, weekday:2,sun,5, holiday:PY:…, listing:…:…-7"


def read_written_day(text: str) -> Entry:
    """Return the day as an occasion keeps it.

    Raises:
        DayInvalid: it is none of these.
    """
    said = text.strip()
    if found := _FIXED.fullmatch(said):
        return {"kind": "fixed", "day": int(found[1]), "month": int(found[2])}
    if said.startswith(f"{HOLIDAY}:"):
        _kind, _colon, rest = said.partition(":")
        country, _colon, name = rest.partition(":")
        return {"kind": HOLIDAY, "country": country.strip().upper(), "name": name.strip()}
    if found := _LISTED.fullmatch(said):
        listed = {"kind": LISTING, "listing": found[1].strip(), "date": found[2].strip()}
        return {**listed, "offset": int(found[3] or 0)}
    if (found := _WEEKDAY.fullmatch(said.lower())) and found[2] in WEEKDAYS:
        nth = -1 if found[1] == LAST else int(found[1])
        weekday, month = WEEKDAYS.index(found[2]), int(found[3])
        return {"kind": "weekday", "nth": nth, "weekday": weekday, "month": month}
    if found := _NAMED.fullmatch(said.lower()):
        offset = int(found[2] or 0)
        if found[1] == "easter":
            return {"kind": "easter", "offset": offset}
        return {"kind": PERSON, "date": found[1], "offset": offset}
    sentence = _("“%(day)s” is no day. Write one as: %(examples)s.")
    raise DayInvalid(sentence % {"day": said[:60], "examples": EXAMPLES})


def written_day(day: Entry) -> str:
    """Return the day as it is typed."""
    kind, offset = day.get("kind"), int(str(day.get("offset") or 0))
    after = f"{offset:+d}" if offset else ""
    if kind == PERSON:
        return f"{day.get('date')}{after}"
    if kind == LISTING:
        return f"{LISTING}:{day.get('listing')}:{day.get('date')}{after}"
    if kind == HOLIDAY:
        return f"{HOLIDAY}:{day.get('country')}:{day.get('name')}"
    if kind == "easter":
        return f"easter{after}"
    if kind == "weekday":
        nth = LAST if day.get("nth") == -1 else day.get("nth")
        weekday = WEEKDAYS[int(str(day.get("weekday") or 0))]
        return f"weekday:{nth},{weekday},{day.get('month')}"
    return f"{day.get('day')}/{day.get('month')}"
