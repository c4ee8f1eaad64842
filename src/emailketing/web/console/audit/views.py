"""The search, one change with everything noted of it, and the export of what was found."""

from collections.abc import Iterator
from tempfile import TemporaryFile

from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.common.language import active_language
from emailketing.common.plain import Cell
from emailketing.company.models import Company
from emailketing.content.sheet.csv import CSV, write_csv
from emailketing.content.sheet.file_names import file_name
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.xlsx import XLSX, write_xlsx
from emailketing.events.models import Event
from emailketing.sources.audit.export import rows_to_take
from emailketing.sources.audit.search import ChangeTeller, columns, operation
from emailketing.sources.gaps import said
from emailketing.sources.models import CapturedChange
from emailketing.web.console.audit.asked import choices, filters_of
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown

VIEW = ("sources.view_capturedchange",)
PER_PAGE = 50
SHOWN_FIELDS = 3
MOST_GAPS = 10  # the sheet has all
TONES = {"I": "ok", "U": "info", "D": "bad", "T": "bad"}


class Search(ConsolePage):
    """Newest first, page by page from one number to the next: nothing is counted."""

    permission_required = VIEW
    template_name = "console/audit/search.html"
    title = gettext_lazy("Audit")

    def get_context_data(self, **kwargs: Shown) -> Context:
        filters, problems = filters_of(self.request.GET.dict())
        found = filters.changes()
        older_than = self.request.GET.get("older", "")
        if older_than.isdecimal():
            found = found.filter(pk__lt=int(older_than[:18]))
        changes = list(found[: PER_PAGE + 1])
        teller = ChangeTeller()
        return super().get_context_data(
            rows=[row(change, teller) for change in changes[:PER_PAGE]],
            older=changes[PER_PAGE - 1].pk if len(changes) > PER_PAGE else None,
            is_first=not older_than,
            filters=filters,
            gaps=[said(gap) for gap in filters.gaps()[:MOST_GAPS]] if not older_than else [],
            problems=problems,
            **choices(filters),
            **kwargs,
        )


def row(change: CapturedChange, teller: ChangeTeller) -> Context:
    fields = teller.fields(change)
    is_update = change.operation == "U"
    return {
        "change": change,
        "record": teller.record(change),
        "operation": operation(change),
        "tone": TONES.get(change.operation, "muted"),
        "fields": fields[:SHOWN_FIELDS] if is_update else [],
        "more": max(len(fields) - SHOWN_FIELDS, 0) if is_update else 0,
    }


class OneChange(ConsolePage):
    permission_required = VIEW
    template_name = "console/audit/change.html"

    def get_title(self) -> str:
        return ChangeTeller().record(self.change())

    def get_back(self) -> tuple[str, str]:
        return _("Audit"), reverse("console:audit")

    def change(self) -> CapturedChange:
        found = CapturedChange.objects.select_related("source")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Shown) -> Context:
        change, teller = self.change(), ChangeTeller()
        words = teller.words(change.source)
        return super().get_context_data(
            change=change,
            operation=operation(change),
            tone=TONES.get(change.operation, "muted"),
            table=words.table(change.table),
            fields=teller.fields(change),
            event=told_by(change),
            **kwargs,
        )


def told_by(change: CapturedChange) -> Event | None:
    if not change.audit_key:
        return None
    return Event.objects.about(change.source.slug, "change", change.audit_key).first()


class ExportAudit(ConsoleView):
    """What the search finds, as a sheet; who took it is noted."""

    permission_required = VIEW

    def get(self, request: HttpRequest, ending: str) -> HttpResponseBase:
        if ending not in {"csv", "xlsx"}:
            raise Http404
        filters, _problems = filters_of(request.GET.dict())
        rows = rows_to_take(filters, ending, by=who(request), now=timezone.now())
        name = file_name(f"{_('Audit')} {timezone.localtime():%Y-%m-%d %H%M}", ending)
        return _as_csv(rows, name) if ending == "csv" else _as_xlsx(rows, name)


def _as_csv(rows: Iterator[list[Cell]], name: str) -> HttpResponseBase:
    text = write_csv(columns(), rows, _frame())
    response = StreamingHttpResponse(text, content_type=f"{CSV}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _as_xlsx(rows: Iterator[list[Cell]], name: str) -> HttpResponseBase:
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it
    write_xlsx(file, columns(), rows, _frame())
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _frame() -> SheetFrame:
    zone = Company.get().time_zone
    return SheetFrame(title=_("Changes"), zone=zone, language=active_language())
