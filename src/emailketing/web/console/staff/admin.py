"""Users with one role each, and the audit trail."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from emailketing.accounts.models import AuditEntry, User
from emailketing.accounts.users import UserInvalid, change_user, make_user, role_of, set_password
from emailketing.common.plain import JSON
from emailketing.web.console.forms.typed_forms import ModelForm
from emailketing.web.console.frame.banners import address
from emailketing.web.console.frame.base import ConsoleAdmin, LongList, ReadOnlyAdmin, who
from emailketing.web.console.frame.shapes import Choices, Context, ListAdmin, Words
from emailketing.web.console.lists.filters import PeriodFilter
from emailketing.web.console.staff.forms import (
    ROLE_CHOICES,
    NewUserForm,
    UserForm,
)
from emailketing.web.console.staff.words import (
    actions_in_words,
    field_words,
    kinds_in_words,
    told,
    value_words,
)
from emailketing.web.console.templatetags.console import moment, short_moment, two_lines

if TYPE_CHECKING:
    from django.contrib.auth.admin import UserAdmin as _UserAdmin
    from django.contrib.auth.forms import AdminPasswordChangeForm

    UserAdmin = _UserAdmin[User]
else:
    from django.contrib.auth.admin import UserAdmin
    from unfold.forms import AdminPasswordChangeForm


COMMAND_LINE = "command line"  # as the command line notes itself

# importing Django's admin of users registers its groups: ours are the three roles, not a list
admin.site.unregister(Group)


@admin.register(User)
class StaffAdmin(ConsoleAdmin, UserAdmin):
    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    refusals: ClassVar = (UserInvalid,)
    list_display = ("username", "full_name", "role_word", "last_seen", "is_active")
    list_filter = ("is_active", "groups")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    readonly_fields = ("set_password",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "set_password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email", "language")}),
        (_("What they may do"), {"fields": ("role", "is_active")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email", "language", "role")}),
        (_("Password"), {"fields": ("usable_password", "password1", "password2")}),
    )

    def has_delete_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        """The audit trail names users: one who leaves becomes inactive."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def save_model(
        self, request: HttpRequest, obj: Model, form: ModelForm[User], change: bool
    ) -> None:
        """The role is kept with the user, by the one function that notes it."""
        del obj, change
        by, now = who(request), timezone.now()
        user, role = form.instance, form.cleaned_data["role"]
        if isinstance(form, NewUserForm):
            make_user(user, role=role, password=form.password(), by=by, now=now)
        else:
            change_user(user, role=role, by=by, now=now)

    def save_related(
        self, request: HttpRequest, form: ModelForm[User], formsets: list[str], change: bool
    ) -> None:
        """Nothing is left: there are no rows besides."""

    @method_decorator(sensitive_post_parameters())
    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - Django's name
        form_url: str = "",
    ) -> HttpResponse:
        """Show Django's page; what is good on it is kept by the one function that notes it."""
        user = self.get_object(request, unquote(id))
        if request.method == "POST" and user and self.has_change_permission(request, user):
            form = self.change_password_form(user, request.POST)
            is_valid = form.is_valid()
            is_set = bool(form.cleaned_data.get("set_usable_password"))
            if is_valid and (is_set or "unset-password" in request.POST):
                password = form.cleaned_data["password1"] if is_set else None
                set_password(user, password, by=who(request), now=timezone.now())
                update_session_auth_hash(request, user)
                changed = gettext("Password changed successfully.")
                ended = gettext("Password-based authentication was disabled.")
                messages.success(request, changed if is_set else ended)
                return redirect("admin:accounts_user_change", user.pk)
        return super().user_change_password(request, id, form_url)

    @admin.display(description=_("password"))
    def set_password(self, user: User) -> SafeString:
        url = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a class="ek-link" href="{}">{}</a>', url, _("Set a new one"))

    @admin.display(description=_("name"))
    def full_name(self, user: User) -> str:
        return user.get_full_name() or "—"

    @admin.display(description=_("role"))
    def role_word(self, user: User) -> str:
        return str(dict(ROLE_CHOICES)[role_of(user)]).split(":", maxsplit=1)[0]

    @admin.display(description=_("last signed in"), ordering="last_login")
    def last_seen(self, user: User) -> str:
        return short_moment(user.last_login) or "—"


class AuditPeriod(PeriodFilter):
    column = "at"


class ActionFilter(admin.SimpleListFilter):
    title = _("action")
    parameter_name = "action_done"

    def lookups(self, _request: HttpRequest, _model_admin: ListAdmin) -> Choices:
        return actions_in_words()

    def queryset(
        self, _request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        return queryset.filter(action=self.value()) if self.value() else queryset


class KindFilter(admin.SimpleListFilter):
    title = _("kind of object")
    parameter_name = "object_type"

    def lookups(self, _request: HttpRequest, _model_admin: ListAdmin) -> Choices:
        return kinds_in_words()

    def queryset(
        self, _request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        return queryset.filter(object_type=self.value()) if self.value() else queryset


class WhoFilter(admin.SimpleListFilter):
    title = _("who")
    parameter_name = "username"

    def lookups(self, _request: HttpRequest, _model_admin: ListAdmin) -> Choices:
        names = User.objects.order_by("username").values_list("username", flat=True)[:200]
        return [(name, name) for name in names]

    def queryset(
        self, _request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        return queryset.filter(username=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditAdmin(ReadOnlyAdmin, LongList):
    """Who changed what, before and after; nobody can change it here."""

    list_display = ("when", "who", "what", "values", "from_where")
    list_filter = (AuditPeriod, WhoFilter, ActionFilter, KindFilter)
    linked_columns = ("object_type", "object_id")  # “History” of a record
    search_fields = ("username", "object_label")
    search_help_text = _("User, or name of the object")
    list_display_links = None
    ordering = ("-pk",)
    fields = ("at", "username", "action", "object_type", "object_id", "object_label", "changes")

    def changelist_view(
        self, request: HttpRequest, extra_context: Context | None = None
    ) -> HttpResponse:
        """“Audit” is that of the business systems; this page is called as in the menu."""
        context = {"title": _("Changes made here"), **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.display(description=_("when"), ordering="pk")
    def when(self, entry: AuditEntry) -> SafeString:
        return format_html('<span class="ek-nowrap">{}</span>', moment(entry.at))

    @admin.display(description=_("who"), ordering="username")
    def who(self, entry: AuditEntry) -> str:
        return entry.username or "—"

    @admin.display(description=_("what"))
    def what(self, entry: AuditEntry) -> SafeString:
        action, kind = told(entry)
        label: Words = entry.object_label
        if url := _address(entry):
            label = format_html('<a class="ek-link" href="{}">{}</a>', url, label)
        return two_lines(action, format_html("{} {}", kind, label) if kind else "")

    @admin.display(description=_("before → after"))
    def values(self, entry: AuditEntry) -> SafeString:
        rows = [
            (field_words(entry, name), _short(pair[0]), _short(pair[1]))
            for name, pair in entry.changes.items()
            if isinstance(pair, list) and len(pair) == 2  # noqa: PLR2004 - before and after
        ]
        lines = format_html_join(
            "",
            '<div class="ek-changes ek-anywhere">{}: <del>{}</del> → <ins>{}</ins></div>',
            rows[:12],
        )
        return format_html("<div>{}</div>", lines)

    @admin.display(description=_("came from"))
    def from_where(self, entry: AuditEntry) -> str:
        known = {COMMAND_LINE: _("command line")}
        return str(known.get(entry.came_from, entry.came_from)) or "—"


def _short(value: JSON) -> str:
    text = value_words(value)
    return text if len(text) <= 120 else f"{text[:119]}…"  # noqa: PLR2004 - the list stays readable


# what has a page of its own instead of a form of the admin
PAGES = {
    "notifications.rule": "console:rule",
    "sources.source": "console:source",
    "channels.sender": "console:sender",
    "content.brand": "console:brand_edit",
    "content.template": "console:template",
    "outbox.message": "console:message",
    "contacts.contact": "console:contact",
}


def _address(entry: AuditEntry) -> str:
    """Where the object is shown, "" when nowhere."""
    if not entry.object_type or not entry.object_id:
        return ""
    if entry.object_type == "company.company":
        return address("console:company")
    form = f"admin:{entry.object_type.replace('.', '_')}_change"
    return address(PAGES.get(entry.object_type, form), entry.object_id)
