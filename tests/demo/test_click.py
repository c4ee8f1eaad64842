"""The company's pages in a real browser."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from tests.demo.pages import confirm_an_order, issue_a_quotation, work_as

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = os.environ.get("EMAILKETING_TEST_CHROMIUM", shutil.which("chromium") or "")
    if not path:
        pytest.skip("needs Chromium: set EMAILKETING_TEST_CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(params=[1400, 390])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": request.param, "height": 900})
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda failed: wrong.extend(_not_answered(failed)))
    page.on("response", lambda answer: wrong.extend([answer.url] if answer.status >= 400 else []))
    yield page
    page.close()
    assert wrong == []


def _not_answered(failed: Request) -> list[str]:
    """What is still on its way when somebody clicks on (an icon, say) is given up, not missing."""
    return [] if failed.failure == "net::ERR_ABORTED" else [failed.url]


def test_an_order_is_confirmed_by_clicking(page: Page, site: str) -> None:
    work_as(page, site, "Derlis Bogarín")
    number = confirm_an_order(page, site)
    expect(page.get_by_role("status")).to_have_text(f"Orden {number} confirmada.")
    expect(page.locator("main")).to_contain_text("Creada por dbogarin")
    page.goto(f"{site}/ordenes")
    expect(page.get_by_role("link", name=number)).to_be_visible()


def test_a_quotation_is_issued_by_clicking(page: Page, site: str) -> None:
    work_as(page, site, "Carolina Benítez")
    number = issue_a_quotation(page, site)
    expect(page.get_by_role("status")).to_have_text(f"Presupuesto {number} emitido.")


def test_the_total_follows_the_typing_and_rows_can_be_added(page: Page, site: str) -> None:
    page.goto(f"{site}/ordenes/nueva")
    page.get_by_label("Cantidad, renglón 1").fill("12")
    page.get_by_label("Precio, renglón 1").fill("1.500,5")
    expect(page.locator("[data-total]").first).to_have_text("18.006")
    rows = page.locator("[data-lines] tbody tr")
    before = rows.count()
    page.get_by_role("button", name="Agregar renglón").click()
    expect(rows).to_have_count(before + 1)


@pytest.mark.parametrize("address", ["/", "/ordenes", "/ordenes/1", "/cierres/1", "/cajas/1"])
def test_no_page_is_wider_than_the_screen(page: Page, site: str, address: str) -> None:
    page.goto(site + address)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
