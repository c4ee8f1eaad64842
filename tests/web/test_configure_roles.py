"""The configuring pages × every role: who may open, who may act (a table, S36)."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from emailketing.accounts.models import AuditEntry
from emailketing.accounts.roles import ADMINISTRATOR, OPERATOR, READER
from emailketing.content.models import Brand
from tests.web.attached import Station

SignIn = Callable[[str], Client]
ALL = {READER, OPERATOR, ADMINISTRATOR}
CHANGERS = {OPERATOR, ADMINISTRATOR}
CHIEFS = {ADMINISTRATOR}

# name of the address → who may open it (GET); POST of others is refused as well
PAGES = {
    "rules": ALL,
    "rule_new": CHANGERS,
    "rule": ALL,
    "rule_edit": CHANGERS,
    "rule_try": ALL,
    "rule_simulation": ALL,
    "rule_pack": ALL,
    "configuration": CHIEFS,
    "configuration_export": CHIEFS,
    "rule_delete": CHANGERS,
    "rule_release": CHANGERS,
    "rule_drop": CHANGERS,
    "rule_texts_write": CHANGERS,
    "rule_texts_leave": CHANGERS,
    "undelivered": ALL,
    "why": ALL,
    "templates": ALL,
    "template_cards": ALL,
    "template_new": CHANGERS,
    "template": ALL,
    "template_settings": CHANGERS,
    "template_delete": CHANGERS,
    "template_history": ALL,
    "revision": ALL,
    "revision_restore": CHANGERS,
    "brand_new": ALL,
    "brand_edit": ALL,
    "brand_default": CHANGERS,
    "brand_delete": CHANGERS,
    "audit": ALL,
    "audit_export": ALL,
    "company": ALL,
    "go_live": CHIEFS,
    "go_sandbox": CHIEFS,
    "stop_everything": CHIEFS,
    "resume_everything": CHIEFS,
    "senders": ALL,
    "sender_new": CHIEFS,
    "sender": CHIEFS,
    "sender_tests": CHIEFS,
    "sender_delete": CHIEFS,
    "sender_mailbox": CHIEFS,
    "sender_mailbox_forget": CHIEFS,
    "sources": ALL,
    "source_new": CHIEFS,
    "source": ALL,
    "source_tables": ALL,
    "source_connection": CHIEFS,
    "source_check": CHIEFS,
    "source_accept": CHIEFS,
    "source_sql": CHIEFS,
    "source_download": CHIEFS,
    "source_remove": CHIEFS,
    "source_delete": CHIEFS,
    "free_days": ALL,
    "listings": ALL,
    "listing": ALL,
    "listing_rows": ALL,
    "listing_new": CHANGERS,
    "runs": ALL,
    "reports": ALL,
    "public_address": ALL,
    "report_new": CHANGERS,
    "report_ready": CHANGERS,
    "report_parameters": CHANGERS,
    "report_suggestions": CHANGERS,
    "setup_company": CHIEFS,
    "setup_source": CHIEFS,
    "setup_sender": CHIEFS,
    "setup_rule": CHIEFS,
    "setup_test": CHIEFS,
    "setup_done": CHIEFS,
}
# by POST only
ACTS = {
    "rule_try_draft": CHANGERS,
    "rule_sentence": CHANGERS,
    "schedule_said": ALL,
    "listing_draft_fields": CHANGERS,
    "listing_draft_rows": CHANGERS,
    "configuration_apply": CHIEFS,
    "rule_send_me": CHANGERS,
    "rule_switch": CHANGERS,
    "template_preview": CHANGERS,
    "template_pdf": CHANGERS,
    "brand_preview": CHANGERS,
    "sender_check": CHIEFS,
    "sender_test": CHIEFS,
    "sender_mailbox_try": CHIEFS,
    "sender_resume": CHIEFS,
    "source_try": CHIEFS,
    "source_table": CHIEFS,
    "source_install": CHIEFS,
    "source_look": CHIEFS,
    "source_repair": CHIEFS,
    "source_pause": CHIEFS,
    "source_upgrade": CHIEFS,
    "source_resume": CHIEFS,
}
LEAD_ELSEWHERE = {"brand", "setup", "source_connector", "setup_arrived"}
OWN_TESTS = {"first_run", "safe_mode", "audit_change", "undelivered_seen", "run_cancel"}
OWN_TESTS |= {"listing_file", "listing_delete", "listing_edit", "listing_right"}
OWN_TESTS |= {"listing_edit_fields", "listing_edit_rows"}
OWN_TESTS |= {"report", "report_runs", "report_switch", "report_run", "report_send_me"}
OWN_TESTS |= {"report_delete", "report_edit", "report_seen", "report_file", "run", "run_file"}
OWN_TESTS |= {"report_draft", "report_draft_drop", "report_draft_seen", "report_draft_file"}
OWN_TESTS |= {"report_people", "report_pages"}
OTHERS = (
    "dashboard",
    "document",
    "event",
    "inbox",
    "message",
    "contact",
    "occasion",
    "calendar",
    "suppress",
    "language",
    "help",
    "search",
)


def address(name: str, station: Station) -> str:
    numbers = {
        "rule": station.rule.pk,
        "template": station.template.pk,
        "revision": station.template.revisions.order_by("pk")[0].pk,
        "brand": Brand.objects.order_by("pk")[0].pk,
        "sender": station.sender.pk,
        "source": station.source.pk,
    }
    needs_none = {"rule_new", "rule_try_draft", "template_new", "brand_new", "brand_preview"}
    needs_none |= {"template_cards"}
    needs_none |= {"sender_new", "sender_check", "source_new", "source_try", "rule_sentence"}
    if name == "audit_export":
        return reverse("console:audit_export", args=["csv"])
    if name == "rule_pack":
        return reverse("console:rule_pack", args=[station.source.pk])
    if name in {"listing_new", "listing_draft_fields", "listing_draft_rows"}:
        return reverse(f"console:{name}", args=["clicked"])
    if name in {"listing", "listing_rows"}:
        return reverse(f"console:{name}", args=["estacion.sales_by_branch"])
    kind = name.split("_")[0]
    takes = [numbers[kind]] if kind in numbers and name not in needs_none else []
    return reverse(f"console:{name}", args=takes)


@pytest.mark.parametrize("role", sorted(ALL))
def test_each_role_opens_exactly_its_pages(role: str, station: Station, signed_in: SignIn) -> None:
    client = signed_in(role)
    wrong = []
    for name, allowed in PAGES.items():
        status = client.get(address(name, station)).status_code
        if status != (200 if role in allowed else 403):
            wrong.append((name, status))
    assert wrong == []


@pytest.mark.parametrize("role", [READER, OPERATOR])
def test_who_may_not_open_a_page_may_not_act_on_it(
    role: str, station: Station, signed_in: SignIn
) -> None:
    client = signed_in(role)
    noted = AuditEntry.objects.count()  # the station's own rule
    entries = {"reason": "x", "typed": "Estación", "on": "0", "to": "a@b.test"}
    for name, allowed in {**PAGES, **ACTS}.items():
        if role not in allowed:
            assert client.post(address(name, station), entries).status_code == 403, name
    assert AuditEntry.objects.count() == noted


def test_what_is_done_by_post_is_not_done_by_a_link(station: Station, signed_in: SignIn) -> None:
    client = signed_in(ADMINISTRATOR)
    noted = AuditEntry.objects.count()
    for name in ACTS:
        assert client.get(address(name, station)).status_code == 405, name
    for name in ("rule_delete", "source_remove", "go_live", "stop_everything", "brand_delete"):
        client.get(address(name, station))
    assert AuditEntry.objects.count() == noted


def test_nobody_gets_in_without_signing_in(station: Station) -> None:
    client = Client()
    for name in (*PAGES, *ACTS):
        answer = client.post(address(name, station))
        assert answer.status_code == 302, name
        assert answer.headers["Location"].startswith("/login/"), name


def test_no_configuring_page_is_missing_in_the_table() -> None:
    found = {
        pattern.name
        for resolver in get_resolver().url_patterns
        if isinstance(resolver, URLResolver) and resolver.namespace == "console"
        for pattern in resolver.url_patterns
        if isinstance(pattern, URLPattern) and pattern.name
    }
    ours = {name for name in found if not name.startswith(OTHERS)}
    assert ours == {*PAGES, *ACTS, *LEAD_ELSEWHERE, *OWN_TESTS}
