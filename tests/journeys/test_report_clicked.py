"""A report made by clicking alone: sales by branch, each working day at seven, each his own (X6).

Twenty-five clicks and fields at most, counted; then it runs, and what was received is compared
with plain SQL on the company's own tables.
"""

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.quick import PASSWORD, ask, connection, messages, run_several, wait_for_accepted
from tests.journeys.stage import Stage

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
        expect(place).to_be_visible()
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
    expect(page.get_by_role("link", name="Informes")).to_be_visible()


def make_the_report(hand: Hand) -> None:
    page = hand.page
    hand.click("Informes", "link")
    hand.click("Nuevo informe", "link")
    hand.choose(page.get_by_label("Listado"), "^Ventas por sucursal$")
    hand.fill(page.get_by_label("Nombre del informe"), NAME)
    hand.click("Siguiente")
    expect(page.get_by_text("Todos los días hábiles a las 07:00")).to_be_visible()
    hand.click("Siguiente")
    hand.choose(page.get_by_label("De quién son las filas"), "digo de quién es cada valor")
    for branch in MANAGERS:
        hand.choose(page.get_by_label(f"{branch}: Función"), f"^{branch}$")
    hand.click("Siguiente")
    expect(page.get_by_label("PDF")).to_be_checked()
    hand.click("Siguiente")
    expect(page.get_by_text("Sale desde ahora")).to_be_visible()
    hand.click("Guardar")
    expect(page.get_by_role("heading", name=NAME).first).to_be_visible()


def run_it_now(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Ejecutar ahora")).first.click()
    page.get_by_role("button", name="Enviarlo ahora").click()


def sold_the_day_before(stage: Stage, queued: str) -> dict[str, int]:
    """Return what each branch sold on the day before that moment (in UTC), by plain SQL."""
    moment = datetime.fromisoformat(queued)
    today = moment.replace(tzinfo=UTC).astimezone(ZoneInfo("America/Asuncion")).date()
    rows = ask(stage.company, SOLD.format(begins=today - timedelta(1), until=today))
    return {row["branch"]: int(row["total"]) for row in rows}


SOLD = (
    "SELECT s.nombre AS branch, sum(v.total) AS total FROM venta v"
    " JOIN sucursal s ON s.id = v.sucursal_id WHERE v.estado = 'emitida'"
    " AND v.fecha >= '{begins}' AND v.fecha < '{until}' GROUP BY s.nombre"
)


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
        sent = wait_for_accepted(stage, len(MANAGERS))
    sold = sold_the_day_before(stage, str(sent[0]["created_at"]))
    assert set(sold) == set(MANAGERS), "the company sold in every branch"
    for branch, address in MANAGERS.items():
        mail = received(stage, address)
        body = mail.get_body(("plain",))
        assert body is not None
        text = body.get_content()
        own, others = {sold[branch]}, set(sold.values()) - {sold[branch]}
        numbers = {int(n.replace(".", "")) for n in re.findall(r"\d+(?:\.\d{3})*", text)}
        assert own <= numbers, branch
        assert not others & numbers, f"{branch} has a row of another (P8)"
        (paper,) = mail.iter_attachments()
        assert paper.get_content()[:5] == b"%PDF-"
        assert branch.split()[-1][:6] in str(paper.get_filename())  # without accents


def test_sales_by_branch_are_received_by_each_manager_on_sqlite(page: Page, stage: Stage) -> None:
    by_clicking(page, stage)


@pytest.mark.postgres
def test_sales_by_branch_are_received_by_each_manager_on_postgresql(
    page: Page, postgres_stage: Stage
) -> None:
    by_clicking(page, postgres_stage)
