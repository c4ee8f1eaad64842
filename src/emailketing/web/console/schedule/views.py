"""The runs of everything that recurs, and what a schedule means before it is saved."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.schedule.models import Run
from emailketing.schedule.work import CannotCancel, cancel_run
from emailketing.web.console.forms.schedule_form import ScheduleForm
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage, ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.shown.runs import lines_of_runs

PER_PAGE = 50


class RunsPage(ConsolePage):
    permission_required = ("schedule.view_run",)
    title = gettext_lazy("Runs")
    template_name = "console/schedule/runs.html"

    def get_context_data(self, **kwargs: Shown) -> Context:
        state = self.request.GET.get("state", "")
        runs = Run.objects.filter(state=state) if state in Run.State.values else Run.objects.all()
        page = Paginator(runs, PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            page=page,
            lines=lines_of_runs(page),
            states=Run.State.choices,
            state=state,
            schedule=ScheduleForm(prefix="schedule", now=timezone.now()),
            can_change=self.user.has_perm("schedule.change_run"),
            **kwargs,
        )


class CancelRun(ConfirmPage):
    permission_required = ("schedule.change_run",)
    title = gettext_lazy("Runs")
    question = gettext_lazy("Stop this run?")
    explanation = gettext_lazy("Nothing is sent of it; the next one runs at its hour.")
    button = gettext_lazy("Stop it")
    done = gettext_lazy("The run is being stopped.")
    refusals = (CannotCancel,)

    @cached_property
    def run(self) -> Run:
        return get_object_or_404(Run, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Shown) -> Context:
        return super().get_context_data(run=self.run, **kwargs)

    def get_back(self) -> tuple[str, str] | None:
        line = lines_of_runs([self.run])[0]
        return (line.called, line.address) if line.address else (_("Runs"), reverse("console:runs"))

    def act(self, _reason: str) -> str | None:
        cancel_run(self.run, by=who(self.request), now=timezone.now())
        return None


class SaySchedule(ConsoleView):
    """The sentence and the next runs of a schedule as it stands in a form, saved or not."""

    permission_required = ("company.view_freeday",)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        prefix, branch = (request.POST.get(word, "")[:80] for word in ("prefix", "branch"))
        now = timezone.now()
        form = ScheduleForm(request.POST, prefix=prefix or None, branch=branch, now=now)
        form.is_valid()
        return render(request, "console/schedule/said.html", {"schedule": form})
