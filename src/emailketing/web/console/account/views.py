"""What everybody changes of the own account: the language, the password."""

from contextlib import suppress
from typing import TYPE_CHECKING

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from emailketing.accounts.models import User
from emailketing.accounts.users import UserInvalid, choose_language, set_password
from emailketing.web.console.frame.base import who

if TYPE_CHECKING:
    from django.contrib.auth.forms import PasswordChangeForm
else:
    from unfold.forms import AdminOwnPasswordChangeForm as PasswordChangeForm


@require_POST
def change_language(request: HttpRequest) -> HttpResponse:
    """The user's own choice, kept with the user: every computer shows it."""
    if isinstance(request.user, User):
        user, chosen = User.objects.get(pk=request.user.pk), request.POST.get("language", "")
        with suppress(UserInvalid):  # only a page that is not ours offers another
            choose_language(user, chosen, by=who(request), now=timezone.now())
    target = request.POST.get("next") or request.META.get("HTTP_REFERER", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return redirect(target if safe else "console:dashboard")


class OwnPassword(PasswordChangeView):
    """The own password, with the old one; it is noted as one that an administrator sets."""

    form_class = PasswordChangeForm

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        user = User.objects.get(pk=form.user.pk)
        password = form.cleaned_data["new_password1"]
        set_password(user, password, by=who(self.request), now=timezone.now())
        update_session_auth_hash(self.request, user)
        return redirect(self.get_success_url())
