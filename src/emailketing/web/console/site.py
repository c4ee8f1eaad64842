"""The console's admin site: Unfold's shell with our own menu, sign-in and front page."""

from typing import TYPE_CHECKING, Any, NoReturn

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from emailketing.accounts.audit import note
from emailketing.accounts.models import User

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite as UnfoldAdminSite
else:
    from unfold.sites import UnfoldAdminSite


class ConsoleSite(UnfoldAdminSite):
    enable_nav_sidebar = True

    def app_index(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Our menu has no level of applications."""
        raise Http404

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().login(request, extra_context)
        if request.method == "POST":
            self._note_sign_in(request)
        return response

    def _note_sign_in(self, request: HttpRequest) -> None:
        came_from = request.META.get("REMOTE_ADDR", "")
        now = timezone.now()
        if isinstance(request.user, User):
            note("signed_in", by=request.user, now=now, came_from=came_from)
        else:
            name = request.POST.get("username", "")[:150]
            note("sign_in_failed", by=name, now=now, came_from=came_from)
