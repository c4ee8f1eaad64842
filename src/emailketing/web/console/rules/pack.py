"""“Notifications” of a source: every rule its connector proposes, one switch each."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.content.store import StoreFull
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.models import Source
from emailketing.triggers.notifications.keys import with_needed
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.pack import left_out, make_pack
from emailketing.triggers.notifications.rules.save import RuleInvalid
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.rules.sentence import sentence
from emailketing.web.console.shown.connector_words import connector_of, process_label, said


class Pack(ConsolePage):
    """The rules that are ready; GET shows, POST makes what is not there yet, switched off."""

    permission_required = ("notifications.view_rule",)
    template_name = "console/rules/pack.html"

    @cached_property
    def source(self) -> Source:
        return get_object_or_404(Source, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return _("Notifications of %(source)s") % {"source": self.source.name}

    def get_back(self) -> tuple[str, str]:
        return _("Rules"), reverse("console:rules")

    def get_context_data(self, **kwargs: Shown) -> Context:
        rows = self._rows()
        return super().get_context_data(
            source=self.source,
            rows=rows,
            missing=[row for row in rows if row["rule"] is None],
            can_add=self.user.has_perm("notifications.add_rule"),
            can_change=self.user.has_perm("notifications.change_rule"),
            **kwargs,
        )

    def _rows(self) -> list[Context]:
        connector = connector_of(self.source)
        made = {
            rule.ready_made: rule
            for rule in with_needed(Rule.objects.filter(source=self.source))
            if rule.ready_made
        }
        return [
            {
                "label": said(ready.label, ready.name),
                "process": process_label(self.source, ready.process),
                "rule": made.get(ready.name),
                "sentence": sentence(made[ready.name]) if ready.name in made else "",
            }
            for ready in (connector.rules.values() if connector else ())
        ]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        if not self.user.has_perm("notifications.add_rule"):
            return HttpResponse(status=403)
        before = set(Rule.objects.filter(source=self.source).values_list("pk", flat=True))
        try:
            rules = make_pack(self.source, by=who(request), now=timezone.now())
        except (ConnectorError, StoreFull, RuleInvalid) as error:
            messages.error(request, str(error))
            return redirect("console:rule_pack", pk=self.source.pk)
        new = [rule for rule in rules if rule.pk not in before]
        text = ngettext(
            "%(count)s rule was made. Switch on what you want.",
            "%(count)s rules were made. Switch on what you want.",
            len(new),
        )
        messages.success(request, text % {"count": len(new)})
        for why in left_out(self.source):
            messages.warning(request, why)
        return redirect("console:rule_pack", pk=self.source.pk)


def pack_links() -> list[tuple[str, str]]:
    """Return (name, address) of each source whose connector proposes rules."""
    return [
        (source.name, reverse("console:rule_pack", args=[source.pk]))
        for source in Source.objects.all()
        if (connector := connector_of(source)) and connector.rules
    ]
