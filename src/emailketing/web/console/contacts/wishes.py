"""What a person wants to receive, by class, over which channel first, and at whose hour."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from emailketing.channels.catalogue import channel_of, channels, phones, phones_by_turn
from emailketing.channels.declared import EMAIL
from emailketing.contacts.check import ANY, ContactInvalid
from emailketing.contacts.mail_class import MailClass
from emailketing.contacts.models import Contact
from emailketing.contacts.save import Besides, save_contact
from emailketing.contacts.wishes import Noted, is_wanted
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsoleView
from emailketing.web.console.frame.shapes import UrlPart


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
        contact = get_object_or_404(Contact, pk=kwargs["pk"])
        self._take_order(contact)
        besides = Besides(wants=self._wants(), why=request.POST.get("why", ""))
        try:
            save_contact(contact, besides, by=who(request), now=timezone.now())
        except ContactInvalid as error:
            for sentence in error.problems.values():
                messages.error(request, sentence)
        else:
            messages.success(request, _("Saved: %(name)s") % {"name": contact.shown})
        return redirect("console:contact", pk=contact.pk)

    def _wants(self) -> dict[str, bool]:
        """As it was shown it stays: also what holds for some addresses only."""
        post = self.request.POST
        wanted = {name: post.get(f"wants-{name}") == "on" for name in MailClass.values}
        return {
            name: is_on
            for name, is_on in wanted.items()
            if is_on != (post.get(f"saw-{name}") == "on")
        }

    def _take_order(self, contact: Contact) -> None:
        """Put the channels and the time zone into their places."""
        post = self.request.POST
        chosen = {name: post.get(f"order-{name}", "") for name in (ANY, *MailClass.values)}
        contact.channel_order = {name: order.split(",") for name, order in chosen.items() if order}
        contact.time_zone = post.get("time_zone", contact.time_zone)
