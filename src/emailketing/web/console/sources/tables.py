"""Of which tables messages tell: what happened in each lately, and one button to decide."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.common.language import active_language
from emailketing.sources.audit.choices import (
    TableStanding,
    UnknownDecision,
    UnknownTable,
    columns_of,
    decide,
    standings,
)
from emailketing.sources.audit.search import audit_of
from emailketing.sources.connectors import in_language
from emailketing.sources.models import TableChoice
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.sources.views import OneSource


class WatchedTables(OneSource, ConsolePage):
    """Every watched table; the one a mail's link names stands first, with its columns."""

    permission_required = ("sources.view_source",)
    title = gettext_lazy("What is told of")
    template_name = "console/sources/tables.html"

    def get_context_data(self, **kwargs: Shown) -> Context:
        audit = audit_of(self.source)
        found = standings(self.source, audit, now=timezone.now())
        chosen = next((row for row in found if row.table == self.request.GET.get("table")), None)
        rows = [
            (row, in_language(audit.table_label(row.table), active_language())) for row in found
        ]
        return super().get_context_data(
            source=self.source,
            rows=rows,
            undecided=[row for row in found if row.is_open and row.changes],
            undecided_changes=sum(row.changes for row in found if row.is_open),
            chosen=chosen,
            chosen_label=next((label for row, label in rows if row is chosen), ""),
            columns=self._columns(chosen) if chosen else [],
            can_change=self.user.has_perm("sources.change_source"),
            **kwargs,
        )

    def _columns(self, row: TableStanding) -> list[Context]:
        audit = audit_of(self.source)
        described = audit.table(row.table)
        left_out = {
            choice.column: choice
            for choice in TableChoice.objects.filter(source=self.source, table=row.table)
            if choice.column
        }
        seen = dict(columns_of(self.source, row.table))
        return [
            {
                "name": name,
                "label": in_language(audit.column(row.table, name).label, active_language()),
                "changes": seen.get(name, 0),
                "choice": left_out.get(name),
                "by_connector": described.ignores(name),
            }
            for name in dict.fromkeys([*left_out, *seen])
        ]


class DecideTable(OneSource):
    """Tell of a table or column, leave it out, or leave it to the connector: by POST only."""

    permission_required = ("sources.change_source",)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        table, column = request.POST.get("table", ""), request.POST.get("column", "")
        decision = request.POST.get("decision", "")
        if not table:
            return HttpResponseBadRequest()
        try:
            decide(
                self.source,
                table,
                decision,
                by=who(request),
                now=timezone.now(),
                column=column,
            )
        except UnknownDecision:
            return HttpResponseBadRequest()
        except UnknownTable as error:
            messages.error(request, str(error))
            return redirect("console:source_tables", self.source.pk)
        what = f"{table}.{column}" if column else table
        messages.success(request, _said(decision) % {"what": what})
        address = reverse("console:source_tables", args=[self.source.pk])
        return redirect(f"{address}?{urlencode({'table': table})}")


def _said(decision: str) -> str:
    return {
        "tell": _("From now on messages tell of “%(what)s”."),
        "leave-out": _("No message tells of “%(what)s” any more. It is still noted and found."),
        "undo": _("“%(what)s” is told again as the connector says."),
    }[decision]
