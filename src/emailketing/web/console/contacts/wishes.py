"""What a person wants to receive, by class, over which channel first, and at whose hour."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.models import Channel
from emailketing.contacts.models import Address, Contact, Suppression
from emailketing.contacts.suppress import lift, opt_out, suppressed_among
from emailketing.outbox.models import MailClass
from emailketing.web.console.base import differences, note_change
from emailketing.web.console.company.forms import zone_choices
from emailketing.web.console.pages import ConsoleView

EMAIL, SMS, WHATSAPP = Channel.EMAIL.value, Channel.SMS.value, Channel.WHATSAPP.value
# what a person may prefer; the key is the order of the channels
ORDERS: dict[str, Any] = {
    "": gettext_lazy("as the rule says"),
    EMAIL: gettext_lazy("only by e-mail"),
    SMS: gettext_lazy("only by SMS"),
    WHATSAPP: gettext_lazy("only by WhatsApp"),
    f"{EMAIL},{SMS}": gettext_lazy("e-mail; SMS when that fails"),
    f"{EMAIL},{WHATSAPP}": gettext_lazy("e-mail; WhatsApp when that fails"),
    f"{SMS},{EMAIL}": gettext_lazy("SMS; e-mail when that fails"),
    f"{WHATSAPP},{EMAIL}": gettext_lazy("WhatsApp; e-mail when that fails"),
    f"{WHATSAPP},{SMS},{EMAIL}": gettext_lazy("WhatsApp, else SMS, else e-mail"),
}
ANY = "any"


@dataclass(frozen=True)
class Wish:
    """One class of messages; `is_wanted` is None when only some of the addresses opted out."""

    name: str
    label: str
    is_wanted: bool | None
    order: str


def wishes(contact: Contact, addresses: Iterable[Address]) -> list[Wish]:
    """Return every class with what the person wants; the first, “any”, is about the order only."""
    rows = list(addresses)
    refused = {name: _refusals(rows, name) for name in MailClass.values}
    first = Wish(ANY, _("All messages"), True, _order(contact, ANY))
    return [
        first,
        *(
            Wish(name, capfirst(str(MailClass(name).label)), refused[name], _order(contact, name))
            for name in MailClass.values
        ),
    ]


def _order(contact: Contact, name: str) -> str:
    return ",".join(contact.channel_order.get(name) or [])


def _refusals(rows: list[Address], mail_class: str) -> bool | None:
    opted_out = [
        any(found.mail_class == mail_class for found in noted) for _row, noted in with_notes(rows)
    ]
    if not any(opted_out):
        return True
    return False if all(opted_out) else None


def barred(noted: Iterable[Suppression]) -> Suppression | None:
    """Of what is noted against an address, what holds for every class."""
    return next((found for found in noted if not found.mail_class), None)


def with_notes(rows: Iterable[Address]) -> list[tuple[Address, list[Suppression]]]:
    """Return each address with what is noted against it."""
    addresses = list(rows)
    noted = {
        kind: suppressed_among((row.value for row in addresses if row.kind == kind), kind=kind)
        for kind in Address.Kind.values
    }
    return [(row, noted[row.kind].get(row.value.lower(), [])) for row in addresses]


def order_choices(order: str) -> list[tuple[str, str]]:
    """Return what may be chosen; an order made elsewhere stays what it is."""
    choices = [(value, str(label)) for value, label in ORDERS.items()]
    return choices if order in ORDERS else [*choices, (order, order.replace(",", ", "))]


class SaveWishes(ConsoleView):
    """The form of the person's page: POST only."""

    permission_required = (
        "contacts.change_contact",
        "contacts.add_suppression",
        "contacts.delete_suppression",
    )
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponse:
        found = Contact.objects.prefetch_related("addresses")
        contact = get_object_or_404(found, pk=kwargs["pk"])
        before = _state(contact)
        self._save_classes(contact)
        self._save_order(contact)
        after = _state(contact)
        if changes := differences(before, after):
            note_change(request, "changed", contact, changes)
        messages.success(request, _("Saved: %(name)s") % {"name": contact.name})
        return redirect("console:contact", pk=contact.pk)

    def _save_classes(self, contact: Contact) -> None:
        rows = list(contact.addresses.all())
        now, by = timezone.now(), self.user.get_username()
        for name in MailClass.values:
            is_wanted = self.request.POST.get(f"wants-{name}") == "on"
            if is_wanted == (self.request.POST.get(f"saw-{name}") == "on"):
                continue  # as it was shown: what holds for some addresses only stays so
            for row in rows:
                if is_wanted:
                    lift(row.value, kind=row.kind, mail_class=name)
                else:
                    opt_out(row.value, name, now=now, kind=row.kind, by=by)

    def _save_order(self, contact: Contact) -> None:
        post = self.request.POST
        chosen = {name: post.get(f"order-{name}", "") for name in (ANY, *MailClass.values)}
        contact.channel_order = {
            name: order.split(",")
            for name, order in chosen.items()
            if order and set(order.split(",")) <= set(Channel.values)
        }
        zone = post.get("time_zone", "")
        known = {value for _group, zones in zone_choices() for value, _label in zones}
        contact.time_zone = zone if zone in known else ""
        contact.save(update_fields=["channel_order", "time_zone"])


def _state(contact: Contact) -> dict[str, Any]:
    """What the audit trail compares."""
    rows = list(contact.addresses.all())
    return {
        "wants": [name for name in MailClass.values if _refusals(rows, name)],
        "channel_order": contact.channel_order,
        "time_zone": contact.time_zone,
    }
