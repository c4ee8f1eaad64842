"""The built-in inbox as a mail program: list, reading page, search, empty."""

import re

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.catalogue import channel_choices, channels, is_phone
from emailketing.channels.declared import EMAIL
from emailketing.channels.inbox.keep import empty, mark_read
from emailketing.channels.models import InboxMessage
from emailketing.outbox.models import Message
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage, ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.shown.mail import ShownMail, bytes_answer, file_answer, read_mail
from emailketing.web.console.shown.phone import Bubble, caught_bubble, readable_number

PER_PAGE = 50
SHORTEST_NUMBER = 5  # digits that are looked for as a phone number, however it is written
VIEW, CHANGE = ("channels.view_inboxmessage",), ("channels.delete_inboxmessage",)


class Inbox(ConsolePage):
    """Newest first; the raw bytes are not read for the list."""

    permission_required = VIEW
    template_name = "console/inbox/list.html"
    title = gettext_lazy("Test inbox")

    def get_context_data(self, **kwargs: Shown) -> Context:
        query = self.request.GET.get("q", "").strip()
        channel = self.request.GET.get("channel", "")
        found = search(query, channel)
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            page=page,
            query=query,
            channel=channel,
            channels=channel_choices(),
            unread=InboxMessage.objects.filter(read_at=None).count(),
            can_empty=self.user.has_perms(CHANGE),
            **kwargs,
        )


def search(query: str, channel: str = "") -> QuerySet[InboxMessage]:
    """Find by words; a phone number however it is grouped."""
    found = InboxMessage.objects.defer("raw").order_by("-pk")
    if channel in channels():
        found = found.filter(channel=channel)
    if query:
        words = Q(subject__icontains=query) | Q(rcpt_to__icontains=query)
        words |= Q(sender__icontains=query)
        digits = re.sub(r"\D", "", query).lstrip("0")
        if len(digits) >= SHORTEST_NUMBER:
            words |= Q(rcpt_to__contains=digits) & ~Q(channel=EMAIL)
        found = found.filter(words)
    return found


class _OneMail(ConsoleView):
    permission_required = VIEW

    def caught(self) -> InboxMessage:
        return get_object_or_404(InboxMessage, pk=self.kwargs["pk"])

    def mail(self) -> ShownMail:
        return read_mail(bytes(self.caught().raw))


class InboxPage(_OneMail, ConsolePage):
    """Reading marks as read."""

    template_name = "console/inbox/page.html"

    def get_title(self) -> str:
        caught = self.caught()
        if is_phone(caught.channel):
            words = {"channel": caught.get_channel_display()}
            words["number"] = readable_number(caught.rcpt_to)
            return _("%(channel)s to %(number)s") % words
        return caught.subject or _("(no subject)")

    def get_back(self) -> tuple[str, str]:
        return _("Test inbox"), reverse("console:inbox")

    def get_context_data(self, **kwargs: Shown) -> Context:
        caught = self.caught()
        mark_read(caught, now=timezone.now())
        mail, message = read_mail(bytes(caught.raw)), written_as(caught)
        return super().get_context_data(
            caught=caught,
            mail=mail,
            message=message,
            bubble=_bubble(caught, mail, message),
            newer=_neighbour(caught, is_newer=True),
            older=_neighbour(caught, is_newer=False),
            source_url=reverse("console:inbox_source", args=[caught.pk]),
            file_url_base=reverse("console:inbox_file", args=[caught.pk, 0]).removesuffix("0/"),
            **kwargs,
        )


def _bubble(caught: InboxMessage, mail: ShownMail, message: Message | None) -> Bubble | None:
    return caught_bubble(caught, mail, message) if is_phone(caught.channel) else None


def written_as(caught: InboxMessage) -> Message | None:
    """The row of the ledger this mail was."""
    if not caught.message_id:
        return None
    bare = caught.message_id.strip("<> ")
    return Message.objects.filter(message_id__in=[bare, f"<{bare}>"]).first()


def _neighbour(caught: InboxMessage, *, is_newer: bool) -> int | None:
    side = {"pk__gt": caught.pk} if is_newer else {"pk__lt": caught.pk}
    order = "pk" if is_newer else "-pk"
    return InboxMessage.objects.filter(**side).order_by(order).values_list("pk", flat=True).first()


class InboxSource(_OneMail):
    def get(self, _request: HttpRequest, **_kwargs: UrlPart) -> HttpResponse:
        caught = self.caught()
        return bytes_answer(bytes(caught.raw), f"{caught.pk}.eml", "message/rfc822")


class InboxFile(_OneMail):
    def get(self, _request: HttpRequest, **kwargs: UrlPart) -> HttpResponse:
        return file_answer(self.mail().files, int(kwargs["number"]))


class EmptyInbox(ConfirmPage):
    permission_required = CHANGE
    title = gettext_lazy("Empty the test inbox")
    question = gettext_lazy("Throw away every message in the test inbox?")
    explanation = gettext_lazy(
        "They cannot be brought back. The list of messages keeps what was written to whom."
    )
    button = gettext_lazy("Empty the inbox")
    done = gettext_lazy("The test inbox is empty.")
    is_dangerous = True

    def get_back(self) -> tuple[str, str]:
        return _("Test inbox"), reverse("console:inbox")

    def act(self, reason: str) -> None:  # noqa: ARG002 - none is asked for
        empty(by=who(self.request), now=timezone.now())
