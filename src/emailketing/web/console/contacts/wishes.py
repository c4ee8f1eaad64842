"""What a person wants to receive, by class, over which channel first, and at whose hour."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from emailketing.accounts.changes import differences
from emailketing.channels.catalogue import channel_of, channels, phones, phones_by_turn
from emailketing.channels.declared import EMAIL
from emailketing.common.plain import Entry
from emailketing.contacts.check import wrong_with
from emailketing.contacts.models import Contact
from emailketing.contacts.wishes import Noted, is_wanted, want, with_notes
from emailketing.outbox.models import MailClass
from emailketing.web.console.frame.base import note_change
from emailketing.web.console.frame.pages import ConsoleView
from emailketing.web.console.frame.shapes import UrlPart

ANY = "any"


@dataclass(frozen=True)
class ClassWish:
    """One class of messages; `is_wanted` is None when only some of the addresses opted out."""

    name: str
    label: str
    is_wanted: bool | None
    order: str


def wishes(contact: Contact, noted: list[Noted]) -> list[ClassWish]:
    """Return every class with what the person wants; the first, “any”, is about the order only."""
    first = ClassWish(ANY, _("All messages"), True, _order(contact, ANY))
    return [
        first,
        *(
            ClassWish(
                name,
                capfirst(str(MailClass(name).label)),
                is_wanted(noted, name),
                _order(contact, name),
            )
            for name in MailClass.values
        ),
    ]


def _order(contact: Contact, name: str) -> str:
    return ",".join(contact.channel_order.get(name) or [])


def order_choices(order: str) -> list[tuple[str, str]]:
    """Return what may be chosen; an order made elsewhere stays what it is."""
    known = {",".join(names): _in_words(names) for names in _orders()}
    known = {"": _("as the rule says"), **known}
    return list((known if order in known else {**known, order: order.replace(",", ", ")}).items())


def _orders() -> Iterator[tuple[str, ...]]:
    """One channel alone, a mail before or after a phone, and every phone before the mail."""
    yield from ((name,) for name in channels())
    yield from ((EMAIL, phone) for phone in phones())
    yield from ((phone, EMAIL) for phone in phones())
    if len(phones()) > 1:
        yield *phones_by_turn()[:2], EMAIL


def _in_words(names: tuple[str, ...]) -> str:
    labels = [str(channel_of(name).label) for name in names]
    words = dict(zip(("first", "second", "third"), labels, strict=False))
    if len(names) == 1:
        return _("only by %(first)s") % words
    if len(names) == 2:  # noqa: PLR2004
        return _("%(first)s; %(second)s when that fails") % words
    return _("%(first)s, else %(second)s, else %(third)s") % words


class SaveWishes(ConsoleView):
    """The form of the person's page: POST only."""

    permission_required = (
        "contacts.change_contact",
        "contacts.add_suppression",
        "contacts.delete_suppression",
    )
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **kwargs: UrlPart) -> HttpResponse:
        found = Contact.objects.prefetch_related("addresses")
        contact = get_object_or_404(found, pk=kwargs["pk"])
        before = _state(contact)
        if wrong := self._take_order(contact):
            for sentence in wrong:
                messages.error(request, sentence)
            return redirect("console:contact", pk=contact.pk)
        self._save_classes(contact)
        contact.save(update_fields=["channel_order", "time_zone"])
        after = _state(contact)
        if changes := differences(before, after):
            note_change(request, "changed", contact, changes)
        messages.success(request, _("Saved: %(name)s") % {"name": contact.shown})
        return redirect("console:contact", pk=contact.pk)

    def _save_classes(self, contact: Contact) -> None:
        post, by = self.request.POST, self.user.get_username()
        for name in MailClass.values:
            wanted = post.get(f"wants-{name}") == "on"
            if wanted != (post.get(f"saw-{name}") == "on"):
                # as it was shown it stays: also what holds for some addresses only
                want(contact, name, wanted=wanted, by=by, now=timezone.now())

    def _take_order(self, contact: Contact) -> list[str]:
        """Put the channels and the time zone into their places; return all that is wrong."""
        post = self.request.POST
        chosen = {name: post.get(f"order-{name}", "") for name in (ANY, *MailClass.values)}
        contact.channel_order = {name: order.split(",") for name, order in chosen.items() if order}
        contact.time_zone = post.get("time_zone", contact.time_zone)
        used = {channel for order in contact.channel_order.values() for channel in order}
        wrong = list(wrong_with(contact).values())
        if not used <= channels().keys():
            wrong.append(_("There are: %(names)s.") % {"names": ", ".join(channels())})
        return wrong


def _state(contact: Contact) -> Entry:
    """What the audit trail compares."""
    noted = with_notes(contact.addresses.all())
    return {
        "wants": [name for name in MailClass.values if is_wanted(noted, name)],
        "channel_order": contact.channel_order,
        "time_zone": contact.time_zone,
    }
