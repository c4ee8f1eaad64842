"""Readers of a report: their pages without an account, the PIN, how often each wants it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from emailketing.channels.declared import EMAIL
from emailketing.common.language import active_language
from emailketing.links.models import SignedLink
from emailketing.links.public_address import why_no_links
from emailketing.triggers.reports.definition.pages import pages_of, revoke_pages
from emailketing.triggers.reports.definition.pin import PinInvalid, set_pin
from emailketing.triggers.reports.definition.readers import (
    ChoiceUnknown,
    CopyPlace,
    choose_copy,
    readers_of,
    state_sentence,
)
from emailketing.web.console.forms.numbers import whole
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart, Words
from emailketing.web.console.reports.views import CHANGES, PER_PAGE, VIEWS, OneReport, rights

OPEN, OVER, REVOKED = gettext_lazy("open"), gettext_lazy("over"), gettext_lazy("revoked")
LONGEST_ADDRESS, LONGEST_CHANNEL = 254, 20
CHOICES: dict[str, Words] = {
    "each": gettext_lazy("each time"),
    "weekly": gettext_lazy("at most once a week"),
    "monthly": gettext_lazy("at most once a month"),
    "pause": gettext_lazy("paused for 30 days"),
    "end": gettext_lazy("no more"),
}


@dataclass(frozen=True, slots=True)
class PageLine:
    """One reader's page of one run."""

    link: SignedLink
    run: int | None
    state: Words
    tone: str

    @property
    def is_open(self) -> bool:
        return self.tone == "ok"


def page_line(link: SignedLink, now: datetime) -> PageLine:
    run = whole(link.detail.partition("/")[0])
    if link.revoked_at is not None:
        return PageLine(link, run, REVOKED, "bad")
    if link.expires_at is not None and link.expires_at <= now:
        return PageLine(link, run, OVER, "muted")
    return PageLine(link, run, OPEN, "ok")


class SignedPages(OneReport, ConsolePage):
    """GET lists them; POST ends some, or sets the PIN that is asked for first."""

    permission_required = (VIEWS,)
    title = gettext_lazy("Pages without an account")
    template_name = "console/reports/signed_pages.html"

    def get_context_data(self, **kwargs: Shown) -> Context:
        now = timezone.now()
        page = Paginator(pages_of(self.report), PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            report=self.report,
            page=page,
            lines=[page_line(link, now) for link in page],
            has_pin=bool(self.report.pin_secret),
            why=why_no_links(now),
            wishes=[
                (one, state_sentence(one, active_language())) for one in readers_of(self.report)
            ],
            choices=CHOICES.items(),
            **rights(self),
            **kwargs,
        )

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        if not self.user.has_perm(CHANGES):
            return self.handle_no_permission()
        asked = request.POST.get("do", "")
        if asked == "revoke":
            self._revoke(request)
        elif asked in ("pin", "no-pin"):
            self._set_pin(request.POST.get("pin", "").strip() if asked == "pin" else "", asked)
        elif asked == "wish":
            self._choose(request)
        return redirect("console:report_pages", pk=self.report.pk)

    def _revoke(self, request: HttpRequest) -> None:
        count = revoke_pages(
            self.report,
            by=who(request),
            now=timezone.now(),
            run=whole(request.POST.get("run", "")),
            reader=request.POST.get("reader", "")[:LONGEST_ADDRESS],
        )
        sentence = ngettext("%(count)s page was ended.", "%(count)s pages were ended.", count)
        messages.success(request, sentence % {"count": count})

    def _choose(self, request: HttpRequest) -> None:
        """Say for a reader how often he gets it (P9)."""
        channel = request.POST.get("channel", EMAIL)[:LONGEST_CHANNEL]
        address = request.POST.get("reader", "").replace("\x00", "").strip()[:LONGEST_ADDRESS]
        if not address:
            messages.error(request, _("Write the e-mail address or the phone."))
            return
        place, choice = CopyPlace(channel, address), request.POST.get("choice", "")[:20]
        try:
            made = choose_copy(self.report, place, choice, by=who(request), now=timezone.now())
        except ChoiceUnknown as error:
            messages.error(request, str(error))
            return
        words = {"address": made.address, "state": state_sentence(made, active_language())}
        messages.success(request, _("%(address)s: %(state)s.") % words)

    def _set_pin(self, pin: str, asked: str) -> None:
        if asked == "pin" and not pin:
            messages.error(self.request, _("A PIN has 4 to 12 digits."))
            return
        try:
            set_pin(self.report, pin, by=who(self.request), now=timezone.now())
        except PinInvalid as error:
            messages.error(self.request, str(error))
            return
        done = _("The PIN is asked for from now on.") if pin else _("No PIN is asked for.")
        messages.success(self.request, done)
