"""Dates of a person: on its page, and a list of what nobody can read as a day."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.common.written_date import LEAP_YEAR
from emailketing.contacts.check import ContactInvalid
from emailketing.contacts.dates import known_day, unread_dates
from emailketing.contacts.misread import misread
from emailketing.contacts.models import Contact, PersonDate
from emailketing.contacts.save import Besides, save_contact
from emailketing.sources.date_kinds import date_kinds
from emailketing.sources.labels import Labels
from emailketing.web.console.contacts.unreachable import PER_PAGE, how_to_mend
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart


@dataclass(frozen=True, slots=True)
class ShownDate:
    """One date: what it is called, its day in words, and why nobody is greeted on it."""

    row: PersonDate
    label: str
    day: str


def shown_dates(contact: Contact, labels: Labels) -> list[ShownDate]:
    rows = contact.dates.all()
    return [ShownDate(row, labels.date(contact.source, row.kind), day_of(row)) for row in rows]


def day_of(row: PersonDate) -> str:
    """Say the day; the year only where it is believed."""
    known = known_day(row, timezone.localdate())
    if known is None:
        return ""
    day = date(known.year or LEAP_YEAR, known.month, known.day)
    return date_format(day, "DATE_FORMAT" if known.year else "MONTH_DAY_FORMAT")


def entered_dates(contact: Contact) -> list[tuple[str, str, str]]:
    """Return kind, label and what is written, for the form of somebody entered by hand."""
    if contact.source:
        return []
    there = {row.kind: row.written for row in contact.dates.all() if not row.name}
    labels = {kind: known.label for kind, known in date_kinds().items()}
    return [(kind, labels.get(kind, kind), there.get(kind, "")) for kind in {**labels, **there}]


def shown_traits(contact: Contact, labels: Labels) -> list[tuple[str, str]]:
    said = contact.traits.items()
    return [(labels.trait(contact.source, name), str(value)) for name, value in said]


class SaveDates(ConsoleView):
    """The form of the person's page: POST only."""

    permission_required = ("contacts.change_contact",)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **kwargs: UrlPart) -> HttpResponse:
        contact = get_object_or_404(Contact, pk=kwargs["pk"])
        sent = {
            name.removeprefix("date-"): str(day).strip()
            for name, day in request.POST.items()
            if name.startswith("date-")
        }
        try:
            save_contact(contact, Besides(dates=sent), by=who(request), now=timezone.now())
        except ContactInvalid as error:
            for sentence in error.problems.values():
                messages.error(request, sentence)
        else:
            messages.success(request, _("Saved: %(name)s") % {"name": contact.shown})
        return redirect("console:contact", pk=contact.pk)


class UnreadDates(ConsolePage):
    """Dates of which nobody can make a day: never guessed, listed with the reason."""

    permission_required = ("contacts.view_contact",)
    template_name = "console/contacts/unread_dates.html"
    title = gettext_lazy("Dates that cannot be read")

    def get_context_data(self, **kwargs: Shown) -> Context:
        page = Paginator(unread_dates(), PER_PAGE).get_page(self.request.GET.get("page"))
        labels = Labels()
        return super().get_context_data(
            page=page,
            rows=[
                (row, labels.date(row.contact.source, row.kind), how_to_mend(row.contact, labels))
                for row in page.object_list
            ],
            misread_count=misread().count(),
            **kwargs,
        )
