"""The first steps of the wizard: where the database is, and which connector fits it."""

import json
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.common.crypto import SecretUnreadable, decrypt, encrypt
from emailketing.sources.attaching.add import add_source, change_source
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import Connector, ConnectorError, available
from emailketing.sources.dialects.registry import IN_A_FORM
from emailketing.sources.link import connected_to
from emailketing.sources.models import Source
from emailketing.sources.validate import paused, validate
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.shown.connector_words import said
from emailketing.web.console.sources.forms import ConnectionForm, connection_problem, free_slug
from emailketing.web.console.sources.views import REFUSALS, OneSource

DRAFT = "new_source"  # in the session, encrypted: nothing is saved before the connector is chosen
KEPT = ("name", "dialect", "host", "port", "database", "username")


def keep_draft(request: HttpRequest, source: Source) -> None:
    values = {name: getattr(source, name) for name in KEPT} | {"password": source.password}
    request.session[DRAFT] = encrypt(json.dumps(values))


def draft_of(request: HttpRequest) -> Source | None:
    try:
        values = json.loads(decrypt(request.session[DRAFT]))
    except (KeyError, ValueError, SecretUnreadable):
        return None
    password = values.pop("password")
    source = Source(**values)
    source.password = password
    return source


def way_back(request: HttpRequest) -> tuple[str, str]:
    """To the first steps while somebody is in them, else to the list."""
    if request.session.get("setup"):
        return _("First steps"), reverse("console:setup_source")
    return _("Sources"), reverse("console:sources")


class NewConnection(ConsolePage):
    """Step 1."""

    permission_required = ("sources.add_source",)
    title = gettext_lazy("Attach a business system")
    template_name = "console/sources/connection.html"
    back = None

    def get_back(self) -> tuple[str, str] | None:
        return way_back(self.request)

    def get_context_data(self, **kwargs: Shown) -> Context:
        draft = draft_of(self.request) or Source(dialect=IN_A_FORM)
        form = kwargs.pop("form", None) or ConnectionForm(instance=draft)
        return super().get_context_data(form=form, step=1, **kwargs)

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        form = ConnectionForm(request.POST, instance=draft_of(request) or Source())
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        source = form.filled()
        problem = connection_problem(source)
        if problem:
            context = self.get_context_data(form=form, problem=problem)
            return self.render_to_response(context, status=422)
        keep_draft(request, source)
        return redirect("console:source_connector")


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a connector fits the database: `missing` says what it would not find."""

    connector: Connector
    title: str
    description: str
    processes: list[str]
    missing: list[str]
    works: int

    @property
    def is_whole(self) -> bool:
        return not self.missing


def fits(source: Source) -> list[Fit]:
    """Try every connector for this kind of database; the best comes first.

    Raises:
        CaptureError: there is no connection.
    """
    found = []
    with connected_to(source) as (connection, _dialect):
        for connector in available():
            if source.dialect not in connector.dialects:
                continue
            problems = validate(connector, connection)
            idle = paused(problems)
            found.append(
                Fit(
                    connector=connector,
                    title=said(connector.title, connector.name),
                    description=said(connector.description),
                    processes=[said(p.label, p.name) for p in connector.processes.values()],
                    missing=[problem.sentence for problem in problems],
                    works=sum(name not in idle for name in connector.edges),
                )
            )
    return sorted(found, key=lambda fit: (-fit.works, len(fit.missing)))


class ChooseConnector(ConsolePage):
    """Step 2."""

    permission_required = ("sources.add_source",)
    title = gettext_lazy("Attach a business system")
    template_name = "console/sources/connector.html"

    def get_back(self) -> tuple[str, str] | None:
        return _("Connection"), reverse("console:source_new")

    def get(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        draft = draft_of(request)
        if draft is None:
            return redirect("console:source_new")
        try:
            found = fits(draft)
        except CaptureError as error:
            messages.error(request, str(error))
            return redirect("console:source_new")
        return self.render_to_response(self.get_context_data(fits=found, draft=draft, step=2))

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        draft = draft_of(request)
        if draft is None:
            return redirect("console:source_new")
        draft.connector, draft.slug = request.POST.get("connector", ""), free_slug(draft.name)
        try:
            source = add_source(draft, password=draft.password, by=who(request), now=timezone.now())
        except REFUSALS as error:
            messages.error(request, str(error))
            return redirect("console:source_connector")
        del request.session[DRAFT]
        return redirect("console:source_check", pk=source.pk)


class ChangeConnection(OneSource, ConsolePage):
    """Another server, file or password for a source that is there."""

    permission_required = ("sources.change_source",)
    template_name = "console/sources/connection.html"

    def get_title(self) -> str:
        return _("Connection of “%(name)s”") % {"name": self.source.name}

    def get_context_data(self, **kwargs: Shown) -> Context:
        form = kwargs.pop("form", None) or ConnectionForm(instance=self.source)
        return super().get_context_data(form=form, source=self.source, **kwargs)

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        form = ConnectionForm(request.POST, instance=self.source)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            source = change_source(form.filled(), by=who(request), now=timezone.now())
        except (CaptureError, ConnectorError) as error:
            form.refuse(error)
            return self.render_to_response(self.get_context_data(form=form), status=422)
        if problem := connection_problem(source):
            messages.warning(request, _("Saved, but: %(problem)s") % {"problem": problem})
        else:
            messages.success(request, _("Saved, and the connection works."))
        return redirect("console:source", pk=source.pk)
