"""What a listing is asked with: given values become what its query takes, or one sentence."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from emailketing.common.conditions import NUMBERS, as_number
from emailketing.common.language import active_language
from emailketing.common.plain import JSON, Cell
from emailketing.listings.errors import ParameterMissing, ParameterUnknown, ParameterWrong
from emailketing.listings.periods import FORMS, NotAPeriod, earlier, period_of, today_of
from emailketing.sources.connectors import in_language
from emailketing.sources.connectors.model import PERIOD, Parameter

TRUE = frozenset({"1", "true", "yes", "si", "sí", "sim"})
FALSE = frozenset({"0", "false", "no", "não", "nao"})


def read_values(
    parameters: Iterable[Parameter], given: Mapping[str, JSON], *, now: datetime, zone: str
) -> dict[str, Cell]:
    """Return place in the query → value; days are reckoned from `now` in that zone (P2).

    Raises:
        ParameterUnknown, ParameterMissing, ParameterWrong: which, and what is wanted.
    """
    known = {each.name: each for each in parameters}
    for name in given:
        if name not in known:
            raise ParameterUnknown(name=name, known=", ".join(known) or _("nothing"))
    found: dict[str, Cell] = {}
    for parameter in known.values():
        found |= _read(parameter, given.get(parameter.name), now, zone)
    return found


def trial_value(parameter: Parameter) -> str:
    """Return a value that fits, to try a listing with that nobody has asked yet."""
    fits = {PERIOD: "today", "date": "today", "datetime": "2000-01-01T00:00", "boolean": "no"}
    return fits.get(parameter.type, "0")


def _read(parameter: Parameter, given: JSON, now: datetime, zone: str) -> dict[str, Cell]:
    written = parameter.default if given is None else str(given).strip()
    if written is None:
        label = in_language(parameter.label, active_language())
        raise ParameterMissing(name=parameter.name, label=label)
    if not written:
        return dict.fromkeys(parameter.places)
    try:
        if parameter.type == PERIOD:
            period = period_of(written, today=today_of(now, zone))
            spans = (period, earlier(period, "month"), earlier(period, "year"))
            days = [day for span in spans for day in (span.start, span.until)]
            return dict(zip(parameter.places, days, strict=True))
        return {parameter.name: _value(written, parameter.type, now, zone)}
    except ValueError as error:
        raise ParameterWrong(
            name=parameter.name, value=written, wanted=_wanted(parameter.type)
        ) from error


def _value(written: str, kind: str, now: datetime, zone: str) -> Cell:
    if kind in NUMBERS:
        number = as_number(written)
        if number is None:
            raise ValueError(written)
        return number
    if kind == "date":
        return _day(written, now, zone)
    if kind == "datetime":
        moment = datetime.fromisoformat(written)
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    if kind == "boolean":
        if written.casefold() not in TRUE | FALSE:
            raise ValueError(written)
        return written.casefold() in TRUE
    return written


def _day(written: str, now: datetime, zone: str) -> date:
    """A period's word means its first day."""
    try:
        return period_of(written, today=today_of(now, zone)).start
    except NotAPeriod:
        return date.fromisoformat(written)


def _wanted(kind: str) -> str:
    if kind == PERIOD:
        return _("a period is one of: %(words)s") % {"words": ", ".join(FORMS)}
    if kind == "date":
        return _("a day is written 2026-01-31, or “today”, “yesterday”, “this_month”")
    if kind == "datetime":
        return _("a moment is written 2026-01-31T07:00")
    if kind == "boolean":
        return _("it is “yes” or “no”")
    return _("it must be a number, with a point before its decimals")
