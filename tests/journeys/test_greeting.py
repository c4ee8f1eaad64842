"""A birthday: clicked together, or typed; it arrives at nine of the person, once, and can be ended.

Mail goes to a real SMTP server and the SMS to a gateway; the person's own zone is one where it is
past nine now. A restart lies between the switching on and the greeting (O1–O3, O5; U1, U4, B5).
"""

import contextlib
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.greeting import (
    ADMIN,
    ANA,
    ANAS_PHONE,
    Outside,
    an_order_is_confirmed,
    at_once,
    attach,
    greeted_once,
    has_card_and_way_out,
    only_her_own_business_leaves,
    outside,
    wait_for_greeting,
)
from tests.journeys.quick import ask, run_several
from tests.journeys.stage import Stage, wait_until
from tests.journeys.test_report_clicked import sign_in
from tests.journeys.test_signed_page import Proxy, visitor
from tests.journeys.test_signed_page import outside as browser_outside

pytestmark = [pytest.mark.slow, pytest.mark.browser]
BOTH = "por correo y teléfono"


def give_a_birthday(page: Page, number: int, written: str) -> None:
    page.get_by_role("link", name="Contactos").first.click()
    page.locator(f"a[href$='/people/{number}/']").first.click()
    page.get_by_label("Cumpleaños").fill(written)
    page.get_by_role("button", name="Guardar las fechas").click()
    expect(page.locator("#dates")).to_contain_text("1980")


def take_the_ready_birthday(page: Page) -> None:
    page.get_by_role("link", name="Fechas especiales").first.click()
    page.get_by_role("button", name="Cumpleaños").click()
    page.get_by_role("link", name="Cambiar").click()
    page.get_by_label("Cómo", exact=True).select_option(label=BOTH)
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("heading", name="Cumpleaños").first).to_be_visible()


def line_of_ana(page: Page) -> Locator:
    page.get_by_role("link", name="Calendario").first.click()
    return page.get_by_role("row", name=re.compile("Ana Báez")).first


def look_ahead_and_try(page: Page, out: Outside) -> None:
    """See who gets it by which way, and have this one sent to oneself."""
    line = line_of_ana(page)
    expect(line).to_contain_text("SMS")
    line.get_by_role("button", name="Enviarme este").click()
    expect(page.get_by_text(f"Enviado a {ADMIN}")).to_be_visible()
    wait_until(lambda: out.mails_to(ADMIN))
    assert "Ana" in out.subjects_to(ADMIN)[0]
    assert not out.mails_to(ANA)


def switch_on(page: Page, name: str) -> None:
    page.get_by_role("link", name="Fechas especiales").first.click()
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("button", name="Activar").click()
    expect(page.get_by_role("button", name="Pausar")).to_be_visible()


def make_another(page: Page) -> None:
    """From nothing, with the ready-made words."""
    page.get_by_role("link", name="Fechas especiales").first.click()
    page.get_by_role("link", name="Nueva fecha especial").click()
    page.get_by_label("Nombre").fill("Otro saludo")
    page.get_by_label("Día", exact=True).select_option(label="Cumpleaños")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("heading", name="Otro saludo").first).to_be_visible()


def end_it_with_one_click(phone: Page, stage: Stage, link: str) -> None:
    phone.goto(link)
    assert ask(stage.database, "SELECT id FROM contacts_suppression") == [], "looking ends nothing"
    phone.get_by_role("button", name="No recibirlos: Saludos").click()
    expect(phone.get_by_role("status")).to_contain_text("ya no los recibirá")


def clicked(page: Page, stage: Stage) -> None:
    browser = page.context.browser
    assert browser is not None
    with outside() as out:
        where = attach(stage, out)
        with stage.serving():
            sign_in(page, stage)
            for number in (1, 2):
                give_a_birthday(page, number, f"{where.today:%d/%m}/1980")
            take_the_ready_birthday(page)
            look_ahead_and_try(page, out)
            switch_on(page, "Cumpleaños")
        at_once(stage)
        with stage.serving(), Proxy(stage.home, stage.public_port).listening() as port:
            link = has_card_and_way_out(wait_for_greeting(out))
            expect(line_of_ana(page)).to_contain_text("ya se saludó este año")
            with (
                contextlib.closing(browser_outside(browser, port)) as abroad,
                visitor(abroad, java_script_enabled=False) as phone,
            ):
                end_it_with_one_click(phone, stage, link)
            give_a_birthday(page, 3, f"{where.today:%d/%m}/1980")
            make_another(page)
            switch_on(page, "Otro saludo")
        greeted_once(stage, out)
        at_once(stage)
        an_order_is_confirmed(stage)
        with stage.serving():
            only_her_own_business_leaves(stage, out)


def typed(stage: Stage) -> None:
    """The same by commands alone."""
    with outside() as out:
        where = attach(stage, out)
        born = f"birth={where.today:%d/%m}/1980"
        run_several(
            stage,
            [
                ("contact", "set", "1", "--date", born),
                ("contact", "set", "2", "--date", born),
                ("occasion", "add", "Cumple", "--from", "birthday", "delivery=both"),
                ("occasion", "test", "1", "--to", ADMIN, "--contact", "1"),
                ("occasion", "resume", "1"),
            ],
        )
        seen = stage.run("occasion", "people", "1", f"{where.today:%Y-%m-%d}")
        assert "Ana Báez" in seen
        assert "SMS" in seen
        at_once(stage)
        with stage.serving():
            has_card_and_way_out(wait_for_greeting(out))
        greeted_once(stage, out)
        assert len(out.mails_to(ADMIN)) == 1
        run_several(
            stage,
            [
                ("suppression", "add", ANA, "--class", "greeting", "--reason", "lo pidió"),
                ("suppression", "add", ANAS_PHONE, "--class", "greeting", "--reason", "lo pidió"),
                ("occasion", "add", "Otro saludo", "day=birth"),
                ("contact", "set", "3", "--date", born),
                ("occasion", "resume", "2"),
            ],
        )
        at_once(stage)
        an_order_is_confirmed(stage)
        with stage.serving():
            only_her_own_business_leaves(stage, out)
        listed = stage.run("occasion", "people", "2", f"{where.today:%Y-%m-%d}")
        assert ANA in listed


def test_o2_u1_a_birthday_is_clicked_arrives_and_is_ended_on_sqlite(
    page: Page, stage: Stage
) -> None:
    clicked(page, stage)


@pytest.mark.postgres
def test_o2_u1_a_birthday_is_clicked_arrives_and_is_ended_on_postgresql(
    page: Page, postgres_stage: Stage
) -> None:
    clicked(page, postgres_stage)


def test_o2_a_birthday_is_typed_and_arrives_on_sqlite(stage: Stage) -> None:
    typed(stage)


@pytest.mark.postgres
def test_o2_a_birthday_is_typed_and_arrives_on_postgresql(postgres_stage: Stage) -> None:
    typed(postgres_stage)
