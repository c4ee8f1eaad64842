"""Pages of the senders. Administrators only change them and try their servers (S14)."""

import asyncio

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as render_page
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels import mailboxes
from emailketing.channels.base import AccountFailure, ChannelFailure
from emailketing.channels.catalogue import is_phone, kind_of, kinds
from emailketing.channels.declared import EMAIL
from emailketing.channels.hooks import has_hook
from emailketing.channels.http.adapter import hook_url_of
from emailketing.channels.models import Mailbox, Sender
from emailketing.channels.registry import adapter
from emailketing.channels.senders import (
    SenderInUse,
    SenderInvalid,
    begun,
    delete_sender,
    resume,
)
from emailketing.channels.tried import note_trial
from emailketing.common.crypto import SecretUnreadable
from emailketing.company.links import outside_address
from emailketing.company.models import Company
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.test_mail import SenderTestFailed, send_test
from emailketing.web.console.forms.numbers import whole
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage, ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.senders.form import SenderForm

LONGEST_CHECK = 20  # seconds
MOST_TESTS = 5
UNDER_WAY = (State.READY, State.CLAIMED, State.TRANSMITTING)


class SenderList(ConsolePage):
    permission_required = ("channels.view_sender",)
    title = gettext_lazy("Senders")
    template_name = "console/senders/list.html"

    def get_context_data(self, **kwargs: Shown) -> Context:
        return super().get_context_data(
            senders=Sender.objects.prefetch_related("users").order_by("-is_default", "name"),
            can_change=self.user.has_perm("channels.change_sender"),
            can_add=self.user.has_perm("channels.add_sender"),
            company=Company.get(),
            **kwargs,
        )


class OneSender(ConsoleView):
    @cached_property
    def sender(self) -> Sender:
        return get_object_or_404(Sender, pk=self.kwargs["pk"])

    def get_back(self) -> tuple[str, str] | None:
        return self.sender.name, reverse("console:sender", args=[self.sender.pk])


class SenderEdit(ConsolePage):
    permission_required = ("channels.view_sender",)
    template_name = "console/senders/edit.html"

    def dispatch(self, request: HttpRequest, *args: str, **kwargs: UrlPart) -> HttpResponseBase:
        verb = "change" if "pk" in self.kwargs else "add"
        if request.user.is_authenticated and not request.user.has_perm(f"channels.{verb}_sender"):
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def sender(self) -> Sender:
        if "pk" in self.kwargs:
            return get_object_or_404(Sender, pk=self.kwargs["pk"])
        made = begun(self.request.POST.get("kind") or self.request.GET.get("kind", ""))
        made.from_name = Company.get().name if "from_name" in kind_of(made.kind).fields else ""
        made.is_default = not Sender.objects.filter(channel=made.channel).exists()
        return made

    def get(self, request: HttpRequest, *args: str, **kwargs: UrlPart) -> HttpResponse:
        if "pk" not in self.kwargs and request.GET.get("kind") not in kinds():
            context = super().get_context_data(kinds=kinds().values())
            return render_page(request, "console/senders/choose.html", context)
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return self.sender.name if self.sender.pk else _("New sender")

    def get_back(self) -> tuple[str, str] | None:
        return _("Senders"), reverse("console:senders")

    def get_context_data(self, **kwargs: Shown) -> Context:
        return super().get_context_data(
            form=kwargs.pop("form", None) or SenderForm(instance=self.sender),
            sender=self.sender,
            mailbox=self._mailbox(),
            about=kind_of(self.sender.kind),
            my_address="" if is_phone(self.sender.channel) else self.user.email,
            hook_url=self._hook_url() if has_hook(self.sender.kind) else "",
            has_own_address=bool(outside_address() or Company.get().base_url),
            can_delete=self.user.has_perm("channels.delete_sender"),
            **kwargs,
        )

    def _mailbox(self) -> Mailbox | None:
        """Where its answers arrive; only mail has such a place, and only a saved sender."""
        has_one = self.sender.pk and self.sender.channel == EMAIL
        return mailboxes.begun(self.sender) if has_one else None

    def _hook_url(self) -> str:
        """Where the provider must send receipts; once the sender is saved."""
        if not self.sender.hook_token or not self.sender.pk:
            return ""
        path = reverse("public:hook", args=[self.sender.hook_token])
        return hook_url_of(self.sender) or self.request.build_absolute_uri(path)

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        form = SenderForm(request.POST, instance=self.sender)
        sender = form.keep(by=who(request), now=timezone.now()) if form.is_valid() else None
        if sender is None:
            return self.render_to_response(self.get_context_data(form=form), status=422)
        messages.success(request, _("Saved: %(name)s") % {"name": sender.name})
        return redirect("console:sender", pk=sender.pk)


def check_in_words(sender: Sender) -> tuple[bool, str]:
    """Connect and sign in, sending nothing; say whether it works."""
    try:
        wire = adapter(sender.kind)
        check = wire.check(wire.account_of(sender))
        reply = asyncio.run(asyncio.wait_for(check, LONGEST_CHECK))
    except (AccountFailure, ChannelFailure, SecretUnreadable) as error:
        return False, str(error)
    except TimeoutError:
        return False, _("The server does not answer. Check its name, the port and the encryption.")
    if not reply.code:
        return True, _("It can be reached. Whether it takes messages only a test message shows.")
    return True, _("It works: the server let us in (%(code)s).") % {"code": reply.code}


class CheckSender(ConsoleView):
    """“Test the connection” with what stands in the form, saved or not."""

    permission_required = ("channels.add_sender", "channels.change_sender")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        number = request.POST.get("sender", "")
        known = Sender.objects.filter(pk=whole(number) or 0).first()
        form = SenderForm(request.POST, instance=known or begun(request.POST.get("kind", "")))
        context: Context = {"form": form}
        if form.is_valid():
            works, sentence = check_in_words(form.instance)
            note_trial(form.instance, works=works, sentence=sentence, now=timezone.now())
            context = {"tone": "ok" if works else "bad", "text": sentence}
        return render_page(request, "console/senders/checked.html", context)


class SendTest(OneSender):
    permission_required = ("channels.change_sender",)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        to = request.POST.get("to", "").strip()
        try:
            send_test(self.sender, to, by=who(request), now=timezone.now())
        except SenderTestFailed as error:
            messages.error(request, str(error))
            return redirect("console:sender", pk=self.sender.pk)
        if Company.get().is_live:
            text = _("A test message to %(address)s is on its way.")
        else:
            text = _("A test message to %(address)s is on its way to the test inbox (sandbox).")
        messages.success(request, text % {"address": to})
        return redirect("console:sender", pk=self.sender.pk)


class Tests(OneSender):
    """The last tests of a sender and what became of them; asked again while one is under way."""

    permission_required = ("channels.change_sender",)

    def get(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        written = Message.objects.filter(dispatch__trigger=f"test:{self.sender.pk}")
        tests = list(written.order_by("-pk")[:MOST_TESTS])
        is_open = any(test.state in UNDER_WAY for test in tests)
        context = {"sender": self.sender, "tests": tests, "is_open": is_open}
        return render_page(request, "console/senders/tests.html", context)


class ResumeSender(OneSender):
    permission_required = ("channels.change_sender",)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        try:
            resume(self.sender, by=who(request), now=timezone.now())
        except SenderInvalid as error:
            messages.error(request, str(error))
            return redirect("console:sender", pk=self.sender.pk)
        messages.success(request, _("“%(name)s” sends again.") % {"name": self.sender.name})
        return redirect("console:sender", pk=self.sender.pk)


class DeleteSender(OneSender, ConfirmPage):
    permission_required = ("channels.delete_sender",)
    title = gettext_lazy("Delete sender")
    explanation = gettext_lazy("Its password is forgotten. A sender that has written stays.")
    button = gettext_lazy("Delete")
    is_dangerous = True
    refusals = (SenderInUse,)

    @property
    def question(self) -> str:
        return _("Delete the sender “%(name)s”?") % {"name": self.sender.name}

    def act(self, _reason: str) -> str | None:
        delete_sender(self.sender, by=who(self.request), now=timezone.now())
        return reverse("console:senders")
