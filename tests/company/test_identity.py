"""C20: a copied or restored database is recognised and writes to nobody until confirmed."""

from datetime import UTC, datetime

import pytest

from emailketing.company.identity import check_identity, confirm_identity, is_safe_mode
from emailketing.company.models import INSTALLATION, SafeMode

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_the_first_identity_seen_is_registered() -> None:
    assert check_identity("source:shop", {"oid": "1"}, now=NOW)
    assert check_identity("source:shop", {"oid": "1"}, now=NOW)
    assert not is_safe_mode("source:shop")


def test_another_identity_opens_safe_mode_once_until_somebody_confirms() -> None:
    check_identity("source:shop", {"oid": "1"}, now=NOW)
    assert not check_identity("source:shop", {"oid": "2"}, now=NOW)
    assert not check_identity("source:shop", {"oid": "2"}, now=NOW)
    assert SafeMode.objects.count() == 1
    confirm_identity("source:shop", by="ana", now=NOW)
    assert check_identity("source:shop", {"oid": "2"}, now=NOW)


def test_going_back_to_the_registered_database_still_needs_a_person() -> None:
    check_identity("source:shop", {"oid": "1"}, now=NOW)
    check_identity("source:shop", {"oid": "2"}, now=NOW)
    assert not check_identity("source:shop", {"oid": "1"}, now=NOW)


def test_safe_mode_of_the_installation_covers_every_source() -> None:
    check_identity(INSTALLATION, {"inode": "1"}, now=NOW)
    check_identity(INSTALLATION, {"inode": "2"}, now=NOW)
    assert is_safe_mode("source:shop")


def test_one_source_in_safe_mode_leaves_the_others_alone() -> None:
    check_identity("source:a", {"oid": "1"}, now=NOW)
    check_identity("source:a", {"oid": "2"}, now=NOW)
    assert is_safe_mode("source:a")
    assert not is_safe_mode("source:b")
