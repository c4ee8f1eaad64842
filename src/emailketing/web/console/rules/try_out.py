"""“Try it”: what a rule would do with a past document, sending nothing; “send me this”."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from emailketing.audience.template_data import template_data
from emailketing.channels.catalogue import phones
from emailketing.channels.declared import EMAIL
from emailketing.common.conditions import Condition, leaves
from emailketing.common.document import Document, document_in
from emailketing.common.language import active_language
from emailketing.content.formats import NotAValue, day
from emailketing.content.look import look_for
from emailketing.events.models import Event
from emailketing.outbox.queueing.dispatch import Recipient
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.reading.sample import past_documents
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.trying.send_trial import TrialFailed, send_trial
from emailketing.triggers.notifications.trying.try_out import Trial, try_rule
from emailketing.web.console.forms.numbers import whole
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.rules.bubbles import trial_bubbles
from emailketing.web.console.rules.form import RuleForm
from emailketing.web.console.rules.views import OneRule
from emailketing.web.console.shown.documents_drawn import drawn_pages
from emailketing.web.console.shown.preview import data_address, view_of

OFFERED, SEARCHED = 40, 200


def trial_context(rule: Rule, asked: Mapping[str, str]) -> Context:
    """Gather what the panel shows; `asked`: the key of a document, what to search for."""
    wanted, search = asked.get("document", ""), asked.get("search", "").strip()
    if event := noticed(rule, asked.get("event", "")):
        return shown(rule, document_in(event.data), event)
    try:
        documents = find_documents(rule, search)
    except (CaptureError, ConnectorError) as error:
        return {"unreadable": str(error)}
    if not documents and not search:
        return {"has_none": True}
    found_none = not documents
    documents = documents or find_documents(rule, "")
    chosen = next((d for d in documents if str(d.get("key")) == wanted), documents[0])
    return {
        "documents": [(str(d.get("key")), document_line(d)) for d in documents],
        "search": search,
        "found_none": found_none,
        "forgets_before": _asks_before(rule.condition),
        **shown(rule, chosen),
    }


def noticed(rule: Rule, number: str) -> Event | None:
    """The event that is asked for, if it is one of this rule's process."""
    own = Event.objects.filter(source=rule.source.slug, kind=rule.process)
    return own.filter(pk=whole(number) or 0).first()


def shown(rule: Rule, chosen: Document, event: Event | None = None) -> Context:
    """What would come of one document; an event also knows what was before."""
    before = (event.data.get("before") or {}) if event else None
    trial = try_rule(rule, chosen, before=before, event=event)
    return {
        "event": event,
        "chosen": chosen,
        "trial": trial,
        "mails": _mails(rule, trial),
        "bubbles": trial_bubbles(rule, trial),
        "pages": _pages(rule, chosen, trial),
        "files": [
            {
                "name": f.file_name,
                "href": data_address(f.content, f.mime_type),
                "language": f.language,
            }
            for f in trial.files
        ],
    }


def find_documents(rule: Rule, search: str) -> list[Document]:
    """Return the newest ones, or the newest whose number or party holds what is searched for.

    Raises:
        CaptureError, ConnectorError: one sentence.
    """
    limit = SEARCHED if search else OFFERED
    documents = past_documents(rule.source, rule.process, limit=limit)
    wanted = search.casefold()
    return [d for d in documents if wanted in document_line(d).casefold()][:OFFERED]


def document_line(document: Document) -> str:
    """“Orden de compra OC-0136 · 23/11/2026 · Distribuidora”."""
    date = document.get("date")
    try:
        shown = day(date, active_language()) if date else ""
    except NotAValue:
        shown = str(date)
    name = (document.get("party") or {}).get("name") or ""
    label = document.get("label") or document.get("number") or document.get("key")
    return " · ".join(str(part) for part in (label, shown, name) if part)


def _asks_before(condition: Condition) -> bool:
    """A past document does not know what it was before."""
    return any(
        leaf.get("when") == "before" or leaf.get("op") == "changed" for leaf in leaves(condition)
    )


def _mails(rule: Rule, trial: Trial) -> list[Any]:
    if rule.template is None:
        return []
    look = look_for(rule.template)
    return [
        view_of(
            mail,
            look,
            language=language,
            readers=tuple(r.name or r.address for r in trial.recipients if r.language == language),
        )
        for language, mail in trial.mails.items()
    ]


def _pages(rule: Rule, document: Document, trial: Trial) -> list[str]:
    if rule.template is None or not trial.files:
        return []
    return drawn_pages(
        rule.template.layout,
        template_data(document),
        language=trial.files[0].language or "es",
        brand=look_for(rule.template),
    )


class TryRule(OneRule, ConsolePage):
    permission_required = ("notifications.view_rule",)
    template_name = "console/rules/try.html"

    def get_title(self) -> str:
        return _("Try it: %(rule)s") % {"rule": self.rule.name}

    def get_context_data(self, **kwargs: Shown) -> Context:
        return super().get_context_data(
            rule=self.rule,
            can_send=self.user.has_perm("notifications.change_rule"),
            my_address=self.user.email,
            writes_mails=self.rule.delivery != Rule.Delivery.PHONE,
            **trial_context(self.rule, self.request.GET),
            **kwargs,
        )


class TryDraft(ConsoleView):
    """The panel in the editor: the rule as it stands in the form, saved or not."""

    permission_required = ("notifications.view_rule", "notifications.change_rule")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        values = request.POST.copy()
        values["name"] = values.get("name") or _("New rule")
        values.pop("is_active", None)  # what only a rule that writes needs is no matter here
        form = RuleForm(values, instance=Rule(), user=self.user)
        if not form.works(timezone.now()):
            context: Context = {"invalid": form}
        else:
            rule = form.save(commit=False)
            context = {"is_draft": True, **trial_context(rule, request.POST)}
        return render(request, "console/rules/trial.html", context)


class SendMe(OneRule):
    permission_required = ("notifications.view_rule", "notifications.change_rule")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        wanted = request.POST.get("document", "")
        try:
            sentence = self._send(wanted)
        except (TrialFailed, CaptureError, ConnectorError) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, sentence)
        response = redirect("console:rule_try", pk=self.rule.pk)
        response["Location"] += f"?{urlencode({'document': wanted})}"
        return response

    def _send(self, wanted: str) -> str:
        documents = past_documents(self.rule.source, self.rule.process, limit=SEARCHED)
        chosen = next((d for d in documents if str(d.get("key")) == wanted), None)
        if chosen is None:
            raise TrialFailed(_("The document is not there any more. Choose another."))
        reader = self._reader()
        send_trial(self.rule, chosen, to=reader, by=who(self.request), now=timezone.now())
        return _("A test message to %(address)s is on its way.") % {"address": reader.address}

    def _reader(self) -> Recipient:
        """Who asks: by mail as the user is known, on a phone at the number that was entered."""
        channel, address = EMAIL, self.user.email
        if self.request.POST.get("channel") in phones():
            channel, address = self.request.POST["channel"], self.request.POST.get("to", "")
        elif not address:
            raise TrialFailed(_("Your user has no e-mail address. Ask an administrator to add it."))
        return Recipient(
            address=address.strip(),
            channel=channel,
            name=self.user.get_full_name(),
            language=self.user.language,
            why=_("asked for a test"),
        )
