from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import BaseModelForm, BaseModelFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from emailketing.company.models import Company
from emailketing.contacts.check import ContactInvalid, read_address, wrong_with, wrong_with_role
from emailketing.contacts.duties import delete_role, save_role
from emailketing.contacts.misread import why_misread
from emailketing.contacts.models import Address, Contact, Role, Suppression
from emailketing.contacts.save import Besides, save_contact
from emailketing.preferences.forget import forget_person
from emailketing.preferences.listed import ended_words
from emailketing.search.models import Kind
from emailketing.sources.labels import Labels
from emailketing.web.console.forms.reading_form import ReadingForm
from emailketing.web.console.frame.base import ConsoleAdmin, LongList, ReadOnlyAdmin, who
from emailketing.web.console.frame.shapes import Choices, Context, ListAdmin
from emailketing.web.console.lists.list_search import searched
from emailketing.web.console.shown.phone import readable_number
from emailketing.web.console.templatetags.console import badge, short_moment, two_lines

if TYPE_CHECKING:
    from django.contrib.admin import TabularInline as _TabularInline

    TabularInline = _TabularInline[Any, Any]
else:
    from unfold.admin import TabularInline

# what is read again and would be overwritten
FROM_SOURCE = ("source", "key", "name", "tax_id", "is_active", "updated_at")


class ContactForm(ReadingForm[Contact]):
    def what_is_wrong(self) -> Iterable[tuple[str, str]]:
        return wrong_with(self.instance).items()


class AddressForm(ReadingForm[Address]):
    """What is entered by hand is understood at once or refused with a sentence."""

    def what_is_wrong(self) -> Iterable[tuple[str, str]]:
        if not self.has_changed():
            return ()
        return read_address(self.instance, Company.get().country).items()


class RoleForm(ReadingForm[Role]):
    def what_is_wrong(self) -> Iterable[tuple[str, str]]:
        return wrong_with_role(self.instance).items()


class AddressInline(TabularInline):
    model = Address
    form = AddressForm
    fields = ("kind", "value", "usage", "person", "position")
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Contact | None = None) -> bool:
        """What a source says is changed there; by hand only what was entered by hand."""
        return super().has_change_permission(request, obj) and not (obj and obj.source)

    def has_add_permission(self, request: HttpRequest, obj: Contact | None = None) -> bool:
        return super().has_add_permission(request, obj) and not (obj and obj.source)

    def has_delete_permission(self, request: HttpRequest, obj: Contact | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.source)


class ContactSourceFilter(admin.SimpleListFilter):
    title = _("source")
    parameter_name = "source"

    def lookups(self, _request: HttpRequest, _model_admin: ListAdmin) -> Choices:
        return [*Labels().sources(), ("-", _("entered by hand"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        if not self.value():
            return queryset
        return queryset.filter(source="" if self.value() == "-" else self.value())


class AddressFilter(admin.SimpleListFilter):
    title = _("e-mail address")
    parameter_name = "email"

    def lookups(self, _request: HttpRequest, _model_admin: ListAdmin) -> Choices:
        return [("none", _("has none")), ("problem", _("cannot be used"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        if self.value() == "none":
            return queryset.exclude(addresses__kind=Address.Kind.EMAIL)
        if self.value() == "problem":
            return queryset.filter(addresses__problem__gt="").distinct()
        return queryset


def _shown(row: Address) -> str:
    return readable_number(row.value) if row.kind == Address.Kind.PHONE else row.value


@admin.register(Contact)
class ContactAdmin(LongList):
    form = ContactForm
    refusals: ClassVar = (ContactInvalid,)
    list_display = ("who", "where", "language", "is_active")
    list_filter = (ContactSourceFilter, AddressFilter, "is_active", "language")
    search_fields = ("name", "tax_id")
    search_help_text = _("Part of the name, tax number or address")
    inlines = (AddressInline,)
    ordering = ("name",)
    list_display_links = None
    actions = None  # most come from a source, and would come back: deleting is on a page of its own

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        return super().get_queryset(request).prefetch_related("addresses")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Contact], search_term: str
    ) -> tuple[QuerySet[Contact], bool]:
        return searched(request, queryset, Kind.CONTACT, search_term), False

    def get_readonly_fields(
        self, _request: HttpRequest, obj: Contact | None = None
    ) -> tuple[str, ...]:
        return FROM_SOURCE if obj and obj.source else ("source", "key", "updated_at")

    def get_fields(self, _request: HttpRequest, obj: Contact | None = None) -> tuple[str, ...]:
        own = ("name", "tax_id", "language", "is_active", "notes")
        return (*own, "source", "key", "updated_at") if obj and obj.source else own

    def has_delete_permission(self, request: HttpRequest, obj: Contact | None = None) -> bool:
        """A contact of a source would only come back."""
        return super().has_delete_permission(request, obj) and not (obj and obj.source)

    def save_model(
        self, request: HttpRequest, obj: Model, form: "BaseModelForm[Contact]", change: bool
    ) -> None:
        """With its addresses it is saved by one function, below."""

    def save_related(
        self,
        request: HttpRequest,
        form: "BaseModelForm[Contact]",
        formsets: "list[BaseModelFormSet[Address, AddressForm]]",
        change: bool,
    ) -> None:
        del change
        [formset] = formsets
        formset.save(commit=False)  # which sorts out what is new and what is gone
        rows = [one.instance for one in formset.initial_forms]
        rows = [row for row in rows if row not in formset.deleted_objects]
        addresses = None if form.instance.source else [*rows, *formset.new_objects]
        save_contact(form.instance, Besides(addresses), by=who(request), now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        forget_person(Contact.objects.get(pk=obj.pk), by=who(request), now=timezone.now())

    @admin.display(description=_("name"), ordering="name")
    def who(self, contact: Contact) -> SafeString:
        address = reverse("console:contact", args=[contact.pk])
        return format_html('<a class="ek-link" href="{}">{}</a>', address, contact.shown)

    @admin.display(description=_("e-mail and phone"))
    def where(self, contact: Contact) -> SafeString:
        rows = list(contact.addresses.all())
        if not rows:
            return badge(_("no address"), "warn")
        lines = format_html_join(
            "",
            "<div>{} {}</div>",
            ((_shown(row), badge(why_misread(row), "bad") if row.problem else "") for row in rows),
        )
        return format_html("<div>{}</div>", lines)


@admin.register(Role)
class RoleAdmin(ConsoleAdmin):
    """Duties in the own company: a rule writes to whoever has them."""

    form = RoleForm
    refusals: ClassVar = (ContactInvalid,)
    list_display = ("name", "people")
    search_fields = ("name",)
    autocomplete_fields = ("contacts",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Role]:
        return super().get_queryset(request).prefetch_related("contacts")

    def save_model(
        self, request: HttpRequest, obj: Model, form: "BaseModelForm[Role]", change: bool
    ) -> None:
        """With its people it is saved by one function, below."""

    def save_related(
        self, request: HttpRequest, form: "BaseModelForm[Role]", formsets: list[str], change: bool
    ) -> None:
        del formsets, change
        people = form.cleaned_data.get("contacts")
        save_role(form.instance, people, by=who(request), now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        delete_role(Role.objects.get(pk=obj.pk), by=who(request), now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        for role in Role.objects.filter(pk__in=queryset.values("pk")):
            delete_role(role, by=who(request), now=timezone.now())

    @admin.display(description=_("who has it"))
    def people(self, role: Role) -> str:
        return ", ".join(contact.shown for contact in role.contacts.all()) or "—"


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin, LongList):
    """Addresses never to use; lifted on a page of their own, with the reason."""

    list_display = ("whom", "what", "reason_words", "where_from", "since", "by", "answers", "lift")
    list_filter = ("via", "reason", "kind", "mail_class")
    search_fields = ("value",)
    list_display_links = None
    ordering = ("-pk",)
    list_before_template = "console/contacts/suppressions.html"

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        may_lift = request.user.has_perm("contacts.delete_suppression")
        return self.list_display if may_lift else self.list_display[:-1]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Context | None = None,
    ) -> HttpResponse:
        del request, object_id, form_url, extra_context
        return redirect("admin:contacts_suppression_changelist")

    @admin.display(description=_("address"), ordering="value")
    def whom(self, suppression: Suppression) -> str:
        is_phone = suppression.kind == Address.Kind.PHONE
        return readable_number(suppression.value) if is_phone else suppression.value

    @admin.display(description=_("for which messages"), ordering="mail_class")
    def what(self, suppression: Suppression) -> str:
        """Of everything, of one class of messages only, or of one report."""
        return ended_words(suppression)

    @admin.display(description=_("reason"), ordering="reason")
    def reason_words(self, suppression: Suppression) -> SafeString:
        return two_lines(suppression.get_reason_display(), suppression.note)

    @admin.display(description=_("where from"), ordering="via")
    def where_from(self, suppression: Suppression) -> str:
        return str(suppression.get_via_display()) or "—"

    @admin.display(description=_("message"), ordering="message")
    def answers(self, suppression: Suppression) -> str:
        if suppression.message is None:
            return "—"
        address = reverse("console:message", args=[suppression.message])
        return format_html('<a class="ek-link" href="{}">{}</a>', address, suppression.message)

    @admin.display(description=_("since"), ordering="at")
    def since(self, suppression: Suppression) -> str:
        return short_moment(suppression.at)

    @admin.display(description="")
    def lift(self, suppression: Suppression) -> SafeString:
        return format_html(
            '<a class="ek-link" href="{}">{}</a>',
            reverse("console:suppression_lift", args=[suppression.pk]),
            _("Lift"),
        )
