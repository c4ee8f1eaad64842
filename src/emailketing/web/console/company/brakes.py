"""Live or sandbox, stop everything: administrators only, each asked twice and noted."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.email.account import is_loopback
from emailketing.channels.models import Sender
from emailketing.channels.tried import tried_senders
from emailketing.company.live import set_live, set_stopped
from emailketing.company.models import SafeMode
from emailketing.outbox.go_live import NotTried, go_live
from emailketing.outbox.leaving import leaving
from emailketing.triggers.notifications.models import Rule
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage
from emailketing.web.console.frame.shapes import Context, Shown


class _Brake(ConfirmPage):
    permission_required = ("company.change_company",)
    title = gettext_lazy("Company")

    def get_back(self) -> tuple[str, str] | None:
        return _("Company"), reverse("console:company")


class GoLive(_Brake):
    template_name = "console/company/go_live.html"
    question = gettext_lazy("Go live? From now on messages reach real people.")
    explanation = gettext_lazy("Messages that wait in the ledger now are sent as well.")
    button = gettext_lazy("Go live")
    done = gettext_lazy("Live: messages reach their recipients.")
    is_dangerous = True
    refusals = (NotTried,)

    def get_context_data(self, **kwargs: Shown) -> Context:
        return super().get_context_data(
            checks=before_live(),
            is_tried=bool(tried_senders()),
            leaving=leaving(timezone.now()),
            **kwargs,
        )

    def act(self, _reason: str) -> str | None:
        is_untried_well = bool(self.request.POST.get("untried"))
        go_live(is_untried_well=is_untried_well, by=who(self.request), now=timezone.now())
        self.request.session.pop("setup", None)  # the first steps are behind us
        return None


def before_live() -> list[tuple[bool, str]]:
    """What to look at before going live: (is it well, in words)."""
    senders = Sender.objects.filter(is_active=True)
    tried = tried_senders()
    rules = Rule.objects.filter(is_active=True).count()
    return [
        (senders.exists(), _("There is an active sender")),
        (
            not any(is_loopback(sender.host) for sender in senders),
            _("Every sender has a mail server of its own, not only this computer"),
        ),
        (
            bool(tried) and len(tried) == len(senders),
            _("Senders tried as they are now: %(count)s of %(all)s")
            % {"count": len(tried), "all": len(senders)},
        ),
        (
            not senders.exclude(paused_reason="").exists(),
            _("No sender is paused"),
        ),
        (
            not SafeMode.objects.filter(confirmed_at=None).exists(),
            _("No database is in safe mode"),
        ),
        (bool(rules), _("Active rules: %(count)s") % {"count": rules}),
    ]


class BackToSandbox(_Brake):
    question = gettext_lazy("Back to the sandbox?")
    explanation = gettext_lazy(
        "From now on everything lands in the test inbox, nobody gets a mail."
    )
    button = gettext_lazy("Back to the sandbox")
    done = gettext_lazy("Sandbox: everything lands in the test inbox.")

    def act(self, _reason: str) -> str | None:
        set_live(is_live=False, by=who(self.request), now=timezone.now())
        return None


class StopEverything(_Brake):
    question = gettext_lazy("Stop everything?")
    explanation = gettext_lazy(
        "Nothing leaves any more, not even to the test inbox. What happens meanwhile is noted and "
        "waits in the ledger until you let it go on."
    )
    button = gettext_lazy("Stop everything")
    done = gettext_lazy("Everything is stopped.")
    is_dangerous = True

    def act(self, _reason: str) -> str | None:
        set_stopped(is_stopped=True, by=who(self.request), now=timezone.now())
        return None


class LetItGo(_Brake):
    question = gettext_lazy("Let it go on?")
    explanation = gettext_lazy("What waits in the ledger is sent, unless it has expired.")
    button = gettext_lazy("Let it go on")
    done = gettext_lazy("Messages leave again.")

    def act(self, _reason: str) -> str | None:
        set_stopped(is_stopped=False, by=who(self.request), now=timezone.now())
        return None
