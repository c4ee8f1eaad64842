from collections.abc import Iterator, Mapping

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from emailketing.common.document import as_json, document_in
from emailketing.common.plain import JSON, Values
from emailketing.company.models import Company
from emailketing.events.models import Event
from emailketing.outbox.models import Message
from emailketing.sources.labels import Labels, spelled
from emailketing.sources.models import CapturedChange
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown
from emailketing.web.console.shown.paper import Writer, lay_out
from emailketing.web.console.shown.story import ShownChange, happened, in_order, judged, saved, sent

MOST_CHANGES = 200


class EventPage(ConsolePage):
    """What happened, with the document as it was, and everything it caused."""

    permission_required = ("events.view_event",)
    template_name = "console/events/page.html"

    def get_title(self) -> str:
        event = self.event()
        names = {
            "process": Labels().process(event.source, event.kind),
            "document": event.document_label,
        }
        return _("%(process)s: %(document)s") % names if event.document_label else names["process"]

    def get_back(self) -> tuple[str, str]:
        return _("Events"), reverse("admin:events_event_changelist")

    def event(self) -> Event:
        found = Event.objects.prefetch_related(
            "readings", "outcomes__rule", "outcomes__dispatch__messages"
        )
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Shown) -> Context:
        event, labels = self.event(), Labels()
        messages = list(
            Message.objects.filter(dispatch__event=event)
            .select_related("dispatch")
            .prefetch_related("attempts", "decisions")
        )
        steps = [*saved(changes_of(event), labels), happened(event, labels), *judged(event)]
        for message in messages:
            steps += sent(message)
        return super().get_context_data(
            event=event,
            messages_caused=messages,
            source_name=labels.source(event.source),
            process=labels.process(event.source, event.kind),
            paper=lay_out(document_in(event.data), event.source, labels),
            before=before_after(event, labels),
            steps=in_order(steps),
            **kwargs,
        )


def changes_of(event: Event) -> list[CapturedChange]:
    """What was saved of the document until the event was written, since the event before it."""
    rows = CapturedChange.objects.filter(
        source__slug=event.source,
        document_type=event.document_type,
        document_key=event.document_key,
        recorded_at__lte=event.recorded_at,
    )
    earlier = Event.objects.about(event.source, event.document_type, event.document_key).filter(
        recorded_at__lt=event.recorded_at, pk__lt=event.pk
    )
    if last := earlier.order_by("-pk").first():
        rows = rows.filter(recorded_at__gt=last.recorded_at)
    return list(rows.select_related("source").order_by("-pk")[:MOST_CHANGES])


def before_after(event: Event, labels: Labels) -> list[ShownChange]:
    """What the document's values were before; columns no template can name are in the story."""
    document = document_in(event.data)
    writer = Writer(str(document.get("currency") or Company.get().currency))
    fields = labels.fields(event.source, event.document_type)
    changes = []
    for path, old in leaves(event.data.get("before") or {}):
        is_known, new = look_up(as_json(document), path)
        if is_known and old != new:
            label, kind = fields.get(path, (spelled(path), "text"))
            written = [writer.write(value, kind) or "—" for value in (old, new)]
            changes.append(ShownChange(label, *written))
    return changes


def leaves(values: Values, start: str = "") -> Iterator[tuple[str, JSON]]:
    """Every plain value with its dotted path."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{start}{name}.")
        elif not isinstance(value, list):
            yield f"{start}{name}", value


def look_up(document: JSON, path: str) -> tuple[bool, JSON]:
    for name in path.split("."):
        if not isinstance(document, Mapping) or name not in document:
            return False, None
        document = document[name]
    return True, document
