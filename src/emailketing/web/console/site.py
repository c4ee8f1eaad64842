"""The console's admin site: Unfold's shell with our own menu, sign-in and front page."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from emailketing.accounts.sign_in import note_signed_in
from emailketing.accounts.users import is_first_run
from emailketing.web.console.account.views import OwnPassword
from emailketing.web.console.first_run.account import nobody_yet
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.shapes import Context
from emailketing.web.console.staff.sign_in import SignInForm

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite as UnfoldAdminSite
else:
    from unfold.sites import UnfoldAdminSite


class ConsoleSite(UnfoldAdminSite):
    enable_nav_sidebar = True
    login_form = SignInForm

    def app_index(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Our menu has no level of applications."""
        raise Http404

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: Context | None = None) -> HttpResponse:
        if request.method == "GET" and is_first_run():
            return nobody_yet(request)
        response = super().login(request, extra_context)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            note_signed_in(who(request), now=timezone.now())
        return response

    def password_change(  # type: ignore[override] # Django's own answers so, too
        self, request: HttpRequest, extra_context: Context | None = None
    ) -> HttpResponse:
        request.current_app = self.name
        context = {**self.each_context(request), **(extra_context or {})}
        done = reverse("admin:password_change_done", current_app=self.name)
        page = OwnPassword.as_view(success_url=done, extra_context=context)
        return page(request)  # type: ignore[return-value] # a page or, when done, the way on
