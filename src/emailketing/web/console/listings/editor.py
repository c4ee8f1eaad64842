"""The editors of listings: a form whose clicks are answered by the server, the rows beside it."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from emailketing.accounts.who import Who
from emailketing.common.unwanted import OnUnwanted, always_wanted
from emailketing.listings.ask import ask, parameters_of
from emailketing.listings.models import Listing
from emailketing.listings.parameters import trial_value
from emailketing.listings.reading.errors import ReadTooLong
from emailketing.listings.reading.limits import Limits
from emailketing.listings.right import may_see
from emailketing.listings.save import ListingInvalid, save_listing
from emailketing.sources.models import Source
from emailketing.web.console.forms.numbers import whole
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.frame.waited import waited_for
from emailketing.web.console.listings.clicked_editor import ClickedEditor
from emailketing.web.console.listings.draft import ListingDraft, ListingKindEditor, definition_in
from emailketing.web.console.listings.shown import KIND_WORDS, shown_table
from emailketing.web.console.listings.sql_editor import SqlEditor
from emailketing.web.console.listings.statement_editor import StatementEditor
from emailketing.web.console.listings.views import CHANGE, REFUSALS, VIEW, WRITE_SQL

ADD = "listings.add_listing"
ROWS = Limits(rows=50, seconds=5)  # what is read while somebody clicks
EDITORS: dict[str, ListingKindEditor] = {
    Listing.Kind.CLICKED: ClickedEditor(),
    Listing.Kind.STATEMENT: StatementEditor(),
    Listing.Kind.SQL: SqlEditor(),
}


class EditsListings(ConsoleView):
    """Whoever may make or change listings; SQL needs a right of its own (S33)."""

    permission_required = (VIEW,)

    def dispatch(self, request: HttpRequest, *args: str, **kwargs: UrlPart) -> HttpResponseBase:
        user = request.user
        if user.is_authenticated and user.has_perm(VIEW):
            needed = [CHANGE if "name" in self.kwargs else ADD]
            if self.kind == Listing.Kind.SQL:
                needed.append(WRITE_SQL)
            is_seen = not self.listing.pk or may_see(self.user, self.listing.slug)
            if not user.has_perms(needed) or not is_seen:
                return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def listing(self) -> Listing:
        """The one that is changed, or a new one."""
        if "name" not in self.kwargs:
            return Listing(kind=self.kwargs["kind"])
        found = Listing.objects.select_related("source").filter(slug=self.kwargs["name"]).first()
        if found is None:
            raise Http404
        return found

    @property
    def kind(self) -> str:
        return self.listing.kind

    @property
    def editor(self) -> ListingKindEditor:
        if self.kind not in EDITORS:
            raise Http404
        return EDITORS[self.kind]

    @cached_property
    def draft(self) -> ListingDraft:
        """What stands in the form; at the beginning what is saved."""
        listing, data = self.listing, self.request.POST.dict()
        if self.request.method != "POST":
            source = self._source(self.request.GET.get("source", ""))
            return ListingDraft(listing.name, source, listing, dict(listing.definition))
        source = self._source(data.get("source", ""))
        draft = ListingDraft(data.get("name", "")[:200], source, listing, definition_in(data))
        draft.look_at = data.get("look_at", "")
        draft.definition = self.editor.edited(draft, data)
        return draft

    def _source(self, number: str) -> Source:
        if self.listing.source_id:
            return self.listing.source
        found = Source.objects.filter(pk=whole(number) or 0).first()
        found = found or Source.objects.order_by("name").first()
        if found is None:
            raise Http404(_("There is no source yet."))
        return found

    def fields_context(self) -> Context:
        own = self.editor.context(self.draft)
        return {"draft": self.draft, "definition_json": self.draft.as_json(), **own}


class ListingEditor(EditsListings, ConsolePage):
    """The page: GET shows it, POST saves."""

    template_name = "console/listings/edit.html"

    def get_title(self) -> str:
        if self.listing.pk:
            return self.listing.name
        return _("New listing: %(kind)s") % {"kind": KIND_WORDS[self.kind]}

    def get_back(self) -> tuple[str, str] | None:
        if self.listing.pk:
            return self.listing.name, reverse("console:listing", args=[self.listing.slug])
        return _("Listings"), reverse("console:listings")

    def get_context_data(self, **kwargs: Shown) -> Context:
        parts = [self.kind] if not self.listing.pk else [self.listing.slug]
        stem = "listing_draft" if not self.listing.pk else "listing_edit"
        return super().get_context_data(
            **self.fields_context(),
            fields_template=self.editor.template,
            fields_url=reverse(f"console:{stem}_fields", args=parts),
            rows_url=reverse(f"console:{stem}_rows", args=parts),
            sources=Source.objects.order_by("name") if not self.listing.pk else [],
            **kwargs,
        )

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        draft = self.draft
        listing = draft.listing
        was_called = listing.name
        listing.name, listing.source, listing.definition = (
            draft.name,
            draft.source,
            draft.definition,
        )
        try:
            notices = save_listing(listing, by=who(request), now=timezone.now())
        except ListingInvalid as wrong:
            listing.name = was_called
            return self.render_to_response(
                self.get_context_data(problems=[str(each) for each in wrong.problems.values()]),
                status=422,
            )
        messages.success(request, _("Saved: %(name)s") % {"name": listing.name})
        for notice in notices:
            messages.warning(request, notice)
        return redirect("console:listing", name=listing.slug)


class EditorFields(EditsListings):
    """The fields after a click, as a fragment; the rows are then asked for by the page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        parts = [self.kind] if not self.listing.pk else [self.listing.slug]
        stem = "listing_draft" if not self.listing.pk else "listing_edit"
        context = {
            **self.fields_context(),
            "fields_url": reverse(f"console:{stem}_fields", args=parts),
            "rows_url": reverse(f"console:{stem}_rows", args=parts),
        }
        answer = render(request, self.editor.template, context)
        answer["HX-Trigger"] = "listing-drawn"
        return answer


class EditorRows(EditsListings):
    """The first rows of what stands in the form, within a few seconds."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        try:
            with waited_for(request) as waited:
                by, on_unwanted = who(request), waited.on_unwanted
                context = draft_rows(self.draft, by, timezone.now(), on_unwanted=on_unwanted)
        except ReadTooLong as error:
            context = {
                "why": f"{error} {_('It can be saved all the same: a report may take longer.')}"
            }
        except REFUSALS as error:
            context = {"why": str(error)}
        return render(request, "console/listings/draft_rows.html", context)


def draft_rows(
    draft: ListingDraft, by: Who, now: datetime, *, on_unwanted: OnUnwanted = always_wanted
) -> Context:
    """Ask what stands in the form.

    Raises:
        ListingError, CaptureError, ConnectorError: it gives no answer.
    """
    listing = Listing(
        name=draft.name, source=draft.source, kind=draft.listing.kind, definition=draft.definition
    )
    values = {
        each.name: trial_value(each) for each in parameters_of(listing) if each.default is None
    }
    with ask(listing, values, now=now, limits=ROWS, by=by, on_unwanted=on_unwanted) as answer:
        rows = list(answer.rows)
        return {
            "table": shown_table(answer.columns, rows),
            "was_cut": answer.was_cut,
            "count": len(rows),
        }
