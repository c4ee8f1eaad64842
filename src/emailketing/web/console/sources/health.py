"""The page of one source: its health, what it brings, what to do when something is wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_page
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from emailketing.company.models import SafeMode
from emailketing.company.safe_mode import sentence
from emailketing.sources.audit.choices import open_tables
from emailketing.sources.audit.search import audit_of
from emailketing.sources.gaps import is_for_upgrade, outcome
from emailketing.sources.in_use import news_of
from emailketing.sources.models import Source
from emailketing.sources.undeclared import in_documents
from emailketing.sources.upkeep.facts import facts
from emailketing.sources.upkeep.health import look_after
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.hurt import in_words
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.shown.connector_words import connector_of, said
from emailketing.web.console.sources.views import REFUSALS, OneSource

MOST_GAPS = 50  # “source gaps” lists all
DRIFT = ("missing", "drifted", "damaged")


def health_context(source: Source) -> Context:
    is_away = is_for_upgrade(source)
    return {
        "source": source,
        "facts": facts(source),
        "is_for_upgrade": is_away,
        "needs_repair": not is_away
        and (
            any(source.health.get(name) for name in (*DRIFT, "misses"))
            or "heartbeat" in source.problem
        ),
    }


class SourcePage(OneSource, ConsolePage):
    permission_required = ("sources.view_source",)
    template_name = "console/sources/source.html"

    def get_title(self) -> str:
        return self.source.name

    def get_back(self) -> tuple[str, str] | None:
        return _("Sources"), reverse("console:sources")

    def get_context_data(self, **kwargs: Shown) -> Context:
        connector = connector_of(self.source)
        rules = dict.fromkeys(connector.processes, 0) if connector else {}
        for rule in Rule.objects.filter(source=self.source, is_active=True):
            rules[rule.process] = rules.get(rule.process, 0) + 1
        processes = [
            {
                "what": f"{self.source.pk}:{process.name}",
                "label": said(process.label, process.name),
                "paused": self.source.paused_in_words.get(process.name, ""),
                "rule_count": rules.get(process.name, 0),
            }
            for process in (connector.processes.values() if connector else ())
        ]
        mode = SafeMode.objects.filter(scope=self.source.scope, confirmed_at=None).first()
        undecided = open_tables(self.source, audit_of(self.source), now=timezone.now())
        return super().get_context_data(
            undecided=undecided,
            undecided_changes=sum(row.changes for row in undecided),
            connector=said(connector.title, self.source.connector) if connector else "",
            connector_version=connector.version if connector else "",
            processes=processes,
            undeclared=list(in_documents(connector)) if connector else [],
            safe_mode=mode,
            safe_mode_sentence=sentence(mode, self.source.name) if mode else "",
            losses=in_words(self.source, news_of(self.source)),
            is_lost=any(loss.kind == "folder" for loss in news_of(self.source)),
            gaps=[(gap, outcome(gap)) for gap in self.source.gaps.all()[:MOST_GAPS]],
            can_change=self.user.has_perm("sources.change_source"),
            can_delete=self.user.has_perm("sources.delete_source"),
            can_add_rule=self.user.has_perm("notifications.add_rule"),
            **health_context(self.source),
            **kwargs,
        )


class LookNow(OneSource):
    """Look at the source this moment; gives the facts anew."""

    permission_required = ("sources.view_source", "sources.change_source")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        refused = ""
        try:
            look_after(self.source, timezone.now())
        except REFUSALS as error:
            refused = str(error)
        self.source.refresh_from_db()
        context = {**health_context(self.source), "refused": refused, "can_change": True}
        return render_page(request, "console/sources/facts.html", context)
