"""Looking before anything is done: the connection, what fits, the SQL that would run."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as render_page
from django.utils import timezone
from django.utils.translation import gettext as _

from emailketing.sources.attaching.check import check_source
from emailketing.sources.attaching.install import InstallPlan, plan
from emailketing.sources.models import Source
from emailketing.triggers.notifications.rules.hurt import in_words
from emailketing.web.console.forms.numbers import whole
from emailketing.web.console.frame.pages import ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.shown.connector_words import connector_of, said
from emailketing.web.console.sources.forms import ConnectionForm, connection_problem
from emailketing.web.console.sources.views import REFUSALS, OneSource
from emailketing.web.console.sources.wizard import draft_of


class TryConnection(ConsoleView):
    """“Test the connection” with what stands in the form, saved or not."""

    permission_required = ("sources.add_source", "sources.change_source")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        number = request.POST.get("source", "")
        known = Source.objects.filter(pk=whole(number) or 0).first()
        form = ConnectionForm(request.POST, instance=known or draft_of(request) or Source())
        context: Context = {"form": form}
        if form.is_valid():
            problem = connection_problem(form.filled())
            works = _("It works: the database let us in.")
            context = {"tone": "bad" if problem else "ok", "text": problem or works}
        return render_page(request, "console/senders/checked.html", context)


class CheckPage(OneSource, ConsolePage):
    """The report: does every query of the connector fit this database?"""

    permission_required = ("sources.view_source", "sources.change_source")
    template_name = "console/sources/check.html"

    def get_title(self) -> str:
        return _("Does it fit? %(name)s") % {"name": self.source.name}

    def get_context_data(self, **kwargs: Shown) -> Context:
        found: Context = {}
        try:
            found["report"] = report = check_source(self.source, now=timezone.now())
            found["losses"] = in_words(self.source, report.losses)
        except REFUSALS as error:
            found["problem"] = str(error)
        connector = connector_of(self.source)
        return super().get_context_data(
            source=self.source,
            connector=said(connector.title, self.source.connector) if connector else "",
            step=None if self.source.installed_at else 2,
            **found,
            **kwargs,
        )


class SqlPage(OneSource, ConsolePage):
    """Step 3: everything that would run in the business database, before it runs."""

    permission_required = ("sources.view_source", "sources.change_source")
    template_name = "console/sources/sql.html"

    def get_title(self) -> str:
        return _("What would run in “%(name)s”") % {"name": self.source.name}

    def get_context_data(self, **kwargs: Shown) -> Context:
        installer = installer_of(self.request)
        found: Context = {"installer": installer}
        try:
            found["plan"] = plan(self.source, installer=installer)
        except REFUSALS as error:
            found["problem"] = str(error)
        return super().get_context_data(
            source=self.source,
            step=None if self.source.installed_at else 3,
            **found,
            **kwargs,
        )


class DownloadSql(OneSource):
    """The script (or the grants) as a file, for a database administrator."""

    permission_required = ("sources.view_source", "sources.change_source")

    def get(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        try:
            found = plan(self.source, installer=installer_of(request))
        except REFUSALS as error:
            messages.error(request, str(error))
            return redirect("console:source", pk=self.source.pk)
        wants_grants = request.GET.get("what") == "grants"
        text = grants_text(found) if wants_grants else found.script
        what = "grants" if wants_grants else "install"
        return HttpResponse(
            text,
            content_type="application/sql; charset=utf-8",
            headers={
                "Content-Disposition": (
                    f'attachment; filename="emailketing-{self.source.slug}-{what}.sql"'
                )
            },
        )


def installer_of(request: HttpRequest) -> str:
    """The database account that will run the script, when it is another one."""
    return request.GET.get("installer", "").strip()[:63]


def grants_text(found: InstallPlan) -> str:
    return "\n".join(f"{statement.rstrip().rstrip(';')};" for statement in found.grants) + "\n"
