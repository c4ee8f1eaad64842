"""What is done with a report: paused, resumed, run now, sent to oneself, deleted."""

import secrets

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.schedule.run_by_hand import (
    LONGEST_TOKEN,
    SentAlready,
    asks_again,
    day_begins,
    run_by_hand,
    sent_since,
)
from emailketing.triggers.reports.definition.save import (
    ReportInvalid,
    delete_report,
    pause_report,
    resume_report,
)
from emailketing.triggers.reports.definition.zone import zone_of_report
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.reports.views import CHANGES, RUNS, OneReport


class SwitchReport(OneReport):
    permission_required = (CHANGES,)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        is_on, words = request.POST.get("on") == "1", {"name": self.report.name}
        try:
            if is_on:
                resume_report(self.report, by=who(request), now=timezone.now())
                messages.success(request, _("“%(name)s” goes out again.") % words)
            else:
                pause_report(self.report, by=who(request), now=timezone.now())
                messages.success(request, _("“%(name)s” is paused.") % words)
        except ReportInvalid as error:
            messages.error(request, str(error))
        if request.POST.get("from") == "list":
            return redirect("console:reports")
        return redirect("console:report", pk=self.report.pk)


class _ByHand(OneReport, ConfirmPage):
    """Runs it now; the form's token is the key, so that a double click is one run (P1)."""

    permission_required = (CHANGES, RUNS)
    template_name = "console/reports/run.html"

    @cached_property
    def token(self) -> str:
        given = self.request.POST.get("token", "")[:LONGEST_TOKEN]
        return given or secrets.token_hex(8)

    def get_context_data(self, **kwargs: Shown) -> Context:
        return super().get_context_data(token=self.token, **kwargs)


class RunReport(_ByHand):
    title = gettext_lazy("Run now")
    explanation = gettext_lazy(
        "It reads today's data and is sent to everybody it is for. The plan stays as it is."
    )
    refusals = (SentAlready,)

    @cached_property
    def asked(self) -> str:
        """What it is asked before it goes out twice in one day."""
        zone = zone_of_report(self.report)
        sent = sent_since(self.report.trigger, day_begins(timezone.now(), zone))
        return asks_again(sent, zone) if sent else ""

    @property
    def question(self) -> str:
        return self.asked or _("Send “%(name)s” now?") % {"name": self.report.name}

    @property
    def button(self) -> str:
        return _("Send it again") if self.asked else _("Send it now")

    def get_context_data(self, **kwargs: Shown) -> Context:
        return super().get_context_data(again=bool(self.asked), **kwargs)

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        try:
            self._run(request)
        except SentAlready:  # since the page was opened: it asks now
            return self.render_to_response(self.get_context_data(), status=409)
        messages.success(request, _("The run is planned: it begins within seconds."))
        return redirect("console:report", pk=self.report.pk)

    def _run(self, request: HttpRequest) -> None:
        now, zone = timezone.now(), zone_of_report(self.report)
        is_again = request.POST.get("again") == "1"
        asked = None if is_again else (day_begins(now, zone), zone)
        run_by_hand(self.report.trigger, self.token, by=who(request), now=now, asked=asked)


class SendReportToMe(_ByHand):
    title = gettext_lazy("Send only to me")
    button = gettext_lazy("Send it to me")

    @property
    def question(self) -> str:
        words = {"name": self.report.name, "address": self.user.email or "—"}
        return _("Send “%(name)s” to %(address)s?") % words

    @property
    def explanation(self) -> str:
        if not self.user.email:
            return _("Your account has no e-mail address: write it under “My account” first.")
        return _("You get all rows, whatever its conditions say; nobody else gets anything.")

    def act(self, _reason: str) -> str | None:
        if not self.user.email:
            messages.error(self.request, self.explanation)
            return None
        run_by_hand(
            self.report.trigger,
            self.token,
            by=who(self.request),
            now=timezone.now(),
            only_to=self.user.email,
        )
        messages.success(self.request, _("The run is planned: it begins within seconds."))
        return None


class DeleteReport(OneReport, ConfirmPage):
    permission_required = ("reports.delete_report",)
    title = gettext_lazy("Delete report")
    explanation = gettext_lazy(
        "Messages already sent and the log of its runs stay; its files go within a day. To stop it "
        "only for a while, pause it."
    )
    button = gettext_lazy("Delete")
    done = gettext_lazy("The report was deleted.")
    is_dangerous = True

    @property
    def question(self) -> str:
        return _("Delete the report “%(name)s”?") % {"name": self.report.name}

    def act(self, _reason: str) -> str | None:
        delete_report(self.report, by=who(self.request), now=timezone.now())
        return reverse("console:reports")
