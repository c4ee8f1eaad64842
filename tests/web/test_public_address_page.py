"""The public address by page and by command: the same sentences, the same rights."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from emailketing.company.models import Company
from emailketing.links.models import LinkKey, PublicAddress
from tests.cli.test_sender_message import run

SignIn = Callable[[str], Client]


@pytest.mark.parametrize(
    "wrong",
    [
        "http://avisos.example.com",
        "https://servidor",
        "https://181.120.4.5/",
        "https://avisos.example.com/algo",
        "https://ana:clave@avisos.example.com",
        "javascript:alert(1)",
    ],
)
def test_only_https_and_a_name(wrong: str, staff: dict[str, Any], signed_in: SignIn) -> None:
    assert "https" in run("public-address", "set", wrong, code=1).output
    page = signed_in("administrator").post("/company/", {"name": "X", "public_url": wrong})
    assert "public_url" in page.context["form"].errors
    assert Company.get().public_url == ""


def test_page_and_command_say_the_same(staff: dict[str, Any], signed_in: SignIn) -> None:
    chief, reader = signed_in("administrator"), signed_in("reader")
    assert "no hay dirección pública" in chief.get("/public-address/").content.decode()
    assert "no hay dirección pública" in run("public-address", "show", code=1).output
    assert "primero" in run("public-address", "outside", code=1).output
    run("public-address", "set", "https://avisos.example.invalid")
    said = run("public-address", "test", code=1).output
    assert "No hay ningún equipo con el nombre avisos.example.invalid" in said
    page = reader.get("/public-address/").content.decode()
    assert "No hay ningún equipo" in page
    assert "Probar ahora" not in page
    assert reader.post("/public-address/", {"do": "outside"}).status_code == 403
    answer = chief.post("/public-address/", {"do": "outside"})
    assert "https://avisos.example.invalid/outside/" in answer.content.decode()
    assert PublicAddress.objects.get().outside_until is not None


def test_s22_a_key_is_kept_encrypted_and_can_be_ended(staff: dict[str, Any]) -> None:
    run("public-address", "new-key")
    run("public-address", "new-key", "--end-old")
    newest, first = LinkKey.objects.all()
    assert newest.ended_at is None
    assert first.ended_at is not None
    assert newest.secret_encrypted.startswith("gAAAA")
