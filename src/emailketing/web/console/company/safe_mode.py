"""Safe mode: a database is not the one that was registered; an administrator says which is true."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.company.identity import confirm_identity
from emailketing.company.models import INSTALLATION, SafeMode
from emailketing.sources.models import Source
from emailketing.web.console.base import note_change
from emailketing.web.console.pages import ConfirmPage


class SafeModePage(ConfirmPage):
    permission_required = ("company.change_company",)
    template_name = "console/company/safe_mode.html"
    title = gettext_lazy("Safe mode")
    button = gettext_lazy("This is the real database: write to people again")
    done = gettext_lazy("Confirmed. Messages leave again.")
    is_dangerous = True

    @cached_property
    def mode(self) -> SafeMode:
        return get_object_or_404(SafeMode, pk=self.kwargs["pk"], confirmed_at=None)

    @cached_property
    def source(self) -> Source | None:
        return Source.objects.filter(slug=self.mode.scope.removeprefix("source:")).first()

    @property
    def question(self) -> str:
        if self.mode.scope == INSTALLATION:
            return _("Is this eMailketing's own, real database?")
        name = self.source.name if self.source else self.mode.scope
        return _("Is this the real database of “%(source)s”?") % {"source": name}

    def get_back(self) -> tuple[str, str] | None:
        if self.source:
            return self.source.name, reverse("console:source", args=[self.source.pk])
        return _("Company"), reverse("console:company")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = sorted({*self.mode.registered, *self.mode.found})
        rows = [
            (name, self.mode.registered.get(name, "—"), self.mode.found.get(name, "—"))
            for name in names
        ]
        return super().get_context_data(mode=self.mode, rows=rows, **kwargs)

    def act(self, _reason: str) -> str | None:
        target = self.get_success_url()
        confirm_identity(self.mode.scope, by=self.user.get_username(), now=timezone.now())
        note_change(self.request, "confirmed_identity", self.mode, {"scope": ["", self.mode.scope]})
        return target
