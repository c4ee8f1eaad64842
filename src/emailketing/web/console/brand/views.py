"""Pages of the brand: form with live preview, a second brand, which one is the default."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as render_page
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.common.language import active_language
from emailketing.company.models import Company
from emailketing.content.brand import (
    BrandInUse,
    BrandInvalid,
    delete_brand,
    has_colours,
    save_brand,
)
from emailketing.content.colours import colour_problem
from emailketing.content.documents import draw_pages
from emailketing.content.logo import logo_problem
from emailketing.content.look import data_uri, look_of
from emailketing.content.models import Brand
from emailketing.content.render import render
from emailketing.content.samples import sample_data
from emailketing.content.save import compile_texts
from emailketing.content.starters import starter_texts
from emailketing.content.store import StoreFull
from emailketing.web.console.brand.forms import BrandForm, first_brand_values
from emailketing.web.console.forms.numbers import whole
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage, ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.shown.preview import data_address, view_of

SHOWN = "purchase-order"  # the ready-made text the preview is written with


class FirstBrand(ConsoleView):
    """The menu entry leads to the default brand."""

    permission_required = ("content.view_brand",)

    def get(self, _request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        brand = Brand.objects.order_by("-is_default", "pk").first()
        return (
            redirect("console:brand_edit", pk=brand.pk) if brand else redirect("console:brand_new")
        )


def preview_of(brand: Brand, *, with_document: bool = True) -> Context:
    """Write the ready-made order with this look; `brand` may be unsaved."""
    language, look = active_language(), look_of(brand)
    texts = starter_texts(SHOWN, language if language in {"es", "en", "pt"} else "es")
    data = sample_data(SHOWN, language)
    data["company"] |= {"name": brand.name, "phone": brand.phone, "email": brand.email}
    compiled = compile_texts(texts, look=look, language=language)
    pages = draw_pages(SHOWN, data, language=language, brand=look) if with_document else []
    return {
        "mail": view_of(render(compiled, data, language=language), look, language=language),
        "pages": [data_address(page, "image/png") for page in pages[:1]],
        "remarks": [
            text for text in (logo_problem(look.logo), colour_problem(look.primary_colour)) if text
        ],
    }


class BrandEdit(ConsolePage):
    permission_required = ("content.view_brand",)
    template_name = "console/brand/edit.html"

    @cached_property
    def brand(self) -> Brand:
        if "pk" in self.kwargs:
            return get_object_or_404(Brand, pk=self.kwargs["pk"])
        company = Company.get()
        is_first = not Brand.objects.exists()
        known = {"name": company.name, "tax_id": company.tax_id} if is_first else {}
        return Brand(**first_brand_values(**known))

    def get_title(self) -> str:
        return self.brand.name or _("Brand")

    def get_context_data(self, **kwargs: Shown) -> Context:
        verb = "change" if self.brand.pk else "add"
        look = look_of(self.brand)
        return super().get_context_data(
            form=kwargs.pop("form", None) or BrandForm(instance=self.brand),
            brand=self.brand,
            brands=Brand.objects.order_by("-is_default", "name"),
            logo=data_uri(look),
            can_change=self.user.has_perm(f"content.{verb}_brand"),
            can_add=self.user.has_perm("content.add_brand"),
            **preview_of(self._shown()),
            **kwargs,
        )

    def _shown(self) -> Brand:
        """The brand as it is saved; a new one as it was entered, where that can be drawn."""
        if known := Brand.objects.filter(pk=self.brand.pk).first():
            return known
        return self.brand if has_colours(self.brand) else Brand(**first_brand_values())

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        is_new = self.brand.pk is None
        if not self.user.has_perm("content.add_brand" if is_new else "content.change_brand"):
            return HttpResponse(status=403)
        form = BrandForm(request.POST, request.FILES, instance=self.brand)
        notices = form.keep(by=who(request), now=timezone.now()) if form.is_valid() else None
        if notices is None:
            return self.render_to_response(self.get_context_data(form=form), status=422)
        text = _("Saved. Mails show the new look from now on; those already queued keep the old.")
        messages.success(request, text)
        for notice in notices:
            messages.warning(request, notice)
        return redirect("console:brand_edit", pk=form.instance.pk)


class BrandPreview(ConsoleView):
    """The preview of what stands in the form, saved or not."""

    permission_required = ("content.change_brand",)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        number = request.POST.get("brand", "")
        known = Brand.objects.filter(pk=whole(number) or 0).first()
        form = BrandForm(request.POST, request.FILES, instance=known or Brand())
        if not form.is_valid():
            return render_page(request, "console/brand/preview.html", {"form": form})
        return render_page(request, "console/brand/preview.html", preview_of(form.instance))


class _OneBrand(ConfirmPage):
    @cached_property
    def brand(self) -> Brand:
        return get_object_or_404(Brand, pk=self.kwargs["pk"])

    def get_back(self) -> tuple[str, str] | None:
        return self.brand.name, reverse("console:brand_edit", args=[self.brand.pk])


class MakeDefault(_OneBrand):
    permission_required = ("content.change_brand",)
    title = gettext_lazy("Default brand")
    explanation = gettext_lazy("Templates without a brand of their own take its look at once.")
    button = gettext_lazy("Make it the default")
    refusals = (BrandInvalid, StoreFull)

    @property
    def question(self) -> str:
        return _("Use “%(name)s” as the default brand?") % {"name": self.brand.name}

    def act(self, _reason: str) -> str | None:
        self.brand.is_default = True
        save_brand(self.brand, by=who(self.request), now=timezone.now())
        return None


class BrandDelete(_OneBrand):
    permission_required = ("content.delete_brand",)
    title = gettext_lazy("Delete brand")
    explanation = gettext_lazy("Messages already sent keep their look.")
    button = gettext_lazy("Delete")
    refusals = (BrandInUse,)
    is_dangerous = True

    @property
    def question(self) -> str:
        return _("Delete the brand “%(name)s”?") % {"name": self.brand.name}

    def act(self, _reason: str) -> str | None:
        delete_brand(self.brand, by=who(self.request), now=timezone.now())
        return reverse("console:brand")
