"""The list of sources, and what is done to one: install, repair, pause, resume, remove, delete.

Everything the business database refuses comes as one sentence (CaptureError, ConnectorError).
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.sources.attaching.accept import accept
from emailketing.sources.attaching.add import StillInstalled, delete_source
from emailketing.sources.attaching.install import install, remove, repair, warning_before_removal
from emailketing.sources.attaching.pause import pause, pause_for_upgrade, resume
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.in_use import news_of
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.hurt import in_words
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage, ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart, Words
from emailketing.web.console.shown.connector_words import connector_of, said

REFUSALS = (CaptureError, ConnectorError)
Verb = Callable[..., Any]


class SourceList(ConsolePage):
    permission_required = ("sources.view_source",)
    title = gettext_lazy("Sources")
    template_name = "console/sources/list.html"

    def get_context_data(self, **kwargs: Shown) -> Context:
        rows = []
        for source in Source.objects.all():
            connector = connector_of(source)
            rows.append(
                {
                    "source": source,
                    "connector": said(connector.title, source.connector) if connector else "",
                    "is_lost": connector is None,
                }
            )
        return super().get_context_data(
            rows=rows, can_add=self.user.has_perm("sources.add_source"), **kwargs
        )


class OneSource(ConsoleView):
    """A page about the source in its address."""

    @cached_property
    def source(self) -> Source:
        return get_object_or_404(Source, pk=self.kwargs["pk"])

    def get_back(self) -> tuple[str, str] | None:
        return self.source.name, reverse("console:source", args=[self.source.pk])


class _Act(OneSource):
    """One verb by POST, its outcome as a message, back to the page of the source."""

    permission_required = ("sources.change_source",)
    http_method_names = ["post"]
    done: Words = ""

    def verb(self) -> Verb:
        raise NotImplementedError

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        now = timezone.now()
        try:
            self.verb()(self.source, by=who(request), now=now)
        except REFUSALS as error:
            messages.error(request, str(error))
            return redirect(self.refused_url())
        messages.success(request, str(self.done) % {"name": self.source.name})
        return redirect(self.done_url())

    def done_url(self) -> str:
        return reverse("console:source", args=[self.source.pk])

    def refused_url(self) -> str:
        return reverse("console:source", args=[self.source.pk])


class Install(_Act):
    done = gettext_lazy("“%(name)s” is attached: what happens there from now on is noted.")

    def verb(self) -> Verb:
        return partial(install, take_over="take_over" in self.request.POST)

    def done_url(self) -> str:
        if self.request.session.get("setup"):
            return reverse("console:setup_source")
        return super().done_url()

    def refused_url(self) -> str:
        return reverse("console:source_sql", args=[self.source.pk])


class Repair(_Act):
    done = gettext_lazy("“%(name)s”: triggers and tables are as they should be.")

    def verb(self) -> Verb:
        return repair


class Pause(_Act):
    done = gettext_lazy("“%(name)s” is paused; its changes wait in its own database.")

    def verb(self) -> Verb:
        return pause


class PauseForUpgrade(_Act):
    done = gettext_lazy("“%(name)s”: our triggers are away; the upgrade may begin.")

    def verb(self) -> Verb:
        return pause_for_upgrade


class Resume(_Act):
    done = gettext_lazy("“%(name)s” is read again; what waited comes first.")

    def verb(self) -> Verb:
        return resume


class Accept(OneSource, ConfirmPage):
    """Work with a changed connector, though it takes something away."""

    permission_required = ("sources.change_source",)
    title = gettext_lazy("Changed connector")
    button = gettext_lazy("Work with it")
    refusals: ClassVar = REFUSALS
    is_dangerous = True
    template_name = "console/sources/accept.html"

    @property
    def question(self) -> str:
        return _("Let “%(name)s” work with the changed connector?") % {"name": self.source.name}

    @property
    def explanation(self) -> str:
        return _("Until you agree, the former one works on. What could not be read is read again.")

    def get_context_data(self, **kwargs: Shown) -> Context:
        losses = in_words(self.source, news_of(self.source))
        return super().get_context_data(losses=losses, **kwargs)

    def act(self, _reason: str) -> str:
        accept(self.source, by=who(self.request), now=timezone.now())
        messages.success(self.request, _("The source works with the connector as it is now."))
        return reverse("console:source", args=[self.source.pk])


class _TypeTheName(OneSource, ConfirmPage):
    """Asks for the source's name, typed, before something that cannot be undone."""

    template_name = "console/sources/type_the_name.html"
    is_dangerous = True

    def get_context_data(self, **kwargs: Shown) -> Context:
        return super().get_context_data(source=self.source, **kwargs)

    def act(self, _reason: str) -> str | None:
        typed = " ".join(self.request.POST.get("typed", "").split())
        if typed.casefold() != " ".join(self.source.name.split()).casefold():
            text = _("Nothing was done: the name typed is not “%(name)s”.")
            messages.error(self.request, text % {"name": self.source.name})
            return self.request.path
        return self.confirmed(timezone.now())

    def confirmed(self, now: datetime) -> str:
        raise NotImplementedError


class Remove(_TypeTheName):
    permission_required = ("sources.change_source",)
    title = gettext_lazy("Take out capture")
    button = gettext_lazy("Take it out")
    refusals: ClassVar = REFUSALS

    @property
    def question(self) -> str:
        return _("Take our triggers and tables out of the database of “%(name)s”?") % {
            "name": self.source.name
        }

    @property
    def explanation(self) -> str:
        text = _("The business system stays as it was before us. Rules and history stay here.")
        return f"{warning_before_removal(self.source)} {text}".strip()

    def confirmed(self, now: datetime) -> str:
        remove(self.source, by=who(self.request), now=now)
        messages.success(self.request, _("Taken out without a trace."))
        return reverse("console:source", args=[self.source.pk])


class Delete(_TypeTheName):
    """Forget a source that is not (or no longer) installed."""

    permission_required = ("sources.delete_source",)
    title = gettext_lazy("Delete source")
    button = gettext_lazy("Delete it here")

    @property
    def question(self) -> str:
        return _("Delete the source “%(name)s” from this console?") % {"name": self.source.name}

    @property
    def explanation(self) -> str:
        rules = Rule.objects.filter(source=self.source).count()
        text = _("With it go its %(count)s rules and what was captured; messages and events stay.")
        return text % {"count": rules}

    def confirmed(self, now: datetime) -> str:
        try:
            delete_source(self.source, by=who(self.request), now=now)
        except StillInstalled as error:
            messages.error(self.request, str(error))
            return reverse("console:source", args=[self.source.pk])
        messages.success(self.request, _("The source was deleted."))
        return reverse("console:sources")
