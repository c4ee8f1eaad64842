"""The page of a safe mode: why, what it compares, and who may end it (C20)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from emailketing.company.models import SafeMode

Kind = SafeMode.Kind
AT = "2026-11-29T12:03:00+00:00"
COMPARED = {"same": 41, "differ": 2, "gone": 1, "replaced": 3, "new": 4, "names": ["Pedido P-7"]}


@pytest.fixture
def administrator(staff: dict[str, Any], signed_in: Callable[[str], Client]) -> Client:
    return signed_in("administrator")


def page(client: Client, mode: SafeMode) -> str:
    shown = client.get(reverse("console:safe_mode", args=[mode.pk]))
    assert shown.status_code == 200
    return shown.content.decode()


@pytest.mark.parametrize(
    ("scope", "kind", "facts", "said"),
    [
        ("source:tienda", Kind.RESTORED, {**COMPARED, "at": AT}, ["29/11/2026 09:03", "P-7"]),
        ("source:tienda", Kind.TAKEN_OVER, {"who": "servidor2", "at": AT}, ["servidor2"]),
        ("source:tienda", Kind.COPY, {}, []),
        ("installation", Kind.RESTORED, {"ours": 3, "file": 9, "at": AT}, ["29/11/2026 09:03"]),
        ("installation", Kind.COPY, {}, []),
    ],
)
def test_every_kind_says_what_was_noticed(
    administrator: Client,
    now: datetime,
    scope: str,
    kind: str,
    facts: dict[str, Any],
    said: list[str],
) -> None:
    mode = SafeMode.objects.create(scope=scope, kind=kind, facts=facts, since=now)
    shown = page(administrator, mode)
    assert all(words in shown for words in said)
    assert ('name="reason"' in shown) is (kind != Kind.TAKEN_OVER)


def test_an_administrator_ends_it_with_a_reason(administrator: Client, now: datetime) -> None:
    facts = {**COMPARED, "at": AT}
    mode = SafeMode.objects.create(
        scope="source:tienda", kind=Kind.RESTORED, facts=facts, since=now
    )
    address = reverse("console:safe_mode", args=[mode.pk])
    assert administrator.post(address, {"reason": "se repuso la copia"}).status_code == 302
    mode.refresh_from_db()
    assert mode.confirmed_by == "administrator"


def test_what_another_installation_took_over_cannot_be_confirmed_away(
    administrator: Client, now: datetime
) -> None:
    mode = SafeMode.objects.create(
        scope="source:tienda", kind=Kind.TAKEN_OVER, facts={"who": "x"}, since=now
    )
    address = reverse("console:safe_mode", args=[mode.pk])
    answer = administrator.post(address, {"reason": "igual"}, follow=True)
    assert "source install --take-over" in answer.content.decode()
    mode.refresh_from_db()
    assert mode.confirmed_at is None
