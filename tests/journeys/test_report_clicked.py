"""Reports made by clicking alone: sales by branch, each his own (X6), and an income statement.

The first takes twenty-five clicks and fields at most, counted; the second is of a statement that is
built by clicking before. Both run, and what was received is compared with plain SQL on the
company's own tables.
"""

import email
import email.policy
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.quick import PASSWORD, ask, connection, messages, run_several
from tests.journeys.stage import PATIENCE, Stage, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.browser]
NAME = "Ventas por sucursal de ayer"
ENOUGH = 25  # clicks and fields
MANAGERS = {
    "Casa Central": "central@ykuasati.example",
    "Sucursal Luque": "luque@ykuasati.example",
    "Sucursal Encarnación": "encarnacion@ykuasati.example",
}


class Hand:
    """A person's hand at the page: every click and every field is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def click(self, name: str, role: str = "button") -> None:
        place = self.page.get_by_role(role, name=name)  # type: ignore[arg-type]
        self._done(place.first)
        place.first.click()

    def choose(self, field: Locator, label: str | re.Pattern[str]) -> None:
        self._done(field)
        options = field.locator("option").all_inner_texts()
        field.select_option(label=next(one for one in options if re.search(label, one)))

    def fill(self, field: Locator, text: str) -> None:
        self._done(field)
        field.fill(text)

    def _done(self, place: Locator) -> None:
        expect(place).to_be_visible(timeout=PATIENCE * 1000)
        self.count += 1


def attach(stage: Stage) -> None:
    """Set up what was there before: a company, a sender, the source, the managers' duties."""
    managers = [
        ("contact", "add", f"Encargada de {branch}", "--address", address, "--role", branch)
        for branch, address in MANAGERS.items()
    ]
    run_several(
        stage,
        [
            ("setup", "--name", "Estación Ykua Sati S.A."),
            ("user", "add", "admin", "--role", "administrator"),
            (
                *("sender", "add", "Avisos", "--host", "smtp.ykuasati.example"),
                *("--from-address", "avisos@ykuasati.example"),
            ),
            ("source", "add", "estacion", "--connector", "estacion", *connection(stage)),
            *managers,
        ],
    )


def sign_in(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.console}/login/")
    page.locator("[name=username]").fill("admin")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[type=submit]").first.click()
    expect(page.get_by_role("link", name="Informes")).to_be_visible(timeout=PATIENCE * 1000)


def make_the_report(hand: Hand) -> None:
    page = hand.page
    hand.click("Informes", "link")
    hand.click("Nuevo informe", "link")
    hand.choose(page.get_by_label("Listado"), "^Ventas por sucursal$")
    hand.fill(page.get_by_label("Nombre del informe"), NAME)
    hand.click("Siguiente")
    expect(page.get_by_text("Todos los días hábiles a las 07:00")).to_be_visible(
        timeout=PATIENCE * 1000
    )
    hand.click("Siguiente")
    hand.choose(page.get_by_label("De quién son las filas"), "digo de quién es cada valor")
    for branch in MANAGERS:
        hand.choose(page.get_by_label(f"{branch}: Función"), f"^{branch}$")
    hand.click("Siguiente")
    expect(page.get_by_label("PDF")).to_be_checked(timeout=PATIENCE * 1000)
    hand.click("Siguiente")
    expect(page.get_by_text("Sale desde ahora")).to_be_visible(timeout=PATIENCE * 1000)
    hand.click("Guardar")
    expect(page.get_by_role("heading", name=NAME).first).to_be_visible(timeout=PATIENCE * 1000)


def run_it_now(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Ejecutar ahora")).first.click()
    page.get_by_role("button", name="Enviarlo ahora").click()


def sold_the_day_before(stage: Stage, queued: str) -> dict[str, int]:
    """Return what each branch sold on the day before that moment (in UTC), by plain SQL."""
    today = day_of(queued)
    rows = ask(stage.company, SOLD.format(begins=today - timedelta(1), until=today))
    return {row["branch"]: int(row["total"]) for row in rows}


def day_of(queued: str) -> date:
    moment = datetime.fromisoformat(queued)
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo("America/Asuncion")).date()


SOLD = (
    "SELECT s.nombre AS branch, sum(v.total) AS total FROM venta v"
    " JOIN sucursal s ON s.id = v.sucursal_id WHERE v.estado = 'emitida'"
    " AND v.fecha >= '{begins}' AND v.fecha < '{until}' GROUP BY s.nombre"
)


# what is chosen or written in the statement's editor, field by field: no line of SQL
STATEMENT = (
    ("s0-first", "haber"),
    ("s0-how", "difference"),
    ("s0-second", "debe"),
    ("add_column", "period:month_to_date"),
    ("add_column", "earlier:month"),
    ("add_column", "change"),
    *(("add_line", "sum:libro_mayor"), ("l0-label", "Ingresos")),
    *(("add_where_0", "cuenta"), ("l0w0-value", "4")),
    *(("add_line", "sum:libro_mayor"), ("l1-label", "Costo de ventas")),
    *(("add_where_1", "cuenta"), ("l1w0-value", "5"), ("l1-negative", "yes")),
    *(("add_line", "formula"), ("l2-label", "Utilidad bruta")),
    *(("l2-of0", "Ingresos"), ("l2-of1", "Costo de ventas")),
    *(("add_line", "sum:libro_mayor"), ("l3-label", "Gastos")),
    *(("add_where_3", "cuenta"), ("l3w0-value", "6"), ("l3-negative", "yes")),
    *(("add_line", "formula"), ("l4-label", "Resultado")),
    *(("l4-of0", "Utilidad bruta"), ("l4-of1", "Gastos")),
)
RESULT = (
    "SELECT coalesce(sum(l.haber - l.debe), 0) AS result FROM asiento_linea l"
    " JOIN asiento a ON a.id = l.asiento_id JOIN cuenta c ON c.id = l.cuenta_id"
    " WHERE substr(c.codigo, 1, 1) IN ('4', '5', '6')"
    " AND a.fecha >= '{begins}' AND a.fecha < '{until}'"
)
BOSS = "direccion@ykuasati.example"


def build_the_statement(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.console}/listings/new/statement/")
    page.locator("[name=name]").fill("Mi resultado")
    put(page, "add_sum", "libro_mayor")
    for field, value in STATEMENT:
        put(page, field, value)
    expect(page.get_by_role("cell", name="Utilidad bruta")).to_be_visible(
        timeout=PATIENCE * 1000
    )  # the live result
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("heading", name="Mi resultado").first).to_be_visible(
        timeout=PATIENCE * 1000
    )


def put(page: Page, name: str, value: str) -> None:
    """Fill a field of the editor in, and wait until the page has answered."""
    field = page.locator(f"[name='{name}']").first
    asks = str(field.evaluate("field => field.closest('[hx-post]').getAttribute('hx-post')"))
    with page.expect_response(lambda answer: answer.url.endswith(asks)):
        if field.evaluate("field => field.type") == "checkbox":
            field.check()
        elif field.evaluate("field => field.tagName") == "SELECT":
            labels = field.locator("option").all_inner_texts()
            field.select_option(label=value) if value in labels else field.select_option(value)
        else:
            field.fill(value)
            field.press("Tab")


def report_the_statement(page: Page, stage: Stage) -> None:
    hand = Hand(page)
    page.goto(f"{stage.console}/reports/new/")
    hand.choose(page.get_by_label("Listado"), "^Mi resultado$")
    hand.click("Siguiente")
    hand.click("Siguiente")
    hand.fill(page.locator("[name=to-0-address]"), BOSS)
    hand.click("Siguiente")
    hand.click("Siguiente")
    hand.click("Guardar")
    run_it_now(page)


def result_of_the_month(stage: Stage, queued: str) -> int:
    today = day_of(queued)
    asked = RESULT.format(begins=today.replace(day=1), until=today + timedelta(1))
    return int(ask(stage.company, asked)[0]["result"])


def received(stage: Stage, address: str) -> email.message.EmailMessage:
    (message,) = [each for each in messages(stage) if each["address"] == address]
    name = message["message_id"].strip("<>")
    question = f"SELECT raw FROM channels_inboxmessage WHERE message_id LIKE '%{name}%'"  # noqa: S608
    (found,) = ask(stage.database, question)
    return email.message_from_bytes(bytes(found["raw"]), policy=email.policy.default)


def by_clicking(page: Page, stage: Stage) -> None:
    attach(stage)
    with stage.serving():
        sign_in(page, stage)
        hand = Hand(page)
        make_the_report(hand)
        assert hand.count <= ENOUGH
        run_it_now(page)
        sent = wait_for_mail_to(stage, *MANAGERS.values())
        build_the_statement(page, stage)
        report_the_statement(page, stage)
        wait_for_mail_to(stage, BOSS)
    queued = str(sent[0]["created_at"])
    each_has_his_own(stage, sold_the_day_before(stage, queued))
    text, _paper = text_and_paper(stage, BOSS)
    assert result_of_the_month(stage, queued) in numbers_of(text)


def wait_for_mail_to(stage: Stage, *addresses: str) -> list[dict[str, Any]]:
    """Wait until each has a mail; the owner has the whole of a divided report besides."""

    def accepted() -> list[dict[str, Any]]:
        return [message for message in messages(stage) if message["state"] == "accepted"]

    wait_until(lambda: {message["address"] for message in accepted()} >= set(addresses))
    return accepted()


def each_has_his_own(stage: Stage, sold: dict[str, int]) -> None:
    assert set(sold) == set(MANAGERS), "the company sold in every branch"
    for branch, address in MANAGERS.items():
        text, paper = text_and_paper(stage, address)
        own, others = {sold[branch]}, set(sold.values()) - {sold[branch]}
        assert own <= numbers_of(text), branch
        assert not others & numbers_of(text), f"{branch} has a row of another (P8)"
        assert branch.split()[-1][:6] in paper  # without accents


def text_and_paper(stage: Stage, address: str) -> tuple[str, str]:
    """Return the text part of a mail and the name of its PDF."""
    mail = received(stage, address)
    body = mail.get_body(("plain",))
    assert body is not None
    (paper,) = mail.iter_attachments()
    assert paper.get_content()[:5] == b"%PDF-"
    return body.get_content(), str(paper.get_filename())


def numbers_of(text: str) -> set[int]:
    return {int(n.replace(".", "")) for n in re.findall(r"-?\d+(?:\.\d{3})*", text)}


def test_a_report_and_a_statement_are_clicked_and_received_on_sqlite(
    page: Page, stage: Stage
) -> None:
    by_clicking(page, stage)


@pytest.mark.postgres
def test_a_report_and_a_statement_are_clicked_and_received_on_postgresql(
    page: Page, postgres_stage: Stage
) -> None:
    by_clicking(page, postgres_stage)
