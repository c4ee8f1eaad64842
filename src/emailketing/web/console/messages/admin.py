from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from emailketing.channels.catalogue import channel_choices
from emailketing.company.identity import source_scope
from emailketing.outbox.models import Message
from emailketing.search.models import Kind
from emailketing.sources.labels import Labels
from emailketing.web.console.frame.base import PageAdmin
from emailketing.web.console.frame.shapes import Choices, ListAdmin
from emailketing.web.console.lists.filters import PeriodFilter
from emailketing.web.console.lists.list_search import searched
from emailketing.web.console.shown.phone import cost_words, size_words
from emailketing.web.console.shown.words import STATE_GROUPS
from emailketing.web.console.templatetags.console import (
    channel_icon,
    short_moment,
    state_badge,
    two_lines,
    where_to,
)


class StateFilter(admin.SimpleListFilter):
    """States in the few groups an operator thinks in."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, _request: HttpRequest, _model_admin: ListAdmin) -> Choices:
        return [(name, group.label) for name, group in STATE_GROUPS.items()]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        group = STATE_GROUPS.get(self.value() or "")
        return queryset.filter(group.condition) if group else queryset


class ChannelFilter(admin.SimpleListFilter):
    title = _("channel")
    parameter_name = "channel"

    def lookups(self, _request: HttpRequest, _model_admin: ListAdmin) -> Any:
        return channel_choices()

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        return queryset.filter(channel=self.value()) if self.value() else queryset


class MessageSourceFilter(admin.SimpleListFilter):
    title = _("source")
    parameter_name = "source"

    def lookups(self, _request: HttpRequest, _model_admin: ListAdmin) -> Choices:
        return Labels().sources()

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        slug = self.value()
        return queryset.filter(dispatch__scope=source_scope(slug)) if slug else queryset


class WhereFilter(admin.SimpleListFilter):
    title = _("where it went")
    parameter_name = "where"

    def lookups(self, _request: HttpRequest, _model_admin: ListAdmin) -> Choices:
        return [("inbox", _("to the test inbox")), ("recipient", _("to the recipient"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        wanted = {"inbox": True, "recipient": False}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(is_redirected=wanted)


@admin.register(Message)
class MessageAdmin(PageAdmin):
    """The ledger: few columns, a period by default, no count of everything."""

    page = "console:message"
    list_display = ("when", "to", "subject_and_document", "state_word")
    list_display_links = ("to",)
    list_filter = (
        PeriodFilter,
        StateFilter,
        ChannelFilter,
        "mail_class",
        MessageSourceFilter,
        WhereFilter,
    )
    search_fields = ("address",)
    search_help_text = _("Words of the subject, part of a name or address, or a document")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).select_related("dispatch").defer("dispatch__data")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        """Every word somewhere in subject, document, name or address."""
        return searched(request, queryset, Kind.MESSAGE, search_term), False

    @admin.display(description=_("when"), ordering="pk")
    def when(self, message: Message) -> str:
        return short_moment(message.created_at)

    @admin.display(description=pgettext_lazy("recipient of a message", "to"))
    def to(self, message: Message) -> SafeString:
        where = format_html("{} {}", channel_icon(message.channel), where_to(message))
        return two_lines(message.name, where) if message.name else where

    @admin.display(description=_("subject"))
    def subject_and_document(self, message: Message) -> SafeString:
        document = message.dispatch.document_label
        more = [
            "" if document in message.subject else document,
            size_words(message.segments),
            cost_words(message.cost),
        ]
        return two_lines(message.subject, " · ".join(part for part in more if part))

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, message: Message) -> SafeString:
        return two_lines(state_badge(message), message.in_words)
