"""What has the words, kind by kind: what a person may not open is not named."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from emailketing.channels.catalogue import channel_of
from emailketing.common.folded import folded, has_all, terms
from emailketing.common.language import active_language
from emailketing.contacts.models import Contact
from emailketing.content.models import Revision, Template
from emailketing.events.models import Event
from emailketing.manual.pages import Page, pages
from emailketing.outbox.models import Message
from emailketing.search.find import best
from emailketing.search.models import Kind
from emailketing.sources.labels import Labels
from emailketing.triggers.notifications.keys import with_needed
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.occasions.models import Occasion
from emailketing.triggers.occasions.running.due import label_of
from emailketing.triggers.reports.models import Report
from emailketing.web.console.frame.shapes import Words
from emailketing.web.console.help.views import topic_url
from emailketing.web.console.search.settings import settings
from emailketing.web.console.shown.phone import readable_number
from emailketing.web.console.templates_.views import TEST
from emailketing.web.console.templates_.vocabulary import kind_words
from emailketing.web.console.templatetags.console import where_to

SHOWN = 6  # of one kind; the list has the rest
EVENTS = 60  # of which the documents are taken: one document has many
May = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    url: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class HitGroup:
    """Hits of one kind; `more` leads to the list with the same words when there are others."""

    title: Words
    icon: str
    hits: list[Hit]
    more: str = ""


def everywhere(words: str, may: May) -> list[HitGroup]:
    """Return the kinds that have hits, in the order people look for them."""
    wanted = terms(words)
    if not wanted:
        return []
    found = []
    for title, icon, permissions, hits, list_of in _KINDS:
        if all(may(permission) for permission in permissions):
            some = list(islice(hits(words, may), SHOWN + 1))
            more = _list_with(list_of, words) if list_of and len(some) > SHOWN else ""
            found.append(HitGroup(title, icon, some[:SHOWN], more))
    return [group for group in found if group.hits]


def _people(words: str, _may: May) -> Iterator[Hit]:
    rows = Contact.objects.prefetch_related("addresses").in_bulk(
        best(Kind.CONTACT, words, SHOWN + 1)
    )
    for number in sorted(rows, reverse=True):
        contact = rows[number]
        places = [
            readable_number(row.value) if row.kind == row.Kind.PHONE else row.value
            for row in contact.addresses.all()
        ]
        about = " · ".join(part for part in (contact.tax_id, *places[:2]) if part)
        yield Hit(contact.shown, reverse("console:contact", args=[contact.pk]), about)


def _documents(words: str, _may: May) -> Iterator[Hit]:
    labels, seen = Labels(), set()
    rows = Event.objects.filter(pk__in=best(Kind.EVENT, words, EVENTS)).exclude(document_key="")
    for event in rows.defer("data").order_by("-pk"):
        where = (event.source, event.document_type, event.document_key)
        if where in seen:
            continue
        seen.add(where)
        kind = labels.document_type(event.source, event.document_type)
        about = f"{kind} · {labels.source(event.source)} · {_day(event.recorded_at)}"
        title = event.document_label or event.document_key
        yield Hit(title, reverse("console:document", args=where), about)


def _messages(words: str, _may: May) -> Iterator[Hit]:
    rows = Message.objects.filter(pk__in=best(Kind.MESSAGE, words, SHOWN + 1))
    for row in rows.order_by("-pk"):
        whom = f"{row.name} · {where_to(row)}" if row.name else where_to(row)
        about = f"{whom} · {row.get_state_display()} · {_day(row.created_at)}"
        yield Hit(row.subject or whom, reverse("console:message", args=[row.pk]), about)


def _rules(words: str, _may: May) -> Iterator[Hit]:
    wanted = terms(words)
    labels = Labels()
    for rule in with_needed(Rule.objects.all()).order_by("name"):
        process = labels.process(rule.source.slug, rule.process)
        texts = [choice.template.name for choice in rule.choices.values() if choice.template]
        if has_all(folded(rule.name, process, rule.source.name, *texts), wanted):
            yield Hit(rule.name, reverse("console:rule", args=[rule.pk]), process)


def _reports(words: str, _may: May) -> Iterator[Hit]:
    wanted = terms(words)
    for report in Report.objects.order_by("name"):
        if has_all(folded(report.name, report.listing), wanted):
            url = reverse("console:report", args=[report.pk])
            yield Hit(report.name, url, report.listing)


def _occasions(words: str, _may: May) -> Iterator[Hit]:
    wanted = terms(words)
    for occasion in Occasion.objects.select_related("source").order_by("name"):
        if has_all(folded(occasion.name), wanted):
            url = reverse("console:occasion", args=[occasion.pk])
            yield Hit(occasion.name, url, label_of(occasion))


def _templates(words: str, _may: May) -> Iterator[Hit]:
    """By what they are called and by the words in them, in every language."""
    wanted = terms(words)
    words_only = Revision.objects.only("template", "language", "subject", "preheader", "body")
    found = Template.objects.exclude(slug__startswith=TEST).order_by("name")
    for template in found.prefetch_related(Prefetch("revisions", words_only.order_by("number"))):
        newest = {revision.language: revision for revision in template.revisions.all()}
        said = [part for r in newest.values() for part in (r.subject, r.preheader, r.body)]
        kept = folded(template.name, template.slug, template.description, *said)
        if has_all(kept, wanted):
            url = reverse("console:template", args=[template.pk])
            about = (str(channel_of(template.channel).label), kind_words(template))
            yield Hit(template.name, url, " · ".join(part for part in about if part))


def _settings(words: str, may: May) -> Iterator[Hit]:
    wanted = terms(words)
    for setting in settings(may):
        if has_all(folded(str(setting.title), str(setting.page), setting.more), wanted):
            page = str(capfirst(setting.page))
            title = str(capfirst(setting.title))
            yield Hit(title, setting.url, page if page != title else "")


def _help(words: str, _may: May) -> Iterator[Hit]:
    """The pages of the manual; those with the words in the title first."""
    wanted = terms(words)
    found = [page for page in pages(active_language()) if has_all(folded(page.title), wanted)]
    for page in pages(active_language()):
        if page not in found and has_all(_whole(page), wanted):
            found.append(page)
    for page in found:
        yield Hit(page.title, topic_url(page.topic))


@cache
def _whole(page: Page) -> str:
    """A page is longer than what is kept of one row, and the same until the next version."""
    return "".join(folded(part) for part in (page.title, *page.text.split("\n\n")))


def _day(moment: datetime) -> str:
    return str(date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT"))


def _list_with(view: str, words: str) -> str:
    query = {"q": words} | ({"period": "all"} if view in _WITH_PERIOD else {})
    return f"{reverse(view)}?{urlencode(query)}"


_WITH_PERIOD = {"admin:outbox_message_changelist", "admin:events_event_changelist"}
_KINDS: tuple[tuple[Words, str, tuple[str, ...], Callable[[str, May], Iterator[Hit]], str], ...] = (
    (
        _("People"),
        "contacts",
        ("contacts.view_contact",),
        _people,
        "admin:contacts_contact_changelist",
    ),
    (
        _("Documents"),
        "description",
        ("events.view_event", "outbox.view_message"),
        _documents,
        "console:documents",
    ),
    (
        _("Messages"),
        "outgoing_mail",
        ("outbox.view_message",),
        _messages,
        "admin:outbox_message_changelist",
    ),
    (_("Rules"), "bolt", ("notifications.view_rule",), _rules, "console:rules"),
    (_("Reports"), "table_chart", ("reports.view_report",), _reports, "console:reports"),
    (
        _("Special dates"),
        "celebration",
        ("occasions.view_occasion",),
        _occasions,
        "console:occasions",
    ),
    (_("Templates"), "article", ("content.view_template",), _templates, "console:templates"),
    (_("Settings"), "settings", (), _settings, ""),
    (_("Help"), "help", (), _help, ""),
)
