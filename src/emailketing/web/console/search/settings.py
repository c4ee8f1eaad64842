"""What can be set, and where: the pages of the menu, their fields, and what was connected."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from emailketing.accounts.models import User
from emailketing.channels.models import Sender
from emailketing.contacts.models import Role
from emailketing.sources.models import Source
from emailketing.web.console.brand.forms import BrandForm
from emailketing.web.console.company.forms import CompanyForm
from emailketing.web.console.frame.menu import MENU
from emailketing.web.console.frame.shapes import Words


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set; `more` are other words it is found by."""

    title: Words
    page: Words
    url: str
    more: str = ""


def settings(may: Callable[[str], bool]) -> Iterator[Setting]:
    """Yield what this person may look at."""
    for group, entries in MENU:
        for entry in entries:
            if may(entry.permission):
                yield Setting(entry.title, group or entry.title, reverse(entry.view))
    if may("company.view_company"):
        yield from _fields(CompanyForm, _("Company"), "console:company")
    if may("content.view_brand"):
        yield from _fields(BrandForm, _("Brand"), "console:brand")
    if may("channels.view_sender"):
        for sender in Sender.objects.order_by("name"):
            page = ("console:sender", sender.pk) if may("channels.change_sender") else ()
            url = reverse(page[0], args=page[1:]) if page else reverse("console:senders")
            more = f"{sender.from_name} {sender.from_address} {sender.host}"
            yield Setting(sender.name, _("Senders"), url, more)
    yield from _rows(may)


def _rows(may: Callable[[str], bool]) -> Iterator[Setting]:
    if may("sources.view_source"):
        for source in Source.objects.order_by("name"):
            url = reverse("console:source", args=[source.pk])
            yield Setting(source.name, _("Sources"), url, source.slug)
    if may("contacts.view_role"):
        for role in Role.objects.order_by("name"):
            url = reverse("admin:contacts_role_change", args=[role.pk])
            yield Setting(role.name, _("Duties"), url)
    if may("accounts.view_user"):
        for user in User.objects.order_by("username"):
            url = reverse("admin:accounts_user_change", args=[user.pk])
            more = f"{user.get_full_name()} {user.email}"
            yield Setting(user.get_username(), _("Users"), url, more)


def _fields(form: type[CompanyForm | BrandForm], page: Words, view: str) -> Iterator[Setting]:
    """The fields as the page names them."""
    for name, field in form.base_fields.items():
        if field.label:
            yield Setting(field.label, page, f"{reverse(view)}#id_{name}", str(field.help_text))
