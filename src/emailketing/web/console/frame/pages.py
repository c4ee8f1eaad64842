"""The base of our own pages inside the console's shell.

A page names its permission: without one it does not start. Anonymous visitors go to the sign-in
page; who lacks the permission sees a 403 page. Changes are made by POST only.
"""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from django.views.generic.base import ContextMixin, View

from emailketing.accounts.models import User
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart

LONGEST_REASON = 300  # as the fields have it that keep it


class ConsoleView(AccessMixin, ContextMixin, View):
    """Staff with `permission_required` only; the context holds the shell.

    Attributes:
        permission_required: one or more of Django's model permissions ("outbox.view_message").
        title: heading of the page.
        back: (text, url) of the page one level up, or None.
    """

    permission_required: ClassVar[tuple[str, ...]] = ()
    title: Any = ""  # a text, or a property that makes one
    back: Any = None

    def dispatch(self, request: HttpRequest, *args: str, **kwargs: UrlPart) -> HttpResponseBase:
        if not self.permission_required:
            raise ImproperlyConfigured(f"{type(self).__name__} names no permission")
        user = request.user
        if not (user.is_authenticated and user.is_active and user.is_staff):
            return self.handle_no_permission()
        if not user.has_perms(self.permission_required):
            return self.handle_no_permission()
        request.current_app = admin.site.name
        return super().dispatch(request, *args, **kwargs)

    @property
    def user(self) -> User:
        if not isinstance(self.request.user, User):
            raise ImproperlyConfigured("a page of the console without a user")
        return self.request.user

    def get_title(self) -> str:
        return str(self.title)

    def get_back(self) -> tuple[str, str] | None:
        found: tuple[str, str] | None = self.back
        return found

    def get_context_data(self, **kwargs: Shown) -> Context:
        shell = admin.site.each_context(self.request)
        context = {**shell, "title": self.get_title(), "back": self.get_back(), **kwargs}
        return super().get_context_data(**context)


class ConsolePage(ConsoleView, TemplateView):
    """A page with a template: set `template_name`, which extends "console/base.html"."""


class ConfirmPage(ConsolePage):
    """Ask first (GET), act then (POST): for what cannot be undone or reaches outside.

    Set question, explanation, button; override `act`. The exceptions in `refusals` carry one
    sentence for the operator, shown in red.
    """

    template_name = "console/confirm.html"
    question: Any = ""
    explanation: Any = ""
    button: Any = ""
    done: Any = ""
    is_dangerous = False
    asks_reason = False
    refusals: ClassVar[tuple[type[Exception], ...]] = ()

    def act(self, reason: str) -> str | None:
        """Do it; return the address to go to (default: `get_success_url`)."""
        raise NotImplementedError

    def get_success_url(self) -> str:
        back = self.get_back()
        return back[1] if back else "/"

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        reason = request.POST.get("reason", "").strip()
        if len(reason) > LONGEST_REASON:  # kept whole or not at all
            messages.error(request, _("At most %(most)s characters.") % {"most": LONGEST_REASON})
            return self.render_to_response(self.get_context_data(), status=422)
        try:
            target = self.act(reason)
        except self.refusals as error:
            messages.error(request, str(error))
            return redirect(self.get_success_url())
        if self.done:
            messages.success(request, str(self.done))
        return redirect(target or self.get_success_url())

    def get_context_data(self, **kwargs: Shown) -> Context:
        texts = {
            "question": self.question,
            "explanation": self.explanation,
            "button": self.button,
            "is_dangerous": self.is_dangerous,
            "asks_reason": self.asks_reason,
            "cancel_url": self.get_success_url(),
        }
        return super().get_context_data(**texts, **kwargs)
