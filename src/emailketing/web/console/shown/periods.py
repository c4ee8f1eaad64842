"""The words of periods as people read them: “last_month” is the last month."""

from django.utils.translation import gettext_lazy, ngettext

from emailketing.listings.periods import DAYS
from emailketing.web.console.frame.shapes import Words

LABELS: dict[str, Words] = {
    "today": gettext_lazy("today"),
    "yesterday": gettext_lazy("yesterday"),
    "tomorrow": gettext_lazy("tomorrow"),
    "this_week": gettext_lazy("this week"),
    "last_week": gettext_lazy("last week"),
    "next_week": gettext_lazy("next week"),
    "week_to_date": gettext_lazy("this week until today"),
    "this_month": gettext_lazy("this month"),
    "last_month": gettext_lazy("last month"),
    "next_month": gettext_lazy("next month"),
    "month_to_date": gettext_lazy("this month until today"),
    "this_quarter": gettext_lazy("this quarter"),
    "last_quarter": gettext_lazy("last quarter"),
    "next_quarter": gettext_lazy("next quarter"),
    "quarter_to_date": gettext_lazy("this quarter until today"),
    "this_year": gettext_lazy("this year"),
    "last_year": gettext_lazy("last year"),
    "next_year": gettext_lazy("next year"),
    "year_to_date": gettext_lazy("this year until today"),
}
USUAL = ("last_7_days", "last_30_days", "last_90_days", "next_7_days", "next_30_days")


def period_words(written: str) -> str:
    """Say a period in words; two days stay as they are written."""
    if written in LABELS:
        return str(LABELS[written])
    if found := DAYS.fullmatch(written):
        return _days(found[1], int(found[2]))
    return " – ".join(written.split(".."))


def period_choices(chosen: str = "") -> list[tuple[str, str]]:
    """Return what may be chosen, with what is chosen by now."""
    words = dict.fromkeys([*LABELS, *USUAL, *([chosen] if chosen else [])])
    return [(word, period_words(word)) for word in words]


def _days(side: str, count: int) -> str:
    if side == "next":
        text = ngettext("the next %(count)s day", "the next %(count)s days", count)
    else:
        text = ngettext("the last %(count)s day", "the last %(count)s days", count)
    return text % {"count": count}
