"""Which occasions there are, one of them, and the form that makes or changes it."""

from typing import ClassVar

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.audience.ways import in_words, lacks_texts, plan_of
from emailketing.common.plain import Entry
from emailketing.company.windows import hours_in_words
from emailketing.listings.right import listings_for
from emailketing.triggers.occasions.definition.pack import offered_occasions
from emailketing.triggers.occasions.definition.right import may_see_rows
from emailketing.triggers.occasions.definition.save import (
    USUAL_HOURS,
    OccasionInvalid,
    save_occasion,
)
from emailketing.triggers.occasions.definition.way_out import way_out_problem
from emailketing.triggers.occasions.definition.written import written_day
from emailketing.triggers.occasions.models import Occasion
from emailketing.triggers.occasions.running.coming import days_ahead
from emailketing.triggers.occasions.running.due import label_of
from emailketing.triggers.occasions.running.listed import label_of_listing, problem_rows, read_of
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.occasions.form import OccasionForm
from emailketing.web.console.occasions.listed import columns_of_day, first_day, seen_listing

VIEWS, CHANGES, ADDS = (f"occasions.{verb}_occasion" for verb in ("view", "change", "add"))
MOST_LINES = 200
MOST_DAYS = 14  # ahead, and gone by


class OccasionList(ConsolePage):
    permission_required = (VIEWS,)
    template_name = "console/occasions/list.html"
    title = gettext_lazy("Special dates")

    def get_context_data(self, **kwargs: Shown) -> Context:
        rows = list(Occasion.objects.select_related("source").prefetch_related("ways")[:MOST_LINES])
        there = {written_day(one.day) for one in rows}
        ready = [(one, day) for one, day in offered_occasions() if written_day(day) not in there]
        return super().get_context_data(
            lines=[(one, label_of(one), hours_in_words(one.window), in_words(one)) for one in rows],
            ready=[one for one, _day in ready],
            can_add=self.user.has_perm(ADDS),
            can_change=self.user.has_perm(CHANGES),
            **kwargs,
        )


class OneOccasion(ConsolePage):
    """A page of one occasion."""

    permission_required: ClassVar[tuple[str, ...]] = (VIEWS,)

    @cached_property
    def occasion(self) -> Occasion:
        found = Occasion.objects.select_related("source").prefetch_related("ways")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_back(self) -> tuple[str, str]:
        return self.occasion.name, reverse("console:occasion", args=[self.occasion.pk])


class OccasionPage(OneOccasion):
    template_name = "console/occasions/occasion.html"

    def get_title(self) -> str:
        return self.occasion.name

    def get_back(self) -> tuple[str, str]:
        return _("Special dates"), reverse("console:occasions")

    def get_context_data(self, **kwargs: Shown) -> Context:
        occasion = self.occasion
        return super().get_context_data(
            occasion=occasion,
            day=label_of(occasion),
            hours=hours_in_words(occasion.window),
            ways=in_words(occasion),
            doubts=occasion.doubts.all(),
            days=occasion.days.exclude(seen=0, written=0, reason="")[:MOST_DAYS],
            coming=days_ahead(occasion, timezone.localdate())[:MOST_DAYS],
            read=read_of(occasion) if occasion.listing else None,
            listing=label_of_listing(occasion.listing) if occasion.listing else "",
            can_see=may_see_rows(self.user, occasion),
            unread=problem_rows(occasion)[:MOST_LINES] if occasion.listing else (),
            note=way_out_problem(plan_of(occasion)) or lacks_texts(occasion),
            can_change=self.user.has_perm(CHANGES),
            can_delete=self.user.has_perm("occasions.delete_occasion"),
            **kwargs,
        )


class EditOccasion(OneOccasion):
    permission_required: ClassVar = (CHANGES, ADDS)
    template_name = "console/occasions/edit.html"

    @cached_property
    def occasion(self) -> Occasion:
        if "pk" not in self.kwargs:
            return Occasion(window=dict(USUAL_HOURS), day=self._first_day())
        return get_object_or_404(Occasion, pk=self.kwargs["pk"])

    def _first_day(self) -> Entry:
        """Return the day of the listing that was chosen, before anything is; {}: there is none."""
        sent = self.request.GET if self.request.method == "GET" else self.request.POST
        name = sent.get("listing", "")
        known = seen_listing(name, self.user) if name else None
        if name and known is None:
            raise Http404
        return first_day(known) if known else {}

    def _form(self, data: QueryDict | None = None) -> OccasionForm:
        columns = columns_of_day(self.occasion.day) if self.occasion.listing else None
        return OccasionForm(data, instance=self.occasion, user=self.user, columns=columns)

    def get_title(self) -> str:
        return self.occasion.name if self.occasion.pk else _("New special date")

    def get_back(self) -> tuple[str, str]:
        if self.occasion.pk:
            return super().get_back()
        return _("Special dates"), reverse("console:occasions")

    def get_context_data(self, **kwargs: Shown) -> Context:
        form = kwargs.pop("form", None) or self._form()
        listings = [] if self.occasion.pk or self.occasion.listing else listings_for(self.user)
        return super().get_context_data(
            form=form, occasion=self.occasion, listings=listings, **kwargs
        )

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            try:
                made = save_occasion(form.instance, by=who(request), now=timezone.now())
            except OccasionInvalid as wrong:
                form.tell((form.field_of.get(p.place, p.place), str(p)) for p in wrong.all)
            else:
                return redirect("console:occasion", pk=made.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)
