"""The test message, seen in the built-in inbox; and what comes next."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as render_page
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.declared import EMAIL
from emailketing.channels.models import InboxMessage, Sender
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.dispatch import Recipient
from emailketing.outbox.queueing.test_mail import SenderTestFailed, send_test
from emailketing.sources.reading.sample import past_documents
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.trying.send_trial import TrialFailed, send_trial
from emailketing.web.console.first_run.views import BEGUN, PERMISSION, SetupPage, is_set_up
from emailketing.web.console.forms.numbers import whole
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.shown.mail import read_mail
from emailketing.web.console.sources.views import REFUSALS

MOST_TRIES = 60  # the page asks once a second


def _mail_senders() -> QuerySet[Sender]:
    return Sender.objects.filter(is_active=True, channel=EMAIL)


class TestStep(SetupPage):
    name = "setup_test"
    title = gettext_lazy("A message to look at")
    template_name = "console/first_run/test.html"

    def get_context_data(self, **kwargs: Shown) -> Context:
        return super().get_context_data(
            rule=Rule.objects.order_by("pk").first(),
            has_sender=_mail_senders().exists(),
            my_address=self.user.email,
            **kwargs,
        )

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        try:
            message = self._send()
        except (SenderTestFailed, TrialFailed, *REFUSALS) as error:
            messages.error(request, str(error))
            return redirect("console:setup_test")
        return self.render_to_response(self.get_context_data(message=message, tries=0))

    def _send(self) -> Message:
        """Write about the newest document, where there is a rule and one; else a plain test."""
        if not self.user.email:
            raise TrialFailed(_("Your user has no e-mail address. Ask an administrator to add it."))
        now, by = timezone.now(), who(self.request)
        rule = Rule.objects.select_related("source").order_by("pk").first()
        documents = past_documents(rule.source, rule.process, limit=1) if rule else []
        if rule and documents:
            reader = Recipient(
                address=self.user.email,
                name=self.user.get_full_name(),
                language=self.user.language,
                why=_("asked for a test"),
            )
            return send_trial(rule, documents[0], to=reader, by=by, now=now).dispatch.messages.get()
        sender = _mail_senders().order_by("-is_default", "pk").first()
        if sender is None:
            raise TrialFailed(_("There is no active sender. Make one under Senders."))
        return send_test(sender, self.user.email, by=by, now=now)


class Arrived(ConsoleView):
    """Has it come? Asked by the page until it has."""

    permission_required = PERMISSION

    def get(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        message = get_object_or_404(
            Message, pk=self.kwargs["pk"], dispatch__trigger__startswith="test:"
        )
        tries = whole(request.GET.get("tries", "0"))
        arrived = InboxMessage.objects.filter(message_id=message.message_id).first()
        context = {
            "message": message,
            "arrived": arrived,
            "mail": read_mail(bytes(arrived.raw)) if arrived else None,
            "tries": MOST_TRIES if tries is None else tries + 1,
            "is_over": tries is None or tries >= MOST_TRIES,
        }
        return render_page(request, "console/first_run/arrived.html", context)


class Done(SetupPage):
    name = "setup_done"
    title = gettext_lazy("That is all")
    template_name = "console/first_run/done.html"

    def get_context_data(self, **kwargs: Shown) -> Context:
        context = super().get_context_data(is_complete=is_set_up(), **kwargs)
        self.request.session.pop(BEGUN, None)
        return context
