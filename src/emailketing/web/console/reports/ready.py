"""The ready reports of the sources: each becomes one's own by one click, and rests until then."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.listings.right import may_see
from emailketing.schedule.sentence import sentence
from emailketing.triggers.reports.definition.ready import (
    NoReadyReport,
    OfferedReport,
    find_ready,
    offered_reports,
    take_ready,
)
from emailketing.triggers.reports.definition.save import ReportInvalid
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart

ADDS = "reports.add_report"


@dataclass(frozen=True, slots=True)
class ReadyLine:
    """A ready report as a line of the page."""

    offered: OfferedReport
    schedule: str


class ReadyReports(ConsolePage):
    """GET shows them; POST makes one one's own, at rest."""

    permission_required = (ADDS,)
    title = gettext_lazy("Ready reports")
    template_name = "console/reports/ready.html"

    def get_back(self) -> tuple[str, str] | None:
        return _("Reports"), reverse("console:reports")

    def get_context_data(self, **kwargs: Shown) -> Context:
        today = timezone.localdate()
        lines = [
            ReadyLine(one, sentence(one.recurrence, today))
            for one in offered_reports()
            if may_see(self.user, one.listing)
        ]
        return super().get_context_data(lines=lines, **kwargs)

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        name = request.POST.get("name", "")[:200]
        try:
            report = take_ready(find_ready(name), by=who(request), now=timezone.now())
        except (NoReadyReport, ReportInvalid) as error:
            messages.error(request, str(error))
            return redirect("console:report_ready")
        said = _("“%(name)s” is yours; it rests until it is resumed.")
        messages.success(request, said % {"name": report.name})
        return redirect("console:report", pk=report.pk)
