"""Every page of the console × every role: who may open it, who may act (a table, S36)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from emailketing.accounts.models import AuditEntry
from emailketing.accounts.roles import ADMINISTRATOR, OPERATOR, READER
from emailketing.channels.models import InboxMessage
from emailketing.contacts.models import Suppression
from emailketing.outbox.models import Message
from emailketing.triggers.notifications.models import Outcome

SignIn = Callable[[str], Client]
ALL = {READER, OPERATOR, ADMINISTRATOR}
CHANGERS = {OPERATOR, ADMINISTRATOR}
CHIEFS = {ADMINISTRATOR}

# name of the address → who may open it (GET)
PAGES = {
    "console:dashboard": ALL,
    "console:documents": ALL,
    "console:document": ALL,
    "console:event": ALL,
    "console:inbox": ALL,
    "console:inbox_message": ALL,
    "console:inbox_source": ALL,
    "console:inbox_file": ALL,
    "console:inbox_empty": CHANGERS,
    "console:message": ALL,
    "console:message_source": ALL,
    "console:message_file": ALL,
    "console:message_sent": CHANGERS,
    "console:message_again": CHANGERS,
    "console:message_give_up": CHANGERS,
    "console:message_release": CHANGERS,
    "console:message_cancel": CHANGERS,
    "console:message_resend": CHANGERS,
    "console:contact": ALL,
    "console:contacts_unreachable": ALL,
    "console:contacts_misread": ALL,
    "console:contacts_dates": ALL,
    "console:suppress": CHANGERS,
    "console:suppression_lift": CHANGERS,
    "console:suppress_export": ALL,
    "console:help": ALL,
    "console:help_words": ALL,
    "console:help_topic": ALL,
    "admin:outbox_message_changelist": ALL,
    "admin:events_event_changelist": ALL,
    "admin:contacts_contact_changelist": ALL,
    "admin:contacts_contact_add": CHANGERS,
    "admin:contacts_role_changelist": ALL,
    "admin:contacts_role_add": CHANGERS,
    "admin:contacts_suppression_changelist": ALL,
    "admin:accounts_user_changelist": CHIEFS,
    "admin:accounts_user_add": CHIEFS,
    "admin:accounts_user_change": CHIEFS,
    "admin:auth_user_password_change": CHIEFS,
    "admin:accounts_auditentry_changelist": ALL,
    "admin:outbox_message_add": set[str](),
    "admin:outbox_message_delete": set[str](),
    "admin:events_event_add": set[str](),
    "admin:events_event_delete": set[str](),
    "admin:accounts_auditentry_add": set[str](),
    "admin:accounts_auditentry_delete": set[str](),
    "admin:accounts_user_delete": set[str](),
    "admin:contacts_suppression_add": set[str](),
    "admin:contacts_suppression_delete": set[str](),
}
# acts on POST only
POSTS = {
    "console:contact_wishes": CHANGERS,
    "console:contact_dates": CHANGERS,
    "console:contacts_write": CHANGERS,
}
# acts on POST only, whoever is signed in
FOR_EVERYBODY = {"console:language"}
OWN_TESTS = {"console:safe_mode"}  # everybody looks, one role acts: test_shell
THIS_FILE_KNOWS = (
    "dashboard",
    "document",
    "event",
    "inbox",
    "message",
    "contact",
    "suppress",
    "help",
)


def arguments(name: str, story: dict[str, Any]) -> list[Any]:
    """What the address of a page needs: a record of the story."""
    message = Message.objects.filter(state="accepted", is_redirected=True).get()
    mail = InboxMessage.objects.latest("pk").pk
    known: dict[str, list[Any]] = {
        "console:message_file": [message.pk, 1],
        "console:inbox_file": [mail, 1],
        "console:inbox_message": [mail],
        "console:inbox_source": [mail],
        "console:inbox_empty": [],
        "console:help_topic": ["rules"],
        "console:document": ["estacion", "purchase_order", "17"],
        "console:event": [message.dispatch.event_id],
        "console:contact": [story["contacts"]["P1"].pk],
        "console:contact_wishes": [story["contacts"]["P1"].pk],
        "console:contact_dates": [story["contacts"]["P1"].pk],
        "console:contacts_write": [Outcome.objects.get(result="no_address").pk],
        "console:suppression_lift": [Suppression.objects.get().pk],
        "admin:outbox_message_delete": [message.pk],
        "admin:events_event_delete": [message.dispatch.event_id],
        "admin:accounts_user_change": [story["users"]["operator"].pk],
        "admin:accounts_user_delete": [story["users"]["operator"].pk],
        "admin:auth_user_password_change": [story["users"]["operator"].pk],
        "admin:accounts_auditentry_delete": [AuditEntry.objects.latest("pk").pk],
        "admin:contacts_suppression_delete": [Suppression.objects.get().pk],
    }
    return known.get(name, [message.pk] if name.startswith("console:message") else [])


@pytest.mark.parametrize("role", sorted(ALL))
def test_each_role_opens_exactly_its_pages(
    role: str, story: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in(role)
    wrong = []
    for name, allowed in PAGES.items():
        status = client.get(reverse(name, args=arguments(name, story))).status_code
        if (status == 200) != (role in allowed) or status not in {200, 403}:
            wrong.append((name, status))
    assert wrong == []


@pytest.mark.parametrize("role", sorted(ALL))
def test_who_may_not_open_a_page_may_not_act_on_it(
    role: str, story: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in(role)
    before = list(Message.objects.order_by("pk").values_list("pk", "state"))
    for name, allowed in PAGES.items():
        if role not in allowed:
            address = reverse(name, args=arguments(name, story))
            assert client.post(address, {"reason": "x", "post": "yes"}).status_code == 403, name
    for name, allowed in POSTS.items():
        status = client.post(reverse(name, args=arguments(name, story)), {}).status_code
        assert (status == 302) if role in allowed else (status == 403), name
    assert list(Message.objects.order_by("pk").values_list("pk", "state")) == before
    assert InboxMessage.objects.count() == 2


def test_no_page_of_this_console_is_missing_in_the_table() -> None:
    """A new page of these entries must say who may open it."""
    found = {
        f"console:{pattern.name}"
        for resolver in get_resolver().url_patterns
        if isinstance(resolver, URLResolver) and resolver.namespace == "console"
        for pattern in resolver.url_patterns
        if isinstance(pattern, URLPattern)
    }
    ours = {name for name in found if name.split(":")[1].startswith(THIS_FILE_KNOWS)}
    assert ours <= {*PAGES, *POSTS, *FOR_EVERYBODY, *OWN_TESTS}
    assert {name for name in PAGES if name.startswith("console:")} <= found


def test_the_menu_shows_only_what_may_be_opened(story: dict[str, Any], signed_in: SignIn) -> None:
    reader = signed_in("reader").get("/inbox/").content.decode()
    assert 'href="/accounts/user/"' not in reader
    assert 'href="/accounts/auditentry/"' in reader
    assert 'href="/accounts/user/"' in signed_in("administrator").get("/inbox/").content.decode()
