"""Step 1, without any user: the administrator's account, by the one link of `serve`."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
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
from emailketing.accounts.roles import ADMINISTRATOR, ensure_roles
from emailketing.company.models import Company
from emailketing.web.console.first_run.token import is_first_run, is_valid
from emailketing.web.console.first_run.views import BEGUN
from emailketing.web.console.forms.typed_forms import ModelForm
from emailketing.web.console.frame.base import note_change
from emailketing.web.console.frame.shapes import Context, Shown


class AccountForm(ModelForm[User]):
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
        elif password:
            try:
                validate_password(password, self.instance)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


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
        user = make_first_user(form)
        if user is None:
            return self._refused(request)
        login(request, user)
        request.session[BEGUN] = True
        note_change(request, "created", user)
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


@transaction.atomic
def make_first_user(form: AccountForm) -> User | None:
    """Make the administrator; None when somebody was faster (the company's row is the lock)."""
    Company.get()
    Company.objects.select_for_update().get(pk=1)
    if not is_first_run():
        return None
    ensure_roles()
    user = form.save(commit=False)
    user.set_password(form.cleaned_data["password"])
    user.is_staff = user.is_superuser = True
    user.date_joined = timezone.now()
    user.save()
    user.groups.add(Group.objects.get(name=ADMINISTRATOR))
    return user
