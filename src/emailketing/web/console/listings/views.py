"""All listings, one of them with its rows, and how one is deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.common.language import active_language
from emailketing.common.plain import JSON
from emailketing.listings.ask import parameters_of
from emailketing.listings.errors import ListingError, LookGone, NoSuchListing
from emailketing.listings.known import KnownListing, find_listing
from emailketing.listings.look import Look, kept_look, take_look
from emailketing.listings.models import Listing
from emailketing.listings.period_words import period_in_words
from emailketing.listings.right import listings_for, may_see
from emailketing.listings.save import ListingInUse, delete_listing
from emailketing.listings.uses import ListingUse, uses_of
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError, in_language
from emailketing.sources.connectors.model import PERIOD
from emailketing.sources.models import Source
from emailketing.web.console.forms.numbers import whole
from emailketing.web.console.forms.parameters_form import ParametersForm
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage, ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.listings.seers import right_context
from emailketing.web.console.listings.shown import KIND_WORDS, shown_table

VIEW = "listings.view_listing"
CHANGE = "listings.change_listing"
DELETE = "listings.delete_listing"
WRITE_SQL = "listings.write_sql"
SHOWN, MOST_SHOWN = 50, 1_000
REFUSALS = (ListingError, CaptureError, ConnectorError)


@dataclass(frozen=True, slots=True)
class ListingLine:
    """One listing of the list."""

    name: str
    label: str
    source: str
    kind: str
    uses: list[ListingUse]
    own: Listing | None


def line_of(known: KnownListing) -> ListingLine:
    own = known.listing if isinstance(known.listing, Listing) else None
    kind = str(KIND_WORDS.get(known.listing.kind, known.listing.kind))
    uses = uses_of(known.name)
    return ListingLine(known.name, known.label, known.listing.source.name, kind, uses, own)


class ListingsPage(ConsolePage):
    permission_required = (VIEW,)
    title = gettext_lazy("Listings")
    template_name = "console/listings/list.html"

    def get_context_data(self, **kwargs: Shown) -> Context:
        source, kind = (self.request.GET.get(word, "") for word in ("source", "kind"))
        every = list(listings_for(self.user))
        wanted = [
            known
            for known in every
            if source in ("", known.listing.source.slug) and kind in ("", known.listing.kind)
        ]
        there = {known.listing.kind for known in every}
        return super().get_context_data(
            lines=[line_of(known) for known in wanted],
            kinds=[(word, label) for word, label in KIND_WORDS.items() if word in there],
            sources=Source.objects.order_by("name"),
            kind=kind,
            source=source,
            can_add=self.user.has_perm("listings.add_listing"),
            can_write_sql=self.user.has_perm(WRITE_SQL),
            **kwargs,
        )


class OneListing(ConsoleView):
    """A page about the listing in its address, own or a connector's."""

    permission_required: ClassVar[tuple[str, ...]] = (VIEW,)

    @cached_property
    def known(self) -> KnownListing:
        name = str(self.kwargs["name"])
        try:
            found = find_listing(name)
        except NoSuchListing as error:
            raise Http404(str(error)) from error
        if found.name != name:
            raise Http404(name)
        if not may_see(self.user, name):
            raise PermissionDenied
        return found

    @cached_property
    def own(self) -> Listing | None:
        return self.known.listing if isinstance(self.known.listing, Listing) else None

    def parameters_form(self) -> ParametersForm:
        listing = self.known.listing
        return ParametersForm(parameters_of(listing), listing.source, self.request.GET or None)

    def get_title(self) -> str:
        return self.known.label


class ListingPage(OneListing, ConsolePage):
    """The listing, what it is asked with, and its rows as soon as they are read."""

    template_name = "console/listings/page.html"

    def get_back(self) -> tuple[str, str] | None:
        return _("Listings"), reverse("console:listings")

    def get_context_data(self, **kwargs: Shown) -> Context:
        problem = ""
        form: ParametersForm | None = None
        try:
            form = self.parameters_form()
        except REFUSALS as error:
            problem = str(error)
        own = self.own
        return super().get_context_data(
            line=line_of(self.known),
            parameters=form,
            problem=problem,
            can_change=own is not None and _may_change(self, own),
            can_delete=own is not None and self.user.has_perm(DELETE),
            **right_context(self.known.name, self.user),
            can_report=self.user.has_perm("reports.add_report"),
            asked=self.request.GET.urlencode(),
            **kwargs,
        )


def _may_change(page: ConsoleView, own: Listing) -> bool:
    needs = (WRITE_SQL,) if own.kind == Listing.Kind.SQL else ()
    return page.user.has_perms((CHANGE, *needs))


class ListingRows(OneListing):
    """The rows: read now, or those of a moment ago in another order. A fragment."""

    def get(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        try:
            look = self._look()
        except REFUSALS as error:
            return render(request, "console/listings/refused.html", {"why": str(error)})
        context = rows_context(look, request.GET)
        context |= {
            "line": line_of(self.known),
            "words": asked_words(self.known, look.values),
            "asked": request.GET.urlencode(),
        }
        return render(request, "console/listings/rows.html", context)

    def _look(self) -> Look:
        by = who(self.request)
        if token := self.request.GET.get("look", ""):
            try:
                return kept_look(token, self.known, by=by)
            except LookGone:
                pass  # read anew
        return take_look(self.known, self.parameters_form().values(), by=by, now=timezone.now())


def rows_context(look: Look, asked: Mapping[str, str]) -> Context:
    """Return the table of a look in the order that is asked for."""
    sheet = look.sheet
    names = {column.name for column in sheet.columns}
    name, is_down = asked.get("order", ""), asked.get("down") == "1"
    order = ((name, is_down),) if name in names else ()
    count = min(whole(asked.get("count", "")) or SHOWN, MOST_SHOWN)
    rows = sheet.rows(order=order, limit=count)
    table = shown_table(
        sheet.columns, rows, totals=sheet.totals(), order=order[0] if order else ("", False)
    )
    return {
        "table": table,
        "look": look,
        "count": sheet.count,
        "shown": len(table.rows),
        "order": name,
        "is_down": is_down,
        "more": min(sheet.count, MOST_SHOWN) if sheet.count > len(table.rows) else 0,
        "flaws": flaw_words(look),
    }


def flaw_words(look: Look) -> list[str]:
    """Say which columns hold what is not of their kind (P6)."""
    labels = {column.name: column.heading(active_language()) for column in look.sheet.columns}
    sentences = {
        "kind": _("“%(column)s”: %(count)s values are not what the column says."),
        "cut": _("“%(column)s”: %(count)s values were too long and were cut."),
    }
    return [
        sentences[flaw.flaw] % {"column": labels[flaw.column], "count": flaw.count}
        for flaw in look.sheet.flaws
    ]


def asked_words(known: KnownListing, values: Mapping[str, JSON]) -> list[str]:
    """Say what was asked for: “Período: ayer”."""
    said = []
    for parameter in parameters_of(known.listing):
        given = values.get(parameter.name)
        value = str(parameter.default if given is None else given or "")
        if value:
            label = in_language(parameter.label, active_language()) or parameter.name
            words = period_in_words(value) if parameter.type == PERIOD else value
            said.append(f"{label}: {words}")
    return said


class ListingDelete(OneListing, ConfirmPage):
    permission_required = (DELETE,)
    title = gettext_lazy("Delete listing")
    explanation = gettext_lazy("The data of the business stay as they are.")
    button = gettext_lazy("Delete")
    done = gettext_lazy("The listing was deleted.")
    is_dangerous = True
    refusals = (ListingInUse,)

    @property
    def listing(self) -> Listing:
        if self.own is None:
            raise Http404
        return self.own

    @property
    def question(self) -> str:
        return _("Delete the listing “%(name)s”?") % {"name": self.listing.name}

    def get_title(self) -> str:
        return str(self.title)

    def get_back(self) -> tuple[str, str] | None:
        return self.known.label, reverse("console:listing", args=[self.known.name])

    def act(self, _reason: str) -> str | None:
        delete_listing(self.listing, by=who(self.request), now=timezone.now())
        return reverse("console:listings")
