"""Company, business system, sender, first rule."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.company.save import save_company
from emailketing.content.brand import DRAW, KEEP, BrandInvalid, save_brand, set_logo
from emailketing.content.models import Brand
from emailketing.content.starters import make_starter_templates
from emailketing.content.store import StoreFull
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.models import Source
from emailketing.triggers.notifications.rules.save import RuleInvalid
from emailketing.web.console.brand.forms import LookForm
from emailketing.web.console.company.forms import CompanyForm
from emailketing.web.console.first_run.forms import FirstSenderForm
from emailketing.web.console.first_run.suggest import make_chosen, suggestions
from emailketing.web.console.first_run.views import SetupPage
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart


class CompanyStep(SetupPage):
    name = "setup_company"
    title = gettext_lazy("Who writes?")
    template_name = "console/first_run/company.html"

    @cached_property
    def company(self) -> Company:
        company = Company.get()
        company.base_url = company.base_url or self.request.build_absolute_uri("/")
        return company

    @cached_property
    def brand(self) -> Brand:
        found = Brand.objects.order_by("-is_default", "pk").first()
        return found or Brand(is_default=True, email=self.user.email)

    def get_context_data(self, **kwargs: Shown) -> Context:
        kwargs.setdefault("form", CompanyForm(instance=self.company))
        kwargs.setdefault("look", LookForm(instance=self.brand))
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        form = CompanyForm(request.POST, instance=self.company)
        look = LookForm(request.POST, request.FILES, instance=self.brand)
        if not (form.is_valid() and look.is_valid()):
            context = self.get_context_data(form=form, look=look)
            return self.render_to_response(context, status=422)
        now = timezone.now()
        company = form.save(commit=False)
        company.setup_at = company.setup_at or now
        save_company(company, by=who(request), now=now)
        self._save_look(look, company)
        return self.go_on()

    def _save_look(self, look: LookForm, company: Company) -> None:
        """The company is kept, whatever becomes of its look; what is lacking is said."""
        brand, now = look.instance, timezone.now()
        brand.name, brand.tax_id = brand.name or company.name, brand.tax_id or company.tax_id
        set_logo(brand, otherwise=KEEP if brand.logo else DRAW)
        try:
            save_brand(brand, by=who(self.request), now=now)
            make_starter_templates(brand, now=now)
        except (BrandInvalid, StoreFull) as error:
            messages.warning(self.request, str(error))


class SourceStep(SetupPage):
    name = "setup_source"
    title = gettext_lazy("The business system")
    template_name = "console/first_run/source.html"

    def get_context_data(self, **kwargs: Shown) -> Context:
        return super().get_context_data(sources=Source.objects.order_by("pk"), **kwargs)


class SenderStep(SetupPage):
    name = "setup_sender"
    title = gettext_lazy("From which address do we write?")
    template_name = "console/first_run/sender.html"

    def get_context_data(self, **kwargs: Shown) -> Context:
        company = Company.get()
        brand = Brand.objects.filter(is_default=True).first()
        begun = {
            "from_name": company.name,
            "from_address": (brand.email if brand else "") or self.user.email,
            "how": "sandbox",
        }
        kwargs.setdefault("form", FirstSenderForm(initial=begun))
        return super().get_context_data(senders=Sender.objects.order_by("pk"), **kwargs)

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        form = FirstSenderForm(request.POST)
        if not form.is_valid() or form.keep(by=who(request), now=timezone.now()) is None:
            return self.render_to_response(self.get_context_data(form=form), status=422)
        return self.go_on()


class RuleStep(SetupPage):
    name = "setup_rule"
    title = gettext_lazy("The first rule")
    template_name = "console/first_run/rule.html"

    def get_context_data(self, **kwargs: Shown) -> Context:
        attached = Source.objects.exclude(installed_at=None).count()
        return super().get_context_data(
            suggestions=suggestions(), has_source=attached, several=attached > 1, **kwargs
        )

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        wanted = set(request.POST.getlist("rule"))
        chosen = [s for s in suggestions() if s.key in wanted and not s.is_made and not s.problem]
        if not chosen:
            messages.error(request, _("Tick at least one rule, or choose “later”."))
            return redirect("console:setup_rule")
        by, now = who(request), timezone.now()
        try:
            off = make_chosen(chosen, by=by, now=now)
        except (RuleInvalid, ConnectorError, StoreFull) as error:
            messages.error(request, str(error))
            return redirect("console:setup_rule")
        for why in off:
            messages.warning(request, why)
        return self.go_on()
