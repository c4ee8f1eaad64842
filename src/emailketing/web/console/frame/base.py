"""The base of every list and form; what is saved goes through the one function of its noun.

Use: `@admin.register(Rule) class RuleAdmin(ConsoleAdmin): …` in `console/<entry>/admin.py`.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.models import LogEntry
from django.db import models
from django.db.models.constants import LOOKUP_SEP
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst

from emailketing.accounts.models import User
from emailketing.accounts.who import Who
from emailketing.web.console.frame.menu import name_at
from emailketing.web.console.frame.paginator import WithoutCount
from emailketing.web.console.frame.shapes import Context

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as UnfoldModelAdmin

    ModelAdmin = UnfoldModelAdmin[Any]
else:
    from unfold.admin import ModelAdmin


# what Django's own filters write behind a column's name in the address
FILTER_ENDINGS = ("", "__exact", "__isnull", "__id__exact")


def who(request: HttpRequest) -> Who:
    """Say who is signed in, and from where, for whatever is to be done."""
    user = request.user if isinstance(request.user, User) else None
    name = user.get_username() if user else ""
    return Who(name, user, request.META.get("REMOTE_ADDR", ""))


class ConsoleAdmin(ModelAdmin):
    """A list and form in the console's look."""

    list_per_page = 50
    LONGEST_SEARCH = 200  # letters: SQLite refuses a longer pattern, and nobody types one
    compressed_fields = True
    warn_unsaved_form = True
    actions_on_top = True
    linked_columns: ClassVar[tuple[str, ...]] = ()  # that a link of ours asks without a filter
    refusals: ClassVar[tuple[type[Exception], ...]] = ()  # by which the one function refuses

    def changelist_view(
        self, request: HttpRequest, extra_context: Context | None = None
    ) -> HttpResponse:
        """The window's title is the name in the menu, not “select … to view”."""
        if len(request.GET.get("q", "")) > self.LONGEST_SEARCH:
            shorter = request.GET.copy()
            shorter["q"] = request.GET["q"][: self.LONGEST_SEARCH]
            return redirect(f"{request.path}?{shorter.urlencode()}")
        title = {"title": name_at(request.path) or capfirst(self.model._meta.verbose_name_plural)}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow in the address what the list's own filters ask, nothing else.

        Django lets every column be asked in every way: `?subject__regex=(.*)*x` keeps the console
        busy until the end of days.
        """
        del value
        filters = self.get_list_filter(request) if request else ()
        own = {*self.linked_columns, *(getattr(one, "parameter_name", one) for one in filters)}
        if lookup in {f"{name}{ending}" for name in own for ending in FILTER_ENDINGS}:
            return True
        columns = {field.name for field in self.model._meta.get_fields()}
        return LOOKUP_SEP not in lookup and lookup not in columns  # unknown: told as such

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Context | None = None,
    ) -> HttpResponse:
        """One button to save is enough.

        What could be saved when the form asked, and cannot any more, is said above the page as it
        is now: somebody else was first.
        """
        few = {"show_save_and_add_another": False, "show_save_and_continue": False}
        context = {**few, **(extra_context or {})}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except self.refusals as error:
            messages.error(request, str(error))
            return redirect(request.get_full_path())

    # ---- who saves calls the one function of the noun, which checks and notes ----

    def save_model(
        self, request: HttpRequest, obj: models.Model, form: "ModelForm[Any]", change: bool
    ) -> None:
        raise NotImplementedError(type(self).__name__)

    def save_related(
        self, request: HttpRequest, form: "ModelForm[Any]", formsets: Any, change: bool
    ) -> None:
        raise NotImplementedError(type(self).__name__)

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        raise NotImplementedError(type(self).__name__)

    def delete_queryset(
        self, request: HttpRequest, queryset: models.QuerySet[models.Model]
    ) -> None:
        raise NotImplementedError(type(self).__name__)

    # ---- one audit trail, not two ----

    def log_addition(self, *_args: Any) -> LogEntry:
        return LogEntry()

    def log_change(self, *_args: Any) -> LogEntry:
        return LogEntry()

    def log_deletions(self, *_args: Any) -> list[LogEntry]:
        return []

    def history_view(self, _request: HttpRequest, object_id: str, *_args: Any) -> HttpResponse:
        query = {
            "object_type": self.model._meta.label_lower,
            "object_id": object_id,
            "period": "all",
        }
        return redirect(f"{reverse('admin:accounts_auditentry_changelist')}?{urlencode(query)}")


class ReadOnlyAdmin(ConsoleAdmin):
    """A list and page to look at; nothing can be added, changed or deleted here."""

    def has_add_permission(self, _request: HttpRequest, _obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(
        self, _request: HttpRequest, _obj: models.Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, _request: HttpRequest, _obj: models.Model | None = None
    ) -> bool:
        return False


class LongList(ConsoleAdmin):
    """A list that may hold millions of rows: nothing is counted, there is a next page or not."""

    paginator = WithoutCount
    show_full_result_count = False
    show_facets = ShowFacets.NEVER


class PageAdmin(ReadOnlyAdmin, LongList):
    """A long list whose rows open a page of our own: `page` is the name of its address."""

    page = ""

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Context | None = None,
    ) -> HttpResponse:
        del request, form_url, extra_context
        return redirect(self.page, object_id)
