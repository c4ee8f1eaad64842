"""Step 1, without any user: the administrator's account, by the one link of `serve`."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic.base import View

from emailketing.accounts.models import User
from emailketing.accounts.users import first_user_problems, is_first_run, make_first_user
from emailketing.company.models import Company
from emailketing.web.console.first_run.token import is_valid
from emailketing.web.console.first_run.views import BEGUN
from emailketing.web.console.forms.reading_form import ReadingForm
from emailketing.web.console.frame.shapes import Context, Shown


class AccountForm(ReadingForm[User]):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        help_text=gettext_lazy("At least 8 characters, not a common word."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ("username", "first_name", "email", "language")
        field_classes: ClassVar = {"email": forms.CharField}
        widgets: ClassVar = {"email": forms.EmailInput}
        labels = {
            "first_name": gettext_lazy("Your name"),
            "username": gettext_lazy("User name"),
            "email": gettext_lazy("Your e-mail"),
        }
        help_texts = {
            "username": gettext_lazy("With it you sign in"),
            "email": gettext_lazy("Test messages go there"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True

    def clean(self) -> Context:
        cleaned = super().clean() or self.cleaned_data
        password = cleaned.get("password", "")
        if password and password != cleaned.get("again"):
            self.add_error("again", _("The two passwords are not the same."))
        return cleaned

    def what_is_wrong(self) -> Iterator[tuple[str, str]]:
        password = self.cleaned_data.get("password", "")
        for name, sentence in first_user_problems(self.instance, password):
            if name != "password" or password:  # the field itself has said that it is empty
                yield name, sentence


@method_decorator([login_not_required, never_cache, sensitive_post_parameters()], name="dispatch")
class FirstAccount(View):
    """Anybody with the link, once: the first account closes the door behind it."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        if not is_valid(token):
            return self._refused(request)
        form = AccountForm(initial={"username": "admin", "language": Company.get().language})
        return _page(request, "account", form=form)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if not is_valid(token):
            return self._refused(request)
        form = AccountForm(request.POST)
        if not form.is_valid():
            return _page(request, "account", form=form)
        password, now = form.cleaned_data["password"], timezone.now()
        came_from = request.META.get("REMOTE_ADDR", "")
        user = make_first_user(form.instance, password=password, came_from=came_from, now=now)
        if user is None:
            return self._refused(request)
        login(request, user)
        request.session[BEGUN] = True
        return redirect("console:setup_company")

    def _refused(self, request: HttpRequest) -> HttpResponse:
        if not is_first_run():
            return redirect("admin:login")
        return _page(request, "expired", status=410)


def _page(request: HttpRequest, name: str, *, status: int = 200, **values: Shown) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": _("First steps"), **values}
    return render(request, f"console/first_run/{name}.html", context, status=status)


def nobody_yet(request: HttpRequest) -> HttpResponse:
    """Say where the link is to whoever comes to sign in before there is anybody."""
    return _page(request, "waiting")
