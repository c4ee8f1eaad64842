"""The company and its brakes: what is changed and the note of who changed it are one."""

from collections.abc import Callable
from datetime import UTC, datetime, time

import pytest

from emailketing.accounts.models import AuditEntry, User
from emailketing.accounts.who import Who
from emailketing.company.check import CompanyInvalid
from emailketing.company.identity import CannotConfirm, check_identity, confirm_safe_mode
from emailketing.company.live import set_live, set_stopped
from emailketing.company.models import Company, Identity, SafeMode
from emailketing.company.save import save_company
from emailketing.outbox.go_live import NotTried, go_live

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
ANA = Who("ana", came_from="10.0.0.7")
SHOP = "source:shop"


def named() -> Company:
    company = Company.get()
    company.name = "Estación Itá"
    return company


def copied() -> SafeMode:
    check_identity(SHOP, {"inode": "1"}, now=NOW)
    check_identity(SHOP, {"inode": "2"}, now=NOW)
    return SafeMode.objects.get()


USE_CASES: dict[str, Callable[[Who], object]] = {
    "changed": lambda by: save_company(named(), by=by, now=NOW),
    "went_live": lambda by: go_live(is_untried_well=True, by=by, now=NOW),
    "went_sandbox": lambda by: set_live(is_live=False, by=by, now=NOW),
    "stopped": lambda by: set_stopped(is_stopped=True, by=by, now=NOW),
    "resumed": lambda by: set_stopped(is_stopped=False, by=by, now=NOW),
    "confirmed_identity": lambda by: confirm_safe_mode(
        SafeMode.objects.get(), why="es el de siempre", by=by, now=NOW
    ),
}


def everything() -> list[object]:
    return [
        list(Company.objects.values()),
        list(SafeMode.objects.values()),
        list(Identity.objects.values()),
    ]


def test_what_cannot_be_noted_is_not_done_and_what_is_done_is_noted_once() -> None:
    copied()
    Company.get()
    for action, act in USE_CASES.items():
        before, noted = everything(), AuditEntry.objects.count()
        with pytest.raises(ValueError, match="unsaved"):
            act(Who("ana", User()))
        assert everything() == before, action
        act(ANA)
        entry = AuditEntry.objects.latest("pk")
        assert (entry.action, entry.username, entry.came_from) == (action, "ana", "10.0.0.7")
        assert AuditEntry.objects.count() == noted + 1, action
    assert not SafeMode.objects.filter(confirmed_at=None).exists()
    assert AuditEntry.objects.latest("pk").changes["reason"] == ["", "es el de siempre"]


def test_a_database_that_another_installation_has_is_not_confirmed_by_a_word() -> None:
    mode = copied()
    SafeMode.objects.update(kind=SafeMode.Kind.TAKEN_OVER)
    mode.refresh_from_db()
    with pytest.raises(CannotConfirm):
        confirm_safe_mode(mode, by=ANA, now=NOW)
    assert SafeMode.objects.filter(confirmed_at=None).exists()
    assert not AuditEntry.objects.exists()


def test_nobody_goes_live_before_a_sender_was_tried() -> None:
    with pytest.raises(NotTried):
        go_live(by=ANA, now=NOW)
    assert not Company.get().is_live


def test_a_brake_that_was_pulled_meanwhile_stays_when_the_company_is_saved() -> None:
    company = named()
    set_stopped(is_stopped=True, by=ANA, now=NOW)
    save_company(company, by=ANA, now=NOW)
    assert Company.get().is_stopped


def test_all_that_is_wrong_with_the_company_is_said_by_field() -> None:
    company = Company(name=" ", tax_id="1\n2", country="XX", currency="XXX", language="xx")
    company.time_zone, company.base_url = "Mars/Olympus", "http://x:99999/"
    company.quiet_from = time(21)
    with pytest.raises(CompanyInvalid) as raised:
        save_company(company, by=ANA, now=NOW)
    assert set(raised.value.problems) == {
        *("name", "tax_id", "country", "currency", "language", "time_zone", "base_url"),
        "quiet_to",
    }
