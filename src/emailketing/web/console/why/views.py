from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from emailketing.company.models import Company
from emailketing.events.models import Event
from emailketing.outbox.afterwards.finding import Finding, PageReference
from emailketing.outbox.afterwards.how_it_stands import about_document
from emailketing.outbox.models import Message
from emailketing.triggers.notifications.explain import (
    Answer,
    Paper,
    Somebody,
    explain_day,
    explain_paper,
    people_of,
)
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown
from emailketing.web.console.why.ask import Asked, read

MOST_OFFERED = 8
ICONS = {
    "ok": "check_circle",
    "info": "schedule",
    "warn": "help",
    "bad": "cancel",
    "muted": "remove_circle",
}


@dataclass(frozen=True)
class FindingLine:
    """One finding as the page shows it."""

    finding: Finding
    icon: str
    url: str
    link: str


class Why(ConsolePage):
    """“Why did it not reach Juan?”, asked with a document or a day."""

    permission_required = (
        *("outbox.view_message", "events.view_event", "contacts.view_contact"),
        "notifications.view_rule",
    )
    template_name = "console/why/page.html"
    title = gettext_lazy("Why not?")

    def get_context_data(self, **kwargs: Shown) -> Context:
        today = timezone.now().astimezone(ZoneInfo(Company.get().time_zone)).date()
        asked = read(self.request.GET, today)
        answer = _answer(asked)
        return super().get_context_data(
            asked=asked,
            today=today.isoformat(),
            answer=answer,
            first=self._line(answer.first) if answer else None,
            happened=[self._line(one) for one in answer.happened] if answer else [],
            besides=[self._line(one) for one in answer.besides] if answer else [],
            people=[(one, _address(person=one.token, paper=asked.paper)) for one in asked.people],
            papers=[(one, _address(who=asked.who, paper=one)) for one in asked.papers],
            offered=[
                (one, _address(person=one.token, paper=asked.paper)) for one in _offered(asked)
            ],
            paper_url=_paper_url(asked.paper),
            **kwargs,
        )

    def _line(self, finding: Finding) -> FindingLine:
        place = finding.place
        url = self._url(place) if place else ""
        icon = ICONS.get(finding.tone, "help")
        return FindingLine(finding, icon, url, place.label if place and url else "")

    def _url(self, place: PageReference) -> str:
        """Return the address of the page, "" for who may not open it."""
        try:
            url = reverse(f"console:{place.page}", args=place.args)
        except NoReverseMatch:
            return ""
        page: Any = getattr(resolve(url).func, "view_class", None)
        needed = getattr(page, "permission_required", ())
        return url if self.user.has_perms(needed) else ""


def _answer(asked: Asked) -> Answer | None:
    if asked.somebody is None:
        return None
    if asked.paper is not None:
        return explain_paper(asked.somebody, asked.paper, now=timezone.now())
    if asked.day is not None and not asked.papers and not asked.what:
        return explain_day(asked.somebody, asked.day, now=timezone.now())
    return None


def _offered(asked: Asked) -> list[Somebody]:
    """Whom a document is about and who was written to: one of them is asked for most often."""
    if asked.paper is None or asked.somebody is not None or asked.people:
        return []
    events = Event.objects.about(*asked.paper.place)
    parties = (event.data.get("document", {}).get("party") or {} for event in events)
    keys = {(asked.paper.source, str(party["key"])) for party in parties if party.get("key")}
    found = {one.token: one for one in people_of(sorted(keys))}
    source, document_type, key = asked.paper.place
    about = about_document(f"source:{source}", document_type, key)
    rows = Message.objects.filter(about).select_related("contact")
    for row in rows[:MOST_OFFERED]:
        token = f"contact:{row.contact_id}" if row.contact_id else f"address:{row.address}"
        found.setdefault(token, Somebody(row.name or row.address, row.contact, (row.address,)))
    return list(found.values())[:MOST_OFFERED]


def _address(*, person: str = "", who: str = "", paper: Paper | None = None) -> str:
    query: list[tuple[str, str]] = [(name, value) for name, value in _pairs(person, who) if value]
    query += [("paper", part) for part in paper.place] if paper else []
    return f"{reverse('console:why')}?{urlencode(query)}"


def _pairs(person: str, who: str) -> list[tuple[str, str]]:
    return [("person", person), ("who", who)]


def _paper_url(paper: Paper | None) -> str:
    return reverse("console:document", args=paper.place) if paper else ""


def question(*, person: str = "", source: str = "", document: tuple[str, str] = ("", "")) -> str:
    """Return the address of the page with this question already asked."""
    paper = Paper(source, *document, "") if source and all(document) else None
    return _address(person=person, paper=paper)
