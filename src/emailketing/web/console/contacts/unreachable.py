"""Whom nothing could be sent to: events without an address, phones and e-mails not understood."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.common.document import Party
from emailketing.contacts.misread import misread, phones_first
from emailketing.contacts.models import Contact
from emailketing.sources.labels import Labels
from emailketing.triggers.notifications.afterwards.unreached import party_of, unreached
from emailketing.triggers.notifications.firing.fire import retry
from emailketing.triggers.notifications.models import Outcome
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart

SINCE_DAYS, PER_PAGE = 30, 50


@dataclass(frozen=True)
class UnreachedPerson:
    """One event that nobody heard of."""

    outcome: Outcome
    person: str
    contact_id: int | None
    document_url: str


class Unreachable(ConsolePage):
    """Events whose people have no address that can be used."""

    permission_required = ("contacts.view_contact", "notifications.view_rule")
    template_name = "console/contacts/unreachable.html"
    title = gettext_lazy("Without an address")

    def get_context_data(self, **kwargs: Shown) -> Context:
        since = timezone.now() - timedelta(days=SINCE_DAYS)
        rows = unreached(since).order_by("-at", "-pk")
        page = Paginator(rows, PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            page=page,
            rows=missed(list(page.object_list)),
            days=SINCE_DAYS,
            misread_count=misread().count(),
            can_write=self.user.has_perm("notifications.change_rule"),
            **kwargs,
        )


class WriteNow(ConsoleView):
    """An address was entered meanwhile: the rule decides once more. POST only."""

    permission_required = ("notifications.change_rule",)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **kwargs: UrlPart) -> HttpResponse:
        unreached = Outcome.objects.filter(result=Outcome.Result.NO_ADDRESS)
        outcome = get_object_or_404(unreached.select_related("rule", "event"), pk=kwargs["pk"])
        decided = retry(outcome, by=who(request), now=timezone.now())
        if decided.result == Outcome.Result.NO_ADDRESS:
            messages.warning(request, decided.in_words)
        else:
            label = outcome.event.document_label
            words = {"document": label, "result": decided.get_result_display()}
            messages.success(request, _("%(document)s: %(result)s.") % words)
        return redirect("console:contacts_unreachable")


def missed(outcomes: list[Outcome]) -> list[UnreachedPerson]:
    parties = {outcome.pk: party_of(outcome) for outcome in outcomes}
    keys = {str(party.get("key") or "") for party in parties.values()}
    known = {
        (contact.source, contact.key): contact.pk
        for contact in Contact.objects.filter(key__in=keys - {""})
    }
    return [_missed(outcome, parties[outcome.pk], known) for outcome in outcomes]


def _missed(
    outcome: Outcome, party: Party, known: dict[tuple[str, str | None], int]
) -> UnreachedPerson:
    event = outcome.event
    place = [event.source, event.document_type, event.document_key]
    return UnreachedPerson(
        outcome=outcome,
        person=str(party.get("name") or ""),
        contact_id=known.get((event.source, str(party.get("key") or ""))),
        document_url=reverse("console:document", args=place) if all(place) else "",
    )


class Misread(ConsolePage):
    """Phones and e-mails that nobody understands: never cut, never guessed (M3)."""

    permission_required = ("contacts.view_contact",)
    template_name = "console/contacts/misread.html"
    title = gettext_lazy("Phones and e-mails not understood")

    def get_context_data(self, **kwargs: Shown) -> Context:
        page = Paginator(phones_first(misread()), PER_PAGE).get_page(self.request.GET.get("page"))
        labels = Labels()
        return super().get_context_data(
            page=page,
            rows=[(row, how_to_mend(row.contact, labels)) for row in page.object_list],
            misread_count=page.paginator.count,
            can_change=self.user.has_perm("contacts.change_contact"),
            **kwargs,
        )


def how_to_mend(contact: Contact, labels: Labels) -> str:
    if not contact.source:
        return _("Put it right here: open the contact and choose Change.")
    words = {"source": labels.source(contact.source)}
    return _("Put it right in “%(source)s”: it is read again as soon as it is saved.") % words
