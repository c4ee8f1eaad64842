"""The record of a contact, and addresses we must not write to."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.company.models import Company
from emailketing.contacts.models import Address, Contact, Suppression
from emailketing.contacts.wishes import barred, is_of_person, with_notes
from emailketing.content.sheet.csv import CSV
from emailketing.content.sheet.file_names import file_name
from emailketing.outbox.models import MailClass, Message
from emailketing.outbox.stop_writing import SuppressionInvalid, stop_writing
from emailketing.preferences.listed import ended_words, suppressions, suppressions_csv
from emailketing.preferences.resume import resume
from emailketing.sources.labels import Labels
from emailketing.triggers.reports.definition.readers import report_names
from emailketing.web.console.company.forms import with_chosen, zone_choices
from emailketing.web.console.contacts.dates import entered_dates, shown_dates, shown_traits
from emailketing.web.console.contacts.wishes import (
    SaveWishes,
    order_choices,
    wishes,
)
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage, ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.shown.phone import readable_number

PER_PAGE = 50
LONGEST_WORDS = 254


class ContactPage(ConsolePage):
    """Who it is, where we write, and everything that was written to them."""

    permission_required = ("contacts.view_contact",)
    template_name = "console/contacts/page.html"

    @cached_property
    def contact(self) -> Contact:
        found = Contact.objects.prefetch_related("addresses", "roles")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return self.contact.shown

    def get_back(self) -> tuple[str, str]:
        return _("Contacts"), reverse("admin:contacts_contact_changelist")

    def get_context_data(self, **kwargs: Shown) -> Context:
        contact = self.contact
        addresses = list(contact.addresses.all())
        noted, labels, names = with_notes(addresses), Labels(), report_names()
        page = Paginator(written_to(contact, addresses), PER_PAGE)
        return super().get_context_data(
            contact=contact,
            addresses=[(row, barred(notes)) for row, notes in noted],
            ended=[(one, ended_words(one, names)) for _row, notes in noted for one in notes],
            has_ended=any(is_of_person(one) for _row, notes in noted for one in notes),
            wishes=[(wish, order_choices(wish.order)) for wish in wishes(contact, noted)],
            zones=with_chosen(zone_choices(), contact.time_zone),
            company_zone=Company.get().time_zone,
            source_name=labels.source(contact.source),
            dates=shown_dates(contact, labels),
            entered_dates=entered_dates(contact),
            traits=shown_traits(contact, labels),
            page=page.get_page(self.request.GET.get("page")),
            can_see_messages=self.user.has_perm("outbox.view_message"),
            can_change=self.user.has_perm("contacts.change_contact"),
            can_wish=self.user.has_perms(SaveWishes.permission_required),
            **kwargs,
        )


def written_to(contact: Contact, addresses: list[Address]) -> QuerySet[Message]:
    """Everything on every channel, also what went to one of the addresses for another reason."""
    own = [row.value for row in addresses]
    found = Message.objects.filter(Q(contact=contact) | Q(address__in=own))
    return found.select_related("dispatch").defer("dispatch__data").order_by("-pk")


class AboutAnAddress(ConfirmPage):
    """What cannot be noted is refused on the page itself: what was typed stays."""

    asks_reason = True

    def get_context_data(self, **kwargs: Shown) -> Context:
        written = self.request.POST or self.request.GET
        entered = {name: written.get(name, "") for name in ("address", "reason")}
        return super().get_context_data(**entered, **kwargs)

    def post(self, request: HttpRequest, *args: str, **kwargs: UrlPart) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except SuppressionInvalid as error:
            for sentence in error.problems.values():
                messages.error(request, sentence)
            return self.render_to_response(self.get_context_data(), status=422)


class AddSuppression(AboutAnAddress):
    """An operator stops writing to an address."""

    permission_required = ("contacts.add_suppression",)
    template_name = "console/contacts/suppress.html"
    title = gettext_lazy("Do not write to an address")
    question = gettext_lazy("Which address must not be used any more?")
    explanation = gettext_lazy(
        "No message leaves for it, whatever a rule says, until somebody lifts it."
    )
    button = gettext_lazy("Do not write to it")

    def get_back(self) -> tuple[str, str]:
        return _("Do not write"), reverse("admin:contacts_suppression_changelist")

    def act(self, reason: str) -> None:
        written = self.request.POST.get("address", "")
        stop_writing(written, why=reason, by=who(self.request), now=timezone.now())


class LiftSuppression(AboutAnAddress):
    permission_required = ("contacts.delete_suppression",)
    title = gettext_lazy("Write to this address again")
    explanation = gettext_lazy(
        "Lift it only when the reason is gone: writing to an address that does not exist, or to "
        "somebody who said no, harms the delivery of all other messages."
    )
    button = gettext_lazy("Lift it")
    done = gettext_lazy("The address may be used again.")
    is_dangerous = True

    def suppression(self) -> Suppression:
        return get_object_or_404(Suppression, pk=self.kwargs["pk"])

    @property
    def question(self) -> str:
        found = self.suppression()
        value = found.value
        words = {"address": value if found.kind == "email" else readable_number(value)}
        if found.about:
            words["name"] = ended_words(found)
            return _("Send “%(name)s” to %(address)s again?") % words
        if not found.mail_class:
            return _("Allow %(address)s again?") % words
        words["mail_class"] = str(MailClass(found.mail_class).label)
        return _("Allow messages of the class “%(mail_class)s” to %(address)s again?") % words

    def get_back(self) -> tuple[str, str]:
        return _("Do not write"), reverse("admin:contacts_suppression_changelist")

    def act(self, reason: str) -> None:
        resume(self.suppression(), why=reason, by=who(self.request), now=timezone.now())


class ExportSuppressions(ConsoleView):
    """All of the list as CSV; who took it is noted."""

    permission_required = ("contacts.view_suppression",)

    def get(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponseBase:
        found = suppressions(request.GET.get("q", "")[:LONGEST_WORDS])
        lines = suppressions_csv(found, by=who(request), now=timezone.now())
        response = StreamingHttpResponse(lines, content_type=f"{CSV}; charset=utf-8")
        name = file_name(f"{_('Do not write')} {timezone.localtime():%Y-%m-%d %H%M}", "csv")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
