"""The page on which a changed connector is agreed to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from emailketing.sources.attaching.add import add_source
from emailketing.sources.attaching.install import install
from emailketing.sources.models import Source
from emailketing.sources.upkeep.health import look_after
from tests.sources.shop import Shop, now, sqlite_shop

SignIn = Callable[[str], Client]


@pytest.fixture
def changed(tmp_path: Path, staff: dict[str, Any]) -> Shop:
    """Give an attached shop whose connector calls a process otherwise by now."""
    del staff
    shop = sqlite_shop(tmp_path)
    source = Source(slug="tienda", name="Tienda", connector=str(shop.folder), **shop.place)
    shop.source = add_source(source, by="test", now=now())
    install(shop.source, by="test", now=now())
    shop.connector("[processes.order]", "[processes.purchase]")
    look_after(shop.source, now())
    return shop


def test_what_would_be_lost_is_shown_and_agreed_to(changed: Shop, signed_in: SignIn) -> None:
    client, address = signed_in("administrator"), f"/sources/{changed.source.pk}/"
    for page in (address, f"{address}check/", f"{address}accept/"):
        assert "Pedido confirmado" in client.get(page).content.decode()
    assert f"{address}accept/" in client.get(address).content.decode()
    assert client.post(f"{address}accept/").headers["Location"] == address
    changed.source.refresh_from_db()
    assert changed.source.status == "working"
    assert f"{address}accept/" not in client.get(address).content.decode()


def test_who_may_only_look_cannot_agree(changed: Shop, signed_in: SignIn) -> None:
    client, address = signed_in("operator"), f"/sources/{changed.source.pk}/"
    assert client.post(f"{address}accept/").status_code == 403
