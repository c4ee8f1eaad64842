"""The mailbox of a sender: its setting, a try of it, and what reading it came to."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.shortcuts import render as render_page
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.who import Who
from emailketing.channels.email.mailbox import reads_mailbox
from emailketing.channels.invalid import SenderInvalid
from emailketing.channels.mailboxes import (
    begun,
    forget_mailbox,
    save_mailbox,
    take_entered,
    try_mailbox,
)
from emailketing.channels.models import Mailbox, MailTaken
from emailketing.web.console.forms.reading_form import ReadingForm
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage, ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.senders.form import SECRET
from emailketing.web.console.senders.views import OneSender

LAST_SHOWN = 20


class MailboxForm(ReadingForm[Mailbox]):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        max_length=2000,
        widget=forms.PasswordInput(attrs=SECRET),
    )

    class Meta:
        model = Mailbox
        fields: ClassVar = [
            *("protocol", "host", "port", "security", "username", "folder", "every", "is_active"),
        ]
        help_texts: ClassVar = {
            "host": gettext_lazy("As your provider says, for example imap.example.com"),
            "port": gettext_lazy("IMAP: 993, POP3: 995, both with TLS"),
            "username": gettext_lazy("Most often the whole address"),
        }

    def what_is_wrong(self) -> Iterator[tuple[str, str]]:
        try:
            take_entered(self.instance, password=self.cleaned_data.get("password") or None)
        except SenderInvalid as found:
            yield from found.by_field()

    def keep(self, *, by: Who, now: datetime) -> Mailbox | None:
        """Save by the one function; None, with what is wrong, when it cannot be saved any more."""
        password = self.cleaned_data.get("password") or None
        try:
            return save_mailbox(self.instance, by=by, now=now, password=password)
        except SenderInvalid as found:
            self.tell(found.by_field())
            return None


def form_of(mailbox: Mailbox, entered: QueryDict | None = None) -> MailboxForm:
    form = MailboxForm(entered, instance=mailbox)
    if mailbox.password_encrypted:
        form.fields["password"].help_text = _("One is kept; leave empty to keep it.")
    return form


class OneMailbox(OneSender):
    permission_required = ("channels.change_sender",)

    @cached_property
    def mailbox(self) -> Mailbox:
        return begun(self.sender)


class MailboxEdit(OneMailbox, ConsolePage):
    template_name = "console/senders/mailbox.html"

    def get_title(self) -> str:
        return _("Mailbox of “%(name)s”") % {"name": self.sender.name}

    def get_context_data(self, **kwargs: Shown) -> Context:
        taken = MailTaken.objects.filter(mailbox=self.mailbox.pk)
        counts = dict(taken.order_by().values_list("result").annotate(Count("pk")))
        return super().get_context_data(
            form=kwargs.pop("form", None) or form_of(self.mailbox),
            sender=self.sender,
            mailbox=self.mailbox,
            is_read=reads_mailbox(self.sender, timezone.now()),
            counts=[(label, counts.get(value, 0)) for value, label in MailTaken.Result.choices],
            unheard=taken.filter(result=MailTaken.Result.REFUSED)[:LAST_SHOWN],
            **kwargs,
        )

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        form = form_of(self.mailbox, request.POST)
        kept = form.keep(by=who(request), now=timezone.now()) if form.is_valid() else None
        if kept is None:
            return self.render_to_response(self.get_context_data(form=form), status=422)
        messages.success(request, _("Saved: %(name)s") % {"name": kept})
        return redirect("console:sender_mailbox", pk=self.sender.pk)


class TryMailbox(OneMailbox):
    """“Try it” with what stands in the form, saved or not."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        form = form_of(self.mailbox, request.POST)
        context: Context = {"form": form}
        if form.is_valid():
            works, sentence = try_mailbox(form.instance)
            context = {"tone": "ok" if works else "bad", "text": sentence}
        return render_page(request, "console/senders/checked.html", context)


class ForgetMailbox(OneMailbox, ConfirmPage):
    title = gettext_lazy("Forget the mailbox")
    explanation = gettext_lazy(
        "Its password is forgotten, and what people ask for by mail is heard no more. Its mails"
        " stay where they are."
    )
    button = gettext_lazy("Forget it")
    is_dangerous = True

    @property
    def question(self) -> str:
        return _("Forget the mailbox of “%(name)s”?") % {"name": self.sender.name}

    def act(self, _reason: str) -> str | None:
        if self.mailbox.pk:
            forget_mailbox(self.mailbox, by=who(self.request), now=timezone.now())
        return reverse("console:sender", args=[self.sender.pk])
