"""Tags and filters of the console's own pages."""

from datetime import datetime
from decimal import Decimal

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from emailketing.channels.declared import EMAIL
from emailketing.channels.models import Sender
from emailketing.contacts.misread import why_misread
from emailketing.contacts.models import Address
from emailketing.outbox.models import Message
from emailketing.web.console.frame.banners import Banner, banners_for
from emailketing.web.console.frame.menu import name_at
from emailketing.web.console.frame.shapes import Context, Words
from emailketing.web.console.help.where import topic_of
from emailketing.web.console.shown.phone import cost_words, readable_number, size_words
from emailketing.web.console.shown.words import (
    channel_icon_of,
    channel_look_of,
    channel_word,
    tax_word,
    tone_of_message,
    tried_words,
)

register = template.Library()


@register.inclusion_tag("console/banners.html", takes_context=True)
def banners(context: template.Context) -> dict[str, list[Banner]]:
    """What everybody must know on every page: sandbox, stop, safe mode, worker."""
    request = context["request"]
    return {"banners": banners_for(request, timezone.now())}


@register.inclusion_tag("console/help/link.html", takes_context=True)
def help_link(context: template.Context) -> dict[str, str]:
    """The “?” that opens what explains this page; where nobody named it, the list of all."""
    match = context["request"].resolver_match
    topic = topic_of(match.view_name if match else "")
    url = reverse("console:help_topic", args=[topic]) if topic else reverse("console:help")
    return {"url": url, "language": get_language() or ""}


@register.inclusion_tag("console/search/link.html")
def search_link() -> dict[str, str]:
    """The button of “search everywhere”."""
    return {"url": reverse("console:search")}


@register.filter
def our_crumbs(parts: list[Context]) -> list[Context]:
    """Without the application's part; a list has the name that the menu gives it."""
    ours = parts[1:] if len(parts) > 1 else parts
    return [part | {"title": name_at(str(part.get("link", ""))) or part["title"]} for part in ours]


@register.filter
def moment(value: datetime | None) -> str:
    """A local date and time, to the second, that does not wrap: 24/11/2026 10:05:09."""
    if value is None:
        return ""
    return timezone.localtime(value).strftime("%d/%m/%Y %H:%M:%S")


@register.filter
def short_moment(value: datetime | None) -> str:
    """A local date and time for lists: today “10:05”, else “24/11 10:05”."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    if local.date() == timezone.localtime().date():
        return local.strftime("%H:%M")
    return local.strftime("%d/%m %H:%M")


@register.filter
def long_date(value: datetime | None) -> str:
    return date_format(timezone.localtime(value), "DATE_FORMAT") if value else ""


@register.filter
def state_badge(message: Message) -> SafeString:
    """The state of a message in a word and a colour."""
    return badge(message.get_state_display(), tone_of_message(message))


register.filter(why_misread)


@register.filter
def tried_badge(sender: Sender) -> SafeString:
    """Whether the sender's connection was tried as it is now."""
    words, tone = tried_words(sender)
    if tone == "bad":
        why = format_html('<span class="cf-errors">{}</span>', sender.tried_why)
        return format_html("{} {}", badge(words, tone), why)
    return badge(words, tone)


@register.simple_tag
def badge(text: Words, tone: str = "muted") -> SafeString:
    """tone: ok, info, warn, bad, muted."""
    return format_html('<span class="ek-badge ek-badge--{}">{}</span>', tone, text)


@register.simple_tag
def tax_number() -> str:
    return tax_word()


@register.filter
def channel_name(channel: str) -> str:
    return channel_word(channel)


@register.filter
def channel_look(channel: str) -> str:
    """Which bubble its messages are drawn in."""
    return channel_look_of(channel)


@register.filter
def channel_icon(channel: str) -> SafeString:
    """How it goes, as a small picture whose name is read aloud."""
    return _picture(channel_word(channel), channel_icon_of(channel))


@register.filter
def address_icon(kind: str) -> SafeString:
    """Where somebody is; whether a text reaches a phone is another question."""
    icon = "call" if kind == Address.Kind.PHONE else channel_icon_of(EMAIL)
    return _picture(str(Address.Kind(kind).label), icon)


def _picture(word: str, icon: str) -> SafeString:
    return format_html(
        '<span class="ek-channel" title="{0}">'
        '<span class="material-symbols-outlined" aria-hidden="true">{1}</span>'
        '<span class="ek-visually-hidden">{0}</span></span>',
        word,
        icon,
    )


@register.filter
def where_to(message: Message) -> str:
    """The address; a phone number as people read it."""
    is_mail = message.channel == "email"
    return str(message.address) if is_mail else readable_number(message.address)


@register.filter
def phone_number(address: str) -> str:
    return readable_number(address)


@register.filter
def segments(count: int | None) -> str:
    return size_words(count)


@register.filter
def cost(value: Decimal | None) -> str:
    return cost_words(value)


def two_lines(first: Words, second: Words) -> SafeString:
    """A cell of a list with a quiet second line."""
    if not second:
        return format_html("{}", first)
    line = '<div class="ek-two">{}<span class="ek-quiet ek-small">{}</span></div>'
    return format_html(line, first, second)
