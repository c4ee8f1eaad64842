from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from emailketing.events.models import Event
from emailketing.events.readers import has_read, read_at
from emailketing.search.models import Kind
from emailketing.sources.labels import Labels
from emailketing.triggers.notifications.firing.reader import RULES
from emailketing.triggers.notifications.models import Outcome
from emailketing.web.console.frame.base import PageAdmin
from emailketing.web.console.frame.shapes import Choices, Context, ListAdmin
from emailketing.web.console.lists.filters import PeriodFilter
from emailketing.web.console.lists.list_search import searched
from emailketing.web.console.shown.story import looks_of
from emailketing.web.console.templatetags.console import badge, short_moment

NO_RULE = "no_rule"
MOST_PEOPLE = 3
MOST_SHOWN = 140  # letters of a reason in the list; all of it stands on the page of the event


class RecordedPeriod(PeriodFilter):
    column = "recorded_at"


class EventSourceFilter(admin.SimpleListFilter):
    title = gettext_lazy("source")
    parameter_name = "source"

    def lookups(self, _request: HttpRequest, _model_admin: ListAdmin) -> Choices:
        return Labels().sources()

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(source=self.value()) if self.value() else queryset


class ProcessFilter(admin.SimpleListFilter):
    title = gettext_lazy("process")
    parameter_name = "kind"

    def lookups(self, _request: HttpRequest, _model_admin: ListAdmin) -> Choices:
        return Labels().processes()

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class CausedFilter(admin.SimpleListFilter):
    title = gettext_lazy("what it caused")
    parameter_name = "caused"

    def lookups(self, _request: HttpRequest, _model_admin: ListAdmin) -> Choices:
        return [*Outcome.Result.choices, (NO_RULE, gettext_lazy("no rule"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        if self.value() == NO_RULE:
            return queryset.filter(has_read(RULES), outcomes=None)
        return queryset.filter(outcomes__result=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(PageAdmin):
    page = "console:event"
    list_display = ("when", "process", "document", "caused")
    list_display_links = ("process",)
    list_filter = (RecordedPeriod, CausedFilter, ProcessFilter, EventSourceFilter)
    search_fields = ("document_label", "actor")
    search_help_text = gettext_lazy("Number, name, person or amount of the document, or who did it")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        found = super().get_queryset(request).defer("data")
        return found.prefetch_related("readings", "outcomes__rule", "outcomes__dispatch__messages")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        return searched(request, queryset, Kind.EVENT, search_term), False

    def changelist_view(
        self, request: HttpRequest, extra_context: Context | None = None
    ) -> HttpResponse:
        self.labels = Labels()
        return super().changelist_view(request, extra_context)

    @admin.display(description=gettext_lazy("when"), ordering="pk")
    def when(self, event: Event) -> str:
        return short_moment(event.recorded_at)

    @admin.display(description=gettext_lazy("process"))
    def process(self, event: Event) -> str:
        return self.labels.process(event.source, event.kind)

    @admin.display(description=gettext_lazy("document"))
    def document(self, event: Event) -> SafeString | str:
        if not event.document_key:
            return event.document_label
        address = reverse(
            "console:document", args=[event.source, event.document_type, event.document_key]
        )
        return format_html('<a class="ek-link" href="{}">{}</a>', address, event.document_label)

    @admin.display(description=gettext_lazy("what it caused"))
    def caused(self, event: Event) -> SafeString:
        outcomes = event.outcomes.all()
        if not outcomes:
            return badge(_("no rule") if read_at(RULES, event) else _("not looked at yet"))
        untouched = [one for one in outcomes if one.result == Outcome.Result.CONDITION]
        alike = untouched if len(untouched) > 1 else []
        lines = [_caused(outcome) for outcome in outcomes if outcome not in alike]
        lines += [_not_for(event, len(alike))] if alike else []
        return format_html("<div>{}</div>", format_html_join("", "{}", ((one,) for one in lines)))


def _not_for(event: Event, count: int) -> SafeString:
    """Several rules it was not for are one line; what each lacks, the event's page says."""
    text = ngettext("%(count)s rule", "%(count)s rules", count) % {"count": count}
    return format_html(
        '<div class="ek-caused">{} <a class="ek-link" href="{}">{}</a></div>',
        badge(str(Outcome.Result.CONDITION.label)),
        reverse("console:event", args=[event.pk]),
        text,
    )


def _people(outcome: Outcome) -> SafeString:
    """Each person once, by mail and phone or not; three of them, and how many more there are."""
    messages = outcome.dispatch.messages.all() if outcome.dispatch else ()
    first = {row.name or row.address: row.pk for row in reversed(messages)}
    people = [(reverse("console:message", args=[pk]), name) for name, pk in reversed(first.items())]
    if rest := people[MOST_PEOPLE:]:
        more = ngettext("and %(count)s more", "and %(count)s more", len(rest))
        more %= {"count": len(rest)}
        people[MOST_PEOPLE:] = [(reverse("console:event", args=[outcome.event_id]), more)]
    return format_html_join(", ", '<a class="ek-link" href="{}">{}</a>', people)


def _caused(outcome: Outcome) -> SafeString:
    """One rule's outcome: the messages it queued, or why there is none."""
    tone = looks_of(outcome)[1]
    links = _people(outcome) if outcome.dispatch else ""
    return format_html(
        '<div class="ek-caused">{} <span>{}</span> <span class="ek-quiet">{}</span></div>',
        badge(outcome.get_result_display(), tone),
        links or Truncator(outcome.in_words).chars(MOST_SHOWN),
        outcome.rule.name,
    )
