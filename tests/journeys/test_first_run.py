"""From nothing to the first mail, with the mouse: the assistant, then an order in the shop."""

import re
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.demo.pages import confirm_an_order
from tests.journeys.stage import Stage, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.browser]
PASSWORD = "una-clave-de-prueba-7"  # noqa: S105 - of this test's own installation


def invitation(stage: Stage) -> str:
    """Return the link that `serve` prints while nobody can sign in."""
    found = re.search(r"http://\S+/first-run/\S+", (stage.home / "serve.log").read_text())
    return found.group() if found else ""


def make_the_account(page: Page, stage: Stage) -> None:
    page.goto(wait_until(lambda: invitation(stage)))
    for name, value in {
        "first_name": "Rosa",
        "username": "rosa",
        "email": "rosa@ykuasati.example",
        "password": PASSWORD,
        "again": PASSWORD,
    }.items():
        page.fill(f"[name={name}]", value)
    go_on(page)
    expect(page).to_have_url(re.compile("/setup/company/"))


def go_on(page: Page) -> None:
    page.locator(".ek-btn--main").first.click()


def connect(page: Page, address: str) -> None:
    """Say where the business system's database is."""
    if address.startswith("sqlite"):
        page.select_option("[name=dialect]", "sqlite")
        page.fill("[name=sqlite_database]", address.removeprefix("sqlite:///"))
        return
    at = urlsplit(address)
    page.select_option("[name=dialect]", "postgresql")
    for name, value in {
        "host": at.hostname,
        "port": at.port,
        "database": at.path.lstrip("/"),
        "username": at.username,
        "password": "unused: the private server trusts this machine",
    }.items():
        page.fill(f"[name=postgresql_{name}]", str(value))


def attach(page: Page, stage: Stage) -> None:
    """The wizard: connection, connector, check, the SQL to look at, install."""
    go_on(page)
    page.fill("[name=name]", "Sistema de la estación")
    connect(page, stage.company)
    go_on(page)
    page.locator("[name=connector][value=estacion]").check(force=True)
    go_on(page)
    expect(page).to_have_url(re.compile(r"/sources/\d+/check/"))
    go_on(page)
    expect(page.locator("body")).to_contain_text(re.compile("CREATE (OR REPLACE )?TRIGGER"))
    go_on(page)


def take_away_what_is_ours(stage: Stage) -> None:
    """The stages come with a database that is up to date: here it is made."""
    if stage.database.startswith("sqlite"):
        (stage.home / "emailketing.sqlite3").unlink()
        return
    with psycopg.connect(stage.database) as own:
        own.execute("DROP SCHEMA public CASCADE")
        own.execute("CREATE SCHEMA public")


def from_nothing_to_the_first_mail(page: Page, stage: Stage) -> None:
    take_away_what_is_ours(stage)
    stage.run("migrate")
    with stage.serving(), stage.open_shop():
        make_the_account(page, stage)
        page.fill("[name=name]", "Estación Ykua Sati S.A.")
        page.fill("[name=tax_id]", "80012345-0")
        go_on(page)
        expect(page).to_have_url(re.compile("/setup/source/"))
        attach(page, stage)
        page.goto(f"{stage.console}/setup/sender/")
        page.fill("[name=from_address]", "avisos@ykuasati.example")
        go_on(page)
        expect(page).to_have_url(re.compile("/setup/rule/"))
        go_on(page)
        expect(page).to_have_url(re.compile("/setup/test/"))
        go_on(page)
        expect(page.locator("#arrival .cf-note--ok")).to_be_visible()

        number = confirm_an_order(page, stage.shop)
        order = wait_until(
            lambda: [
                m
                for m in stage.ledger()
                if number in m["document_label"]
                and m["trigger"].startswith("rule:")
                and m["state"] == "test_inbox"
            ]
        )
        assert [m["address"] for m in order] == ["pedidos@mbarete.example"]
        page.goto(f"{stage.console}/inbox/")
        page.get_by_text(f"Orden de compra {number}").first.click()
        expect(page.locator("iframe").first).to_be_visible()
        expect(page.frame_locator("iframe >> nth=0").locator("body")).to_contain_text(number)
        expect(page.locator("body")).to_contain_text(".pdf")


def test_from_nothing_to_the_first_mail(page: Page, stage: Stage) -> None:
    from_nothing_to_the_first_mail(page, stage)


@pytest.mark.postgres
def test_from_nothing_to_the_first_mail_on_postgresql(page: Page, postgres_stage: Stage) -> None:
    from_nothing_to_the_first_mail(page, postgres_stage)
