"""One message: exactly what was or will be sent, and everything that happened to it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from emailketing.channels.catalogue import is_phone
from emailketing.channels.email.compose import MailInvalid
from emailketing.channels.models import InboxMessage
from emailketing.content.render import RenderFailed
from emailketing.content.store import StoreMissing
from emailketing.events.models import Event
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.preview import preview
from emailketing.sources.labels import Labels
from emailketing.sources.models import CapturedChange
from emailketing.triggers.notifications.models import Rule
from emailketing.web.console.frame.pages import ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.messages.decide import CHANGE, possible
from emailketing.web.console.shown.mail import ShownMail, bytes_answer, file_answer, read_mail
from emailketing.web.console.shown.phone import Bubble, message_bubble, readable_number
from emailketing.web.console.shown.story import StoryStep, happened, in_order, judged, saved, sent
from emailketing.web.console.shown.words import channel_word
from emailketing.web.console.why.views import question

VIEW = ("outbox.view_message",)
MOST_CHANGES = 100
CANNOT_SHOW = (RenderFailed, StoreMissing, MailInvalid)


class _OneMessage(ConsoleView):
    permission_required = VIEW

    def message(self) -> Message:
        found = Message.objects.select_related(
            *("dispatch__event", "sender", "revision__template", "contact"),
            *("follows", "followed_by"),
        ).prefetch_related("attempts", "decisions", "receipts")
        return get_object_or_404(found, pk=self.kwargs["pk"])


class MessagePage(_OneMessage, ConsolePage):
    template_name = "console/messages/page.html"

    def get_title(self) -> str:
        subject: str = self.message().subject
        return subject or _("(no subject)")

    def get_back(self) -> tuple[str, str]:
        return _("Messages"), reverse("admin:outbox_message_changelist")

    def get_context_data(self, **kwargs: Shown) -> Context:
        message, labels = self.message(), Labels()
        seen = look_at(message)
        return super().get_context_data(
            message=message,
            mail=seen.mail,
            bubble=seen.bubble,
            problem=seen.problem,
            follower=getattr(message, "followed_by", None),
            other_ways=[other_way(way) for way in message.alternatives],
            is_paid=is_phone(message.channel),
            steps=story_of(message, labels),
            decisions=possible(message) if self.user.has_perms(CHANGE) else [],
            document_url=document_url(message),
            rule_url=rule_url(message),
            why_url=why_url(message),
            caught=caught(message),
            source_url=reverse("console:message_source", args=[message.pk]),
            file_url_base=reverse("console:message_file", args=[message.pk, 0]).removesuffix("0/"),
            **kwargs,
        )


@dataclass(frozen=True)
class ShownMessage:
    """A message as it goes over the wire, or the sentence why it cannot be shown."""

    mail: ShownMail | None = None
    bubble: Bubble | None = None
    problem: str = ""


def look_at(message: Message) -> ShownMessage:
    try:
        if is_phone(message.channel):
            return ShownMessage(bubble=message_bubble(message))
        return ShownMessage(mail=read_mail(preview(message).source))
    except CANNOT_SHOW as error:
        return ShownMessage(problem=str(error))


def other_way(way: dict[str, str]) -> str:
    """One of the ways that are tried when this one fails: “SMS +595 981 000 111”."""
    channel, address = way.get("channel", ""), way.get("address", "")
    shown = readable_number(address) if is_phone(channel) else address
    return f"{channel_word(channel)} {shown}"


def story_of(message: Message, labels: Labels) -> list[StoryStep]:
    steps = sent(message)
    if event := message.dispatch.event:
        steps += [*saved(changes_before(event), labels), happened(event, labels)]
        steps += judged_for(message, event)
    return in_order(steps)


def judged_for(message: Message, event: Event) -> list[StoryStep]:
    """Of the rules that looked at the event, the one that wrote this message."""
    own = event.outcomes.filter(dispatch=message.dispatch).select_related("rule")
    event._prefetched_objects_cache = {"outcomes": own}  # type: ignore[attr-defined]
    return judged(event) if own else []


def changes_before(event: Event) -> list[CapturedChange]:
    rows = CapturedChange.objects.filter(
        source__slug=event.source,
        document_type=event.document_type,
        document_key=event.document_key,
        recorded_at__lte=event.recorded_at,
    )
    return list(rows.select_related("source").order_by("-pk")[:MOST_CHANGES])


def document_url(message: Message) -> str:
    """Where “everything about this document” is, "" when it is about none."""
    dispatch = message.dispatch
    slug = dispatch.scope.removeprefix("source:")
    if slug == dispatch.scope or not dispatch.document_key:
        return ""
    return reverse("console:document", args=[slug, dispatch.document_type, dispatch.document_key])


def rule_url(message: Message) -> str:
    """Where the rule that wrote it is, "" when it was something else."""
    kind, _colon, number = message.dispatch.trigger.partition(":")
    is_rule = kind == "rule" and number.isdigit() and Rule.objects.filter(pk=number).exists()
    return reverse("console:rule", args=[number]) if is_rule else ""


def why_url(message: Message) -> str:
    """Where “why did it not arrive?” is asked of this person and document, "" without one."""
    dispatch = message.dispatch
    slug = dispatch.scope.removeprefix("source:")
    if slug == dispatch.scope or not dispatch.document_key:
        return ""
    number = message.contact_id
    person = f"contact:{number}" if number else f"address:{message.address}"
    document = (dispatch.document_type, dispatch.document_key)
    return question(person=person, source=slug, document=document)


def caught(message: Message) -> InboxMessage | None:
    """What the test inbox caught of this message."""
    if not message.is_redirected:
        return None
    bare = message.message_id.strip("<> ")
    return InboxMessage.objects.defer("raw").filter(message_id__in=[bare, f"<{bare}>"]).first()


class MessageSource(_OneMessage):
    def get(self, _request: HttpRequest, **_kwargs: UrlPart) -> HttpResponse:
        message = self.message()
        try:
            source = preview(message).source
        except CANNOT_SHOW as error:
            return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
        return bytes_answer(source, f"{message.pk}.eml", "message/rfc822")


class MessageFile(_OneMessage):
    def get(self, _request: HttpRequest, **kwargs: UrlPart) -> HttpResponse:
        seen = look_at(self.message())
        if seen.problem:
            return HttpResponse(seen.problem, status=409, content_type="text/plain; charset=utf-8")
        files = seen.mail.files if seen.mail else seen.bubble.files if seen.bubble else []
        return file_answer(files, int(kwargs["number"]))
