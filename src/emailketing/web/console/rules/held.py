"""What the flood guard holds: write it after all, or give it up with a reason."""

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from emailketing.triggers.notifications.firing.flood import ReasonMissing, drop_held, release_held
from emailketing.triggers.notifications.models import Outcome
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage
from emailketing.web.console.rules.views import OneRule


class _Held(OneRule, ConfirmPage):
    permission_required = ("notifications.change_rule",)

    @property
    def count(self) -> int:
        return self.rule.outcomes.filter(result=Outcome.Result.HELD).count()


class ReleaseHeld(_Held):
    title = gettext_lazy("Held by the flood guard")
    explanation = gettext_lazy("Their messages are written now, with the rule as it is today.")
    button = gettext_lazy("Write them")

    @property
    def question(self) -> str:
        text = ngettext(
            "Write the message of %(count)s held event?",
            "Write the messages of %(count)s held events?",
            self.count,
        )
        return text % {"count": self.count}

    def act(self, _reason: str) -> str | None:
        count = release_held(self.rule, by=who(self.request), now=timezone.now())
        messages.success(
            self.request,
            _("Let through: %(count)s. The worker writes them now.") % {"count": count},
        )
        return None


class Drop(_Held):
    title = gettext_lazy("Held by the flood guard")
    explanation = gettext_lazy(
        "Nothing is sent for them; each event shows the reason. This cannot be undone."
    )
    button = gettext_lazy("Give them up")
    is_dangerous = True
    asks_reason = True
    refusals = (ReasonMissing,)

    @property
    def question(self) -> str:
        text = ngettext(
            "Give up %(count)s held event?", "Give up %(count)s held events?", self.count
        )
        return text % {"count": self.count}

    def act(self, reason: str) -> str | None:
        by, now = who(self.request), timezone.now()
        count = drop_held(self.rule, reason=reason, by=by, now=now)
        messages.success(self.request, _("Given up: %(count)s") % {"count": count})
        return None
