"""All nine processes by clicking on the company's own pages, until they stand in the test inbox."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.demo.pages import confirm_an_order, issue_a_quotation, work_as
from tests.journeys.nine import attach_with_all_rules
from tests.journeys.pictures import take_pictures
from tests.journeys.quick import PASSWORD, ask
from tests.journeys.stage import Stage, wait_until
from tests.journeys.test_nine_processes import TOLD, told

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def one(stage: Stage, question: str) -> dict[str, Any]:
    return ask(stage.company, question)[0]


def pay_a_supplier(page: Page, stage: Stage) -> None:
    row = one(
        stage,
        "SELECT f.proveedor_id AS key FROM factura_compra f JOIN proveedor_contacto k"
        " ON k.proveedor_id = f.proveedor_id AND k.uso = 'pagos' AND k.tipo = 'email'"
        " WHERE f.estado = 'pendiente' AND f.moneda = 'PYG' ORDER BY f.id",
    )
    page.goto(f"{stage.shop}/pagos/nuevo?proveedor={row['key']}")
    fill_all_of_it(page)
    page.get_by_label("Medio").select_option("transferencia")
    for field, text in (("banco", "Banco Itá"), ("cuenta", "123456"), ("numero", "9001")):
        page.locator(f"[name={field}]").fill(text)
    page.get_by_role("button", name="Emitir la orden de pago").click()
    expect(page.get_by_role("status")).to_contain_text("emitida")


def collect_from_a_customer(page: Page, stage: Stage) -> None:
    row = one(
        stage,
        "SELECT v.cliente_id AS key FROM venta v JOIN cliente_contacto e ON"
        " e.cliente_id = v.cliente_id AND e.tipo = 'email' JOIN cliente_contacto t ON"
        " t.cliente_id = v.cliente_id AND t.tipo = 'telefono'"
        " WHERE v.saldo > 0 AND v.estado = 'emitida' ORDER BY v.id",
    )
    page.goto(f"{stage.shop}/cobros/nuevo?cliente={row['key']}")
    amount = fill_all_of_it(page)
    page.get_by_label("Medio 1").select_option("efectivo")
    page.get_by_label("Importe 1").fill(amount)
    page.get_by_role("button", name="Registrar el cobro").click()
    expect(page.get_by_role("status")).to_contain_text("Cobro registrado")


def fill_all_of_it(page: Page) -> str:
    """Pay the first invoice of the list whole; return the amount."""
    applied = page.locator("[name=aplicar]").first
    amount = applied.get_attribute("data-fill") or ""
    applied.fill(amount)
    return amount


def fuel_a_vehicle(page: Page, stage: Stage) -> None:
    row = one(
        stage,
        "SELECT v.chapa AS plate, s.id AS pump FROM vehiculo v JOIN cliente c"
        " ON c.id = v.cliente_id AND c.control_vehiculos = 1 JOIN surtidor s"
        " ON s.producto_id = v.producto_id AND s.sucursal_id = 1"
        " WHERE v.activo = 1 ORDER BY v.id, s.id",
    )
    page.goto(f"{stage.shop}/ventas/vehiculo")
    page.locator("[name=vehiculo]").fill(row["plate"])
    page.locator("[name=surtidor]").select_option(str(row["pump"]))
    page.locator("[name=litros]").fill("20")
    page.locator("[name=pago]").select_option("efectivo")
    page.get_by_role("button", name="Registrar la carga").click()
    expect(page.get_by_role("status")).to_contain_text(f"al vehículo {row['plate']}")


def change_a_price(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.shop}/productos/4")
    page.locator("[name=precio]").fill("9.990")
    page.get_by_role("button", name="Cambiar precio").click()
    expect(page.get_by_role("status")).to_contain_text("precio nuevo")


def delete_a_customer(page: Page, stage: Stage) -> None:
    row = one(stage, "SELECT id AS key FROM cliente WHERE codigo = 'C9999'")
    page.goto(f"{stage.shop}/clientes/{row['key']}")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Eliminar", exact=True).first.click()
    expect(page.get_by_role("status")).to_contain_text("se eliminó")


def enter_twice(stage: Stage) -> None:
    """Somebody entered a customer a second time, weeks ago."""
    ask(
        stage.company,
        "INSERT INTO cliente (codigo, razon_social, tipo, ruc, creado_en) VALUES"
        " ('C9999', 'Cargado Dos Veces S.A.', 'empresa', '80099999-0', '2026-11-01 08:00:00')",
    )


def close_till_and_sales(page: Page, stage: Stage) -> None:
    row = one(
        stage,
        "SELECT x.id AS key FROM caja_cierre x JOIN caja c ON c.id = x.caja_id"
        " WHERE x.estado = 'abierta' AND c.sucursal_id = 1 ORDER BY x.id",
    )
    page.goto(f"{stage.shop}/cajas/{row['key']}")
    cash = page.locator("[name=contado]").first
    cash.fill("1.000.000")
    page.get_by_label("Observación").fill("Se contó dos veces.")  # a difference wants a reason
    page.get_by_role("button", name="Cerrar la caja").click()
    expect(page.get_by_role("status")).to_contain_text("Caja cerrada")
    page.goto(f"{stage.shop}/cierres")
    page.get_by_role("button", name="Cerrar ventas").click()
    expect(page.get_by_role("status")).to_contain_text("ventas se cerraron")


def operators_click(
    page: Page, stage: Stage, then: Callable[[Page, Stage], None] | None = None
) -> None:
    enter_twice(stage)
    attach_with_all_rules(stage)
    with stage.serving(), stage.open_shop():
        work_as(page, stage.shop, "Derlis Bogarín")
        order = confirm_an_order(page, stage.shop)
        work_as(page, stage.shop, "Carolina Benítez")
        quotation = issue_a_quotation(page, stage.shop)
        treasurer = one(stage, "SELECT nombre FROM usuario WHERE cargo = 'tesoreria'")
        work_as(page, stage.shop, treasurer["nombre"])
        pay_a_supplier(page, stage)
        work_as(page, stage.shop, "Juan Cáceres")
        for act in (
            collect_from_a_customer,
            fuel_a_vehicle,
            change_a_price,
            delete_a_customer,
            close_till_and_sales,
        ):
            act(page, stage)
        wait_until(lambda: all(told(stage).get(kind, set()) >= on for kind, on in TOLD.values()))
        look_into_the_inbox(page, stage, order, quotation)
        if then is not None:
            then(page, stage)


def look_into_the_inbox(page: Page, stage: Stage, *numbers: str) -> None:
    page.goto(f"{stage.console}/login/")
    page.locator("[name=username]").fill("admin")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[type=submit]").first.click()
    page.goto(f"{stage.console}/inbox/")
    for number in numbers:
        expect(page.get_by_text(re.compile(number)).first).to_be_visible()
    page.get_by_text(re.compile(r"^\+595 9")).first.click()
    expect(page.get_by_text(re.compile(r"\+595 9")).first).to_be_visible()


def test_what_operators_click_stands_in_the_test_inbox_on_sqlite(page: Page, stage: Stage) -> None:
    operators_click(page, stage, take_pictures)


@pytest.mark.postgres
def test_what_operators_click_stands_in_the_test_inbox_on_postgresql(
    page: Page, postgres_stage: Stage
) -> None:
    operators_click(page, postgres_stage)
