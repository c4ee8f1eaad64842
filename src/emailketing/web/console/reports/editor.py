"""The editor of a report, step by step; what was entered is kept as a draft."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from emailketing.audience.problem import Problem
from emailketing.listings.right import listings_for
from emailketing.triggers.reports.definition.checks import UNKNOWN, report_problems
from emailketing.triggers.reports.definition.draft import (
    begin_draft,
    drop_draft,
    finish_draft,
    keep_draft,
    known_columns,
    new_report,
    report_of,
)
from emailketing.triggers.reports.definition.right import unseen_by
from emailketing.triggers.reports.definition.save import ReportInvalid, choose_usual_texts
from emailketing.triggers.reports.models import Report, ReportDraft
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.reports.people import suggested
from emailketing.web.console.reports.step_check import CheckForm
from emailketing.web.console.reports.step_look import AppearanceForm
from emailketing.web.console.reports.step_what import WhatForm
from emailketing.web.console.reports.step_when import WhenForm
from emailketing.web.console.reports.step_who import WhoForm
from emailketing.web.console.reports.steps import STEPS, Desk, StepForm
from emailketing.web.console.reports.views import CHANGES, OneReport, in_words_of

ADDS = "reports.add_report"
FORMS: dict[str, type[StepForm]] = {
    "what": WhatForm,
    "when": WhenForm,
    "who": WhoForm,
    "look": AppearanceForm,
    "check": CheckForm,
}
ORDER = list(STEPS)
LEAVE, NEXT, SAVE = "leave", "next", "save"


class EditorView(ConsoleView):
    """For whoever may make reports, or change the one that is being changed."""

    permission_required = ("reports.view_report",)

    def dispatch(self, request: HttpRequest, *args: str, **kwargs: UrlPart) -> HttpResponseBase:
        wanted = CHANGES if self.changes_one else ADDS
        if request.user.is_authenticated and not request.user.has_perm(wanted):
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)

    @property
    def changes_one(self) -> bool:
        return self.draft is not None and self.draft.report_id is not None

    @cached_property
    def draft(self) -> ReportDraft | None:
        """Return the draft in the address, if it is one of this user's."""
        if "pk" not in self.kwargs or not self.request.user.is_authenticated:
            return None
        drafts = ReportDraft.objects.select_related("report__source", "report__owner")
        return drafts.filter(pk=self.kwargs["pk"], author=self.request.user.pk).first()

    @cached_property
    def report(self) -> Report:
        if self.draft:
            return report_of(self.draft)
        begun = new_report(timezone.now())
        asked = self.request.GET.get("listing", "")  # “Send it as a report” on its page
        if asked and any(known.name == asked for known in listings_for(self.user)):
            begun.listing = asked
        return begun

    def form(self, step: str, *, is_sent: bool = False) -> StepForm:
        columns = known_columns(self.draft) if self.draft else None
        desk = Desk(self.report, self.user, timezone.now(), columns)
        return FORMS[step](self.request.POST if is_sent else None, desk=desk)

    def keep(self, step: str = "", *, asks: bool = False) -> None:
        """Keep what was sent; a step that was not reached before counts as reached."""
        now = timezone.now()
        if self.draft is None:
            self.draft = begin_draft(Report(), author=self.user, now=now)
        known = self.draft.step if self.draft.step in ORDER else ORDER[0]
        is_further = step in ORDER and ORDER.index(step) > ORDER.index(known)
        reached = step if is_further else known
        keep_draft(self.draft, self.report, now=now, step=reached, asks=asks)

    def problems(self) -> list[Problem]:
        """What keeps the report from going out, by what its listing said last."""
        now = timezone.now()
        columns = known_columns(self.draft) if self.draft else None
        choose_usual_texts(self.report, now)
        unseen = unseen_by(self.report, self.user) if self.report.listing else []
        return [
            *unseen,
            *report_problems(self.report, now=now, columns=columns or UNKNOWN),
        ]


class EditReport(OneReport):
    """Begins to change a report, or goes on where its author left it."""

    permission_required = (CHANGES,)
    http_method_names = ["post"]

    def post(self, _request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        draft = begin_draft(self.report, author=self.user, now=timezone.now())
        return redirect("console:report_draft", pk=draft.pk, step=ORDER[0])


class Editor(EditorView, ConsolePage):
    """One step: GET shows it, POST keeps it and goes on."""

    template_name = "console/reports/edit.html"

    @property
    def step(self) -> str:
        step = str(self.kwargs.get("step") or ORDER[0])
        if step not in FORMS or ("pk" in self.kwargs and self.draft is None):
            raise Http404
        return step

    def get_title(self) -> str:
        return self.report.name or _("New report")

    def get_back(self) -> tuple[str, str] | None:
        if self.draft and self.draft.report:
            saved = self.draft.report
            return saved.name, reverse("console:report", args=[saved.pk])
        return _("Reports"), reverse("console:reports")

    def get_context_data(self, **kwargs: Shown) -> Context:
        step, given = self.step, kwargs.pop("form", None)
        form = given if isinstance(given, StepForm) else self._opened(step)
        place = ORDER.index(step)
        said: Context = {
            "form": form,
            "step": step,
            "step_template": form.template_name,
            "steps": self._steps(step),
            "draft": self.draft,
            "report": self.report,
            "lacks_columns": self.draft is not None and not self.draft.columns,
            "previous": ORDER[place - 1] if place else "",
            "wrong": self._wrong() if step == "check" else [],
        }
        columns = (known_columns(self.draft) if self.draft else None) or ()
        said |= in_words_of(self.report, columns) if step == "check" else {}
        return super().get_context_data(**{**kwargs, **said})

    def _opened(self, step: str) -> StepForm:
        """Return the step as it was left, with what is wrong where it was left already."""
        form = self.form(step)
        if self._reached > ORDER.index(step):
            form.tell(self.problems())
        return form

    @property
    def _reached(self) -> int:
        known = self.draft.step if self.draft else ""
        return ORDER.index(known) if known in ORDER else 0

    def _steps(self, step: str) -> list[tuple[str, Shown, str]]:
        """Return each step: its name, its label, and what it is: done, now, or to come."""
        here = ORDER.index(step)
        return [
            (name, label, "now" if n == here else "done" if n <= self._reached else "")
            for n, (name, label) in enumerate(STEPS.items())
        ]

    def _wrong(self) -> list[tuple[str, Shown, str]]:
        """Return each problem with the step that puts it right."""
        found: list[tuple[str, Shown, str]] = []
        for problem in self.problems():
            root = problem.place.partition(".")[0]
            step = next((name for name in ORDER if root in FORMS[name].places), ORDER[0])
            found.append((step, STEPS[step], str(problem)))
        return found

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        step, go = self.step, request.POST.get("go", NEXT)
        form = self.form(step, is_sent=True)
        is_readable = form.read()
        if self.draft is None and not self.report.source_id:
            form.tell(self.problems())
            return self._again(form)
        self.keep(step if go != NEXT else "")
        is_wrong = form.tell(self.problems()) or not is_readable
        if go == SAVE and not is_wrong:
            return self._save(form)
        if go in (NEXT, SAVE) and is_wrong:
            return self._again(form)
        if go == LEAVE:
            messages.success(request, _("The draft is kept: go on whenever you like."))
            return redirect("console:reports")
        return self._to(go if go in FORMS else self._next(step))

    def _next(self, step: str) -> str:
        """Go on to the next step, and remember how far it came."""
        following = ORDER[min(ORDER.index(step) + 1, len(ORDER) - 1)]
        if ORDER.index(following) > self._reached:
            self.keep(following)
        return following

    def _to(self, step: str) -> HttpResponse:
        if self.draft is None:
            return redirect("console:report_new")
        return redirect("console:report_draft", pk=self.draft.pk, step=step)

    def _again(self, form: StepForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _save(self, form: StepForm) -> HttpResponse:
        if self.draft is None:
            return self._again(form)
        try:
            report = finish_draft(self.draft, by=who(self.request), now=timezone.now())
        except ReportInvalid as error:
            form.tell(error.all)
            for problem in error.all:
                messages.error(self.request, str(problem))
            return self._again(form)
        saved = _("Saved: %(name)s") if report.is_active else _("Saved, and paused: %(name)s")
        messages.success(self.request, saved % {"name": report.name})
        return redirect("console:report", pk=report.pk)


class DropDraft(EditorView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        if self.draft is None:
            raise Http404
        drop_draft(self.draft)
        messages.success(request, _("The draft was thrown away."))
        return redirect("console:reports")


class Parameters(EditorView):
    """The fields of the chosen listing: what it is asked with."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        self.report.listing, self.report.values = request.GET.get("listing", "")[:120], {}
        return render(request, "console/reports/parameters.html", {"form": self.form("what")})


class Suggestions(EditorView):
    """Addresses of contacts whose name or address begins with what is typed."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        typed = str(next(iter(request.GET.values()), "")).rpartition(";")
        found = suggested(typed[2].strip())
        kept = f"{typed[0]}; " if typed[0] else ""
        options = [f"{kept}{one}" for one in found]
        return render(request, "console/reports/suggestions.html", {"options": options})
