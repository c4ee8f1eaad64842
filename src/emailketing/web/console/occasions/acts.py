"""What is done with an occasion: switched, taken, answered, skipped, tried, deleted."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.contacts.models import Contact
from emailketing.outbox.queueing.dispatch import Recipient
from emailketing.triggers.occasions.definition.pack import NoReadyOccasion, take_ready
from emailketing.triggers.occasions.definition.right import may_see_rows
from emailketing.triggers.occasions.definition.save import (
    OccasionInvalid,
    answer_doubt,
    delete_occasion,
    pause_occasion,
    resume_occasion,
    skip,
    unskip,
    want_dates,
)
from emailketing.triggers.occasions.models import DoubtfulDay, Skip
from emailketing.triggers.occasions.running.coming import due_of
from emailketing.triggers.occasions.running.send_one import CannotSendOne, send_one
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage, ConsoleView
from emailketing.web.console.frame.shapes import UrlPart
from emailketing.web.console.occasions.views import ADDS, CHANGES, OneOccasion


def day_sent(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def _contact_sent(number: str) -> Contact | None:
    return get_object_or_404(Contact, pk=int(number)) if number.isdecimal() else None


class TakeReady(ConsoleView):
    """Make a ready one one's own. POST only."""

    permission_required = (ADDS,)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        try:
            made = take_ready(request.POST.get("name", ""), by=who(request), now=timezone.now())
        except (NoReadyOccasion, OccasionInvalid) as error:
            messages.error(request, str(error))
            return redirect("console:occasions")
        return redirect("console:occasion", pk=made.pk)


class _OccasionAct(OneOccasion):
    """POST only; goes back to the page it was done on."""

    permission_required = (CHANGES,)
    http_method_names = ["post"]

    def back(self) -> HttpResponse:
        asked = self.request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
        return redirect(asked if is_ours else reverse("console:occasion", args=[self.occasion.pk]))


class SwitchOccasion(_OccasionAct):
    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        words = {"name": self.occasion.name}
        try:
            if request.POST.get("on") == "1":
                resume_occasion(self.occasion, by=who(request), now=timezone.now())
                messages.success(request, _("“%(name)s” greets from today on.") % words)
            else:
                pause_occasion(self.occasion, by=who(request), now=timezone.now())
                messages.success(request, _("“%(name)s” is paused.") % words)
        except OccasionInvalid as error:
            messages.error(request, str(error))
        return self.back()


class AnswerDoubt(_OccasionAct):
    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        number, answer = request.POST.get("doubt", ""), request.POST.get("answer", "")
        if answer not in (DoubtfulDay.Answer.REAL, DoubtfulDay.Answer.LEAVE):
            raise Http404
        doubt = get_object_or_404(
            DoubtfulDay, occasion=self.occasion, pk=int(number) if number.isdecimal() else 0
        )
        said = DoubtfulDay.Answer(answer)
        answer_doubt(doubt, said, by=who(request), now=timezone.now())
        messages.success(request, _("Noted."))
        return self.back()


class SkipGreeting(_OccasionAct):
    """Leave out a day, or one person of it; or take in again."""

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        sent = request.POST
        day, name = day_sent(sent.get("day", "")), sent.get("of", "")[:120]
        contact = _contact_sent(sent.get("contact", ""))
        if sent.get("undo") == "1":
            wanted = Skip.objects.filter(occasion=self.occasion, day=day, name=name)
            if found := wanted.filter(contact=contact).first():
                unskip(found, by=who(request), now=timezone.now())
        else:
            whom = (contact, name) if contact else None
            skip(self.occasion, day, whom, by=who(request), now=timezone.now())
        return self.back()


class ReadDates(_OccasionAct):
    """Ask for its listing to be read by the next worker."""

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        if not self.occasion.listing:
            raise Http404
        want_dates(self.occasion, now=timezone.now())
        messages.success(request, _("Its listing is read within seconds: look again."))
        return self.back()


class SendGreetingToMe(_OccasionAct):
    """“Send me this one”: as it would be written, to whoever asks."""

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        day, name = day_sent(request.POST.get("day", "")), request.POST.get("of", "")
        contact = _contact_sent(request.POST.get("contact", ""))
        is_seen = may_see_rows(self.user, self.occasion)
        due = due_of(self.occasion, day, contact.pk, name) if contact and is_seen else None
        if due is None:
            raise Http404
        if not self.user.email:
            messages.error(
                request,
                _("Your account has no e-mail address: write it under “My account” first."),
            )
            return self.back()
        to = Recipient(address=self.user.email, why=_("test"))
        try:
            send_one(self.occasion, due, to=to, by=who(request), now=timezone.now())
        except CannotSendOne as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Sent to %(address)s.") % {"address": self.user.email})
        return self.back()


class DeleteOccasion(OneOccasion, ConfirmPage):
    permission_required = ("occasions.delete_occasion",)
    title = gettext_lazy("Delete special date")
    explanation = gettext_lazy("Messages already sent stay. To stop it only for a while, pause it.")
    button = gettext_lazy("Delete")
    done = gettext_lazy("The occasion was deleted.")
    is_dangerous = True

    @property
    def question(self) -> str:
        return _("Delete the occasion “%(name)s”?") % {"name": self.occasion.name}

    def act(self, reason: str) -> str:
        del reason
        delete_occasion(self.occasion, by=who(self.request), now=timezone.now())
        return reverse("console:occasions")
