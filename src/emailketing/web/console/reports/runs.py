"""The runs of a report, and one run: what it took, who got it, its files while they are kept."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from emailketing.listings.right import may_see
from emailketing.outbox.models import Message
from emailketing.schedule.models import Run
from emailketing.schedule.sentence import run_words
from emailketing.triggers.reports.definition.zone import zone_of_report
from emailketing.triggers.reports.models import ReportRun
from emailketing.triggers.reports.running.kept_files import KeptFile, disk_use_of, files_of_run
from emailketing.triggers.reports.running.run_report import find_report
from emailketing.triggers.reports.running.write import told_prefix
from emailketing.web.console.frame.pages import ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.reports.views import RUNS, RUNS_SHOWN, VIEWS, OneReport
from emailketing.web.console.shown.runs import line_of, lines_of_runs

MOST_MESSAGES = 200
SEES_RUNS = "schedule.view_run"


class ReportRuns(OneReport):
    """The part of the report's page that asks again while a run is open."""

    permission_required = (VIEWS, SEES_RUNS)
    http_method_names = ["get"]

    def get(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        runs = Run.objects.filter(trigger=self.report.trigger)
        lines = [line_of(run) for run in runs[:RUNS_SHOWN]]
        context: Context = {
            "report": self.report,
            "lines": lines,
            "is_open": any(line.is_open for line in lines),
            "can_cancel": self.user.has_perm(RUNS),
            "is_of_report": True,
        }
        return render(request, "console/reports/runs.html", context)


class OneRun(ConsoleView):
    """A page about the run in its address."""

    permission_required = (VIEWS, SEES_RUNS)

    @cached_property
    def run(self) -> Run:
        return get_object_or_404(Run, pk=self.kwargs["pk"])

    @cached_property
    def sees_rows(self) -> bool:
        """Who may not see the listing gets none of its files, either."""
        report = find_report(self.run.trigger)
        return report is None or may_see(self.user, report.listing)


class RunPage(OneRun, ConsolePage):
    template_name = "console/reports/run_page.html"

    def get_title(self) -> str:
        report = find_report(self.run.trigger)
        zone = zone_of_report(report) if report else "UTC"
        return _("Run of %(when)s") % {"when": run_words(self.run.instant, zone)}

    def get_back(self) -> tuple[str, str] | None:
        line = lines_of_runs([self.run])[0]
        return (line.called, line.address) if line.address else (_("Runs"), reverse("console:runs"))

    def get_context_data(self, **kwargs: Shown) -> Context:
        noted = ReportRun.objects.filter(run=self.run).first()
        told = Message.objects.filter(dispatch__key__startswith=told_prefix(self.run))
        sees = self.user.has_perm("outbox.view_message")
        return super().get_context_data(
            line=line_of(self.run),
            run=self.run,
            noted=noted,
            files=files_of_run(self.run.pk) if self.sees_rows else [],
            is_hidden=not self.sees_rows,
            disk=disk_use_of([self.run]),
            told=list(told.select_related("dispatch").order_by("pk")[:MOST_MESSAGES])
            if sees
            else [],
            told_count=told.count(),
            can_cancel=self.user.has_perm(RUNS),
            **kwargs,
        )


class RunFile(OneRun):
    """A file of the run, as its readers got it: always saved, never shown as a page (S11)."""

    http_method_names = ["get"]

    def get(self, _request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> FileResponse:
        if not self.sees_rows:
            raise PermissionDenied
        number = self.kwargs["number"]
        found = next((one for one in files_of_run(self.run.pk) if one.number == number), None)
        if found is None:
            raise Http404
        return _saved(found)


def _saved(file: KeptFile) -> FileResponse:
    try:
        opened = file.path.open("rb")
    except OSError as error:  # it expired this very moment
        raise Http404 from error
    return FileResponse(opened, as_attachment=True, filename=file.name, content_type=file.mime_type)
