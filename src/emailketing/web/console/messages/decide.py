"""What a person may decide about a message: each on a page that asks first and wants a reason."""

from collections.abc import Callable
from typing import ClassVar

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.catalogue import is_phone
from emailketing.outbox.afterwards import resolve
from emailketing.outbox.afterwards.doubt import doubt
from emailketing.outbox.models import Message, State
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage
from emailketing.web.console.frame.shapes import Context, Shown, Words

CHANGE = ("outbox.change_message",)


class Decide(ConfirmPage):
    """One decision; `verb` is the outbox's own function."""

    permission_required = CHANGE
    template_name = "console/messages/decide.html"
    asks_reason = True
    refusals = (resolve.CannotResolve,)
    name: ClassVar[str] = ""
    states: ClassVar[tuple[str, ...]] = ()
    price: ClassVar[Words] = ""  # said in addition where every message is paid
    sends_again: ClassVar[bool] = False  # then it is said when the first one may have arrived
    verb: ClassVar[Callable[..., Message | None]]

    def message(self) -> Message:
        return get_object_or_404(Message.objects.select_related("dispatch"), pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return self.message().subject or _("Message")

    def get_back(self) -> tuple[str, str]:
        return _("Message"), reverse("console:message", args=[self.kwargs["pk"]])

    def get_context_data(self, **kwargs: Shown) -> Context:
        message = self.message()
        context = super().get_context_data(message=message, **kwargs)
        if is_phone(message.channel) and self.price:
            context["explanation"] = f"{context['explanation']} {self.price}"
        if self.sends_again:
            context["doubt"] = doubt(message)
        return context

    def act(self, reason: str) -> str | None:
        message = self.message()
        now = timezone.now()
        made = type(self).verb(message, by=who(self.request), note=reason, now=now)
        if isinstance(made, Message) and made.pk != message.pk:
            return reverse("console:message", args=[made.pk])
        return None


class MarkSent(Decide):
    name, states = "sent", resolve.MAY_HAVE_ARRIVED
    verb = staticmethod(resolve.mark_sent)
    question = gettext_lazy("Note this message as sent?")
    explanation = gettext_lazy(
        "Choose this when you made sure that it arrived, for example by asking the recipient."
    )
    button = done = gettext_lazy("It was sent")


class SendAgain(Decide):
    name, states = "again", resolve.DOUBTFUL
    verb = staticmethod(resolve.send_again)
    question = gettext_lazy("Send this message again?")
    explanation = gettext_lazy(
        "The server may have it already: the recipient could then have it twice."
    )
    price = gettext_lazy("It is then paid twice as well.")
    button = gettext_lazy("Send again")
    done = gettext_lazy("It goes out again.")


class GiveUp(Decide):
    name, states = "give-up", resolve.DOUBTFUL
    verb = staticmethod(resolve.give_up)
    question = gettext_lazy("Let this message go?")
    explanation = gettext_lazy("Nothing more is tried. Perhaps it arrived, perhaps not.")
    button = gettext_lazy("Give up")
    done = gettext_lazy("Nothing more is tried.")
    is_dangerous = True


class Release(Decide):
    name, states = "release", resolve.RELEASABLE
    sends_again = True
    verb = staticmethod(resolve.release)
    question = gettext_lazy("Let this message go out?")
    explanation = gettext_lazy("It was held and leaves within seconds.")
    button = gettext_lazy("Release")
    done = gettext_lazy("It goes out now.")


class Cancel(Decide):
    name = "cancel"
    states = resolve.CANCELLABLE
    verb = staticmethod(resolve.cancel)
    question = gettext_lazy("Stop this message?")
    explanation = gettext_lazy("It has not left yet. Once stopped it is not sent.")
    button = gettext_lazy("Stop it")
    done = gettext_lazy("The message is stopped.")
    is_dangerous = True


class Resend(Decide):
    name = "resend"
    states = (
        State.ACCEPTED,
        State.DELIVERED,
        State.BOUNCED,
        State.FAILED,
        State.EXPIRED,
        State.CANCELLED,
        State.SUPPRESSED,
    )
    verb = staticmethod(resolve.resend)
    question = gettext_lazy("Write the same once more?")
    explanation = gettext_lazy(
        "A new message with the same text and attachments is made for the same address. "
        "The old one stays as it is."
    )
    price = gettext_lazy("It costs as much as the old one.")
    button = gettext_lazy("Write once more")
    done = gettext_lazy("A new message was made.")


DECISIONS: tuple[type[Decide], ...] = (MarkSent, SendAgain, GiveUp, Release, Cancel, Resend)


def possible(message: Message) -> list[Context]:
    """The decisions that make sense in the message's state, as links to their pages."""
    return [
        {
            "label": decision.button,
            "url": reverse(f"console:message_{decision.name.replace('-', '_')}", args=[message.pk]),
            "is_dangerous": decision.is_dangerous,
        }
        for decision in DECISIONS
        if message.state in decision.states
    ]
