"""What an operator does with the mouse: steps for journeys through the company's pages."""

import re

from playwright.sync_api import Page, expect

PRODUCTS = ("00006 Aceite Mbareté mineral 20W-50 1 L", "00007 Aceite Mbareté mineral 20W-50 4 L")


def work_as(page: Page, base_url: str, name: str) -> None:
    """Choose who is at work at the top of the page."""
    page.goto(f"{base_url}/")
    option = page.get_by_label("Operador").locator("option", has_text=name).first
    page.get_by_label("Operador").select_option(value=option.get_attribute("value"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def fill_lines(page: Page, products: tuple[str, ...], quantity: int = 12) -> None:
    for place, product in enumerate(products, 1):
        page.get_by_label(f"Producto, renglón {place}", exact=True).fill(product)
        page.get_by_label(f"Cantidad, renglón {place}", exact=True).fill(str(quantity * place))


def confirm_an_order(
    page: Page, base_url: str, *, supplier: str = "Mbareté Lubricantes S.R.L."
) -> str:
    """Create a purchase order by clicking and confirm it; return its number."""
    page.goto(f"{base_url}/ordenes/nueva")
    page.get_by_label("Proveedor").select_option(label=supplier)
    page.get_by_label("Observación").fill("Entregar por la mañana.")
    fill_lines(page, PRODUCTS)
    page.get_by_role("button", name="Confirmar").click()
    return _number(page, r"OC-\d+")


def issue_a_quotation(
    page: Page, base_url: str, *, customer: str = "Hotel Arroyo Seco S.A."
) -> str:
    """Create a quotation by clicking and issue it; return its number."""
    page.goto(f"{base_url}/presupuestos/nuevo")
    page.get_by_label("Cliente").select_option(label=customer)
    fill_lines(page, PRODUCTS, quantity=4)
    page.get_by_role("button", name="Emitir").click()
    return _number(page, r"PRE-\d+")


def _number(page: Page, pattern: str) -> str:
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text(re.compile(pattern))
    found = re.search(pattern, title.inner_text())
    assert found
    return found.group()
