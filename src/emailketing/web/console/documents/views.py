"""“Everything about order 123”: captured changes, events, outcomes, messages, attempts."""

from typing import Any

from django.db.models import Max
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.common.document import document_in
from emailketing.company.identity import source_scope
from emailketing.events.models import Event
from emailketing.outbox.models import Message
from emailketing.search.find import narrowed, notes
from emailketing.search.models import Kind
from emailketing.sources.labels import Labels
from emailketing.sources.models import CapturedChange
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown
from emailketing.web.console.shown.paper import lay_out
from emailketing.web.console.shown.story import StoryStep, happened, in_order, judged, saved, sent

MOST_FOUND = 50
MOST_ROWS = 500


class FindDocument(ConsolePage):
    """By number or name, as it stands in the business system."""

    permission_required = ("events.view_event",)
    template_name = "console/documents/find.html"
    title = gettext_lazy("Documents")

    def get_context_data(self, **kwargs: Shown) -> Context:
        query = self.request.GET.get("q", "").strip()
        told = notes(query, Kind.EVENT) if query else []
        return super().get_context_data(query=query, found=find(query), notes=told, **kwargs)


def find(query: str) -> list[dict[str, Any]]:
    """The documents that have the words, the one last heard of first."""
    rows = narrowed(Event.objects.exclude(document_key=""), Kind.EVENT, query)
    grouped = (
        rows.values("source", "document_type", "document_key")
        .annotate(last=Max("pk"), at=Max("recorded_at"), label=Max("document_label"))
        .order_by("-last")[:MOST_FOUND]
    )
    labels = Labels()
    return [
        {
            **row,
            "kind": labels.document_type(row["source"], row["document_type"]),
            "source_name": labels.source(row["source"]),
            "url": reverse(
                "console:document", args=[row["source"], row["document_type"], row["document_key"]]
            ),
        }
        for row in grouped
    ]


class DocumentStory(ConsolePage):
    permission_required = ("events.view_event", "outbox.view_message")
    template_name = "console/documents/story.html"

    def get_title(self) -> str:
        return self._label

    def get_back(self) -> tuple[str, str]:
        return _("Documents"), reverse("console:documents")

    def get_context_data(self, **kwargs: Shown) -> Context:
        where = (self.kwargs["source"], self.kwargs["document_type"], self.kwargs["key"])
        labels = Labels()
        found = Event.objects.about(*where)
        caused = found.prefetch_related(
            "readings", "outcomes__rule", "outcomes__dispatch__messages"
        )
        events = list(caused[:MOST_ROWS])
        steps = story(where, events, labels)
        if not steps:
            raise Http404
        named = [event for event in events if event.document_label]
        self._label = named[-1].document_label if named else self.kwargs["key"]
        document = document_in(events[-1].data) if events else {}
        return super().get_context_data(
            steps=steps,
            place=where,
            kind=labels.document_type(where[0], where[1]),
            source_name=labels.source(where[0]),
            paper=lay_out(document, where[0], labels),
            **kwargs,
        )


def story(where: tuple[str, str, str], events: list[Event], labels: Labels) -> list[StoryStep]:
    source, document_type, key = where
    changes = CapturedChange.objects.filter(
        source__slug=source, document_type=document_type, document_key=key
    ).select_related("source")[:MOST_ROWS]
    messages = (
        Message.objects.filter(
            dispatch__scope=source_scope(source),
            dispatch__document_type=document_type,
            dispatch__document_key=key,
        )
        .select_related("dispatch")
        .prefetch_related("attempts", "decisions")[:MOST_ROWS]
    )
    steps = saved(changes, labels)
    for event in events:
        steps += [happened(event, labels), *judged(event)]
    for message in messages:
        steps += sent(message)
    return in_order(steps)
