"""The page of the company."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.company.models import Company, SafeMode
from emailketing.company.safe_mode import sentence
from emailketing.company.save import save_company
from emailketing.web.console.company.forms import CompanyForm
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart


class CompanyPage(ConsolePage):
    permission_required = ("company.view_company",)
    title = gettext_lazy("Company")
    template_name = "console/company/company.html"

    @cached_property
    def company(self) -> Company:
        return Company.get()

    def get_context_data(self, **kwargs: Shown) -> Context:
        can_change = self.user.has_perm("company.change_company")
        given = kwargs.pop("form", None)
        form = given if isinstance(given, CompanyForm) else CompanyForm(instance=self.company)
        for field in form.fields.values():
            field.disabled = not can_change
        return super().get_context_data(
            form=form,
            company=Company.get(),
            safe_modes=[
                (mode, sentence(mode)) for mode in SafeMode.objects.filter(confirmed_at=None)
            ],
            can_change=can_change,
            **kwargs,
        )

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        if not self.user.has_perm("company.change_company"):
            return HttpResponse(status=403)
        form = CompanyForm(request.POST, instance=self.company)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        company = form.save(commit=False)
        company.setup_at = company.setup_at or timezone.now()
        save_company(company, by=who(request), now=timezone.now())
        messages.success(request, _("Saved: %(name)s") % {"name": company.name})
        return redirect("console:company")
