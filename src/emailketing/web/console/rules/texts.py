"""Texts that had no sender while the mail left: write them now, or leave them."""

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from emailketing.triggers.notifications.firing.texts import (
    NoWayForTexts,
    leave_missing,
    missing_texts,
    write_missing,
)
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage
from emailketing.web.console.rules.views import OneRule


class _Missing(OneRule, ConfirmPage):
    permission_required = ("notifications.change_rule",)
    title = gettext_lazy("Texts that were not written")

    @property
    def count(self) -> int:
        return missing_texts(self.rule).count()


class WriteTexts(_Missing):
    explanation = gettext_lazy(
        "The mails have left already. The texts are written with the rule and the addresses as "
        "they are today; not for what has been annulled meanwhile."
    )
    button = gettext_lazy("Write them now")
    refusals = (NoWayForTexts,)

    @property
    def question(self) -> str:
        text = ngettext(
            "Write the text about %(count)s document?",
            "Write the texts about %(count)s documents?",
            self.count,
        )
        return text % {"count": self.count}

    def act(self, _reason: str) -> str | None:
        count = write_missing(self.rule, by=who(self.request), now=timezone.now())
        text = _("Let through: %(count)s. The worker writes them now.")
        messages.success(self.request, text % {"count": count})
        return None


class LeaveTexts(_Missing):
    explanation = gettext_lazy("The mails have left all the same. This cannot be undone.")
    button = gettext_lazy("Leave them")
    is_dangerous = True

    @property
    def question(self) -> str:
        text = ngettext(
            "Leave the text about %(count)s document unwritten?",
            "Leave the texts about %(count)s documents unwritten?",
            self.count,
        )
        return text % {"count": self.count}

    def act(self, _reason: str) -> str | None:
        count = leave_missing(self.rule, by=who(self.request), now=timezone.now())
        messages.success(self.request, _("Given up: %(count)s") % {"count": count})
        return None
