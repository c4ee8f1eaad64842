"""The sign-in form with its brake on guessed passwords."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import ngettext

from emailketing.accounts.sign_in import Lock, begin, end_right, end_wrong
from emailketing.web.console.frame.shapes import Context

if TYPE_CHECKING:
    from django.contrib.admin.forms import AdminAuthenticationForm as AuthenticationForm
else:
    from unfold.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    def clean(self) -> Context:
        """While the name or the address is locked the right password is refused, too."""
        name = self.cleaned_data.get("username")
        if not name or not self.cleaned_data.get("password"):
            return super().clean()
        now = timezone.now()
        came_from = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        tried = begin(name, came_from, now=now)
        if isinstance(tried, Lock):
            raise _refusal(tried, now)
        try:
            cleaned = super().clean()
        except ValidationError as wrong:
            if lock := end_wrong(tried, now=now):
                raise _refusal(lock, now) from wrong
            raise
        end_right(tried)
        return cleaned


def _refusal(lock: Lock, now: datetime) -> ValidationError:
    minutes = -((now - lock.until) // timedelta(minutes=1))
    if lock.is_of_name:
        sentence = ngettext(
            "Too many wrong passwords. Try again in %(minutes)d minute, or ask an administrator "
            "to set a new password.",
            "Too many wrong passwords. Try again in %(minutes)d minutes, or ask an administrator "
            "to set a new password.",
            minutes,
        )
    else:
        sentence = ngettext(
            "Too many wrong passwords from this network. Try again in %(minutes)d minute.",
            "Too many wrong passwords from this network. Try again in %(minutes)d minutes.",
            minutes,
        )
    return ValidationError(sentence, code="locked", params={"minutes": minutes})
