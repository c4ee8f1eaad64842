"""The entries of the menu, in the user's words."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from emailketing.web.console.frame.shapes import Words


@dataclass(frozen=True)
class MenuEntry:
    """One line of the menu.

    Attributes:
        also: beginnings of other addresses that belong to it.
    """

    title: Words
    icon: str
    view: str
    permission: str
    also: tuple[str, ...] = field(default=())


MENU: tuple[tuple[Words, tuple[MenuEntry, ...]], ...] = (
    (
        "",
        (
            MenuEntry(_("First steps"), "rocket_launch", "console:setup", "company.change_company"),
            MenuEntry(
                _("Dashboard"), "space_dashboard", "console:dashboard", "outbox.view_message"
            ),
            MenuEntry(
                _("Documents"), "search", "console:documents", "events.view_event", ("/document/",)
            ),
            MenuEntry(_("Why not?"), "contact_support", "console:why", "outbox.view_message"),
        ),
    ),
    (
        _("What happens"),
        (
            MenuEntry(
                _("Rules"),
                "bolt",
                "console:rules",
                "notifications.view_rule",
                ("/rules/",),
            ),
            MenuEntry(
                _("Reports"),
                "table_chart",
                "console:reports",
                "reports.view_report",
                ("/reports/",),
            ),
            MenuEntry(
                _("Special dates"),
                "celebration",
                "console:occasions",
                "occasions.view_occasion",
                ("/occasions/", "/calendar/"),
            ),
            MenuEntry(
                _("Events"),
                "event_note",
                "admin:events_event_changelist",
                "events.view_event",
                ("/events/",),
            ),
            MenuEntry(
                _("Audit"),
                "policy",
                "console:audit",
                "sources.view_capturedchange",
                ("/audit/",),
            ),
            MenuEntry(
                _("Messages"),
                "outgoing_mail",
                "admin:outbox_message_changelist",
                "outbox.view_message",
                ("/messages/",),
            ),
            MenuEntry(
                _("Listings"),
                "table_view",
                "console:listings",
                "listings.view_listing",
                ("/listings/",),
            ),
            MenuEntry(_("Runs"), "schedule", "console:runs", "schedule.view_run", ("/runs/",)),
            MenuEntry(_("Test inbox"), "inbox", "console:inbox", "channels.view_inboxmessage"),
        ),
    ),
    (
        _("People"),
        (
            MenuEntry(
                _("Contacts"),
                "contacts",
                "admin:contacts_contact_changelist",
                "contacts.view_contact",
                ("/contacts/contact/",),
            ),
            MenuEntry(
                _("Without an address"),
                "person_off",
                "console:contacts_unreachable",
                "contacts.view_contact",
                ("/people/misread/", "/people/dates/"),
            ),
            MenuEntry(_("Duties"), "badge", "admin:contacts_role_changelist", "contacts.view_role"),
            MenuEntry(
                _("Do not write"),
                "block",
                "admin:contacts_suppression_changelist",
                "contacts.view_suppression",
            ),
        ),
    ),
    (
        _("Look and words"),
        (
            MenuEntry(
                _("Templates"),
                "article",
                "console:templates",
                "content.view_template",
                ("/templates/",),
            ),
            MenuEntry(
                _("Brand"),
                "palette",
                "console:brand",
                "content.view_brand",
                ("/brand/",),
            ),
        ),
    ),
    (
        _("Connections"),
        (
            MenuEntry(
                _("Sources"),
                "database",
                "console:sources",
                "sources.view_source",
                ("/sources/",),
            ),
            MenuEntry(
                _("Senders"),
                "send",
                "console:senders",
                "channels.view_sender",
                ("/senders/",),
            ),
        ),
    ),
    (
        _("Administration"),
        (
            MenuEntry(_("Users"), "group", "admin:accounts_user_changelist", "accounts.view_user"),
            MenuEntry(
                _("Changes made here"),
                "history",
                "admin:accounts_auditentry_changelist",
                "accounts.view_auditentry",
            ),
            MenuEntry(_("Free days"), "event_busy", "console:free_days", "company.view_freeday"),
            MenuEntry(
                _("Company"),
                "storefront",
                "console:company",
                "company.view_company",
                ("/company/", "/configuration/"),
            ),
        ),
    ),
)


def name_at(path: str) -> Words:
    """Return what the menu calls the page at this address: pages have the same name ("": none)."""
    entries = (entry for _group, entries in MENU for entry in entries)
    return next((entry.title for entry in entries if reverse(entry.view) == path), "")
