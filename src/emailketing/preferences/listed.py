"""Who ended what, where from, when, by whom and in answer to what: as a row, and as a sheet."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.common.language import active_language
from emailketing.common.plain import Cell
from emailketing.company.models import Company
from emailketing.contacts.mail_class import MailClass
from emailketing.contacts.models import Suppression
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.csv import write_csv
from emailketing.content.sheet.frame import SheetFrame
from emailketing.triggers.reports.definition.readers import report_names


def ended_words(noted: Suppression, names: Mapping[str, str] | None = None) -> str:
    """Say for which messages it holds; of many, `names` are read once (`report_names`)."""
    if noted.about:
        return (report_names() if names is None else names).get(noted.about, noted.about)
    return str(dict(MailClass.choices).get(noted.mail_class, _("all messages")))


def suppressions(words: str = "") -> QuerySet[Suppression]:
    """Return what is noted, the newest first; only addresses with these letters."""
    return Suppression.objects.filter(value__contains=words.strip().lower()).order_by("-pk")


def suppressions_csv(found: QuerySet[Suppression], *, by: Who, now: datetime) -> Iterator[str]:
    """Return the lines of a CSV of them; who took it is noted."""
    note("exported", by=by, now=now, changes={"suppressions": ["", found.count()]})
    frame = SheetFrame(
        title=_("Do not write"), zone=Company.get().time_zone, language=active_language()
    )
    names = report_names()
    return write_csv(_columns(), (_row(one, names) for one in found.iterator()), frame)


def _columns() -> list[Column]:
    labels = {
        "address": _("Address"),
        "kind": _("Kind"),
        "what": _("For which messages"),
        "reason": _("Reason"),
        "via": _("Where from"),
        "since": _("Since"),
        "by": _("By"),
        "message": _("Message"),
        "note": _("Note"),
    }
    kinds = {"since": "datetime"}
    return [Column(name, label, kinds.get(name, "text")) for name, label in labels.items()]


def _row(one: Suppression, names: Mapping[str, str]) -> list[Cell]:
    return [
        one.value,
        str(one.get_kind_display()),
        ended_words(one, names),
        str(one.get_reason_display()),
        str(one.get_via_display()),
        one.at,
        one.by,
        str(one.message or ""),
        one.note,
    ]
