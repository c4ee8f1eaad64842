"""The pages in a real browser: nothing from outside, no sideways scroll, keyboard, dark."""

import re
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from emailketing.channels.models import InboxMessage
from tests.channels.http_sink import HttpSink
from tests.web import cast

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WIDTHS = (1400, 390)
# the “?” at the top right lies below nothing that a style sheet has put over the page
CAN_BE_CLICKED = """() => {
  const { left, top, width, height } = document.querySelector(".ek-help").getBoundingClientRect();
  const hit = document.elementFromPoint(left + width / 2, top + height / 2);
  return hit !== null && hit.closest(".ek-help") !== null;
}"""


@pytest.fixture
def shop(transactional_db: None, now: datetime, live_server: Any) -> tuple[str, Any]:
    """The address of the console with the whole company in it."""
    return live_server.url, cast.everything(now)


def sign_in(page: Page, url: str, role: str = "administrator") -> None:
    page.goto(f"{url}/login/")
    page.fill("[name=username]", role)
    page.fill("[name=password]", cast.PASSWORD)
    page.click("#login-form [type=submit]")
    page.wait_for_url(f"{url}/")


def pages(story: Any) -> list[str]:
    message = story["messages"]["accepted"]
    return [
        "/",
        "/documents/?q=OC",
        "/document/estacion/purchase_order/17/",
        "/events/event/",
        f"/events/{message.dispatch.event_id}/",
        "/outbox/message/",
        f"/messages/{message.pk}/",
        f"/messages/{story['messages']['in_doubt'].pk}/again/",
        "/inbox/",
        f"/inbox/{InboxMessage.objects.latest('pk').pk}/",
        "/inbox/empty/",
        "/contacts/contact/",
        f"/people/{story['contacts']['P1'].pk}/",
        "/people/unreachable/",
        "/people/misread/",
        "/contacts/role/",
        "/contacts/role/add/",
        "/contacts/suppression/",
        "/suppressions/add/",
        "/accounts/user/",
        "/accounts/user/add/",
        f"/accounts/user/{story['users']['operator'].pk}/change/",
        "/accounts/auditentry/",
        "/password_change/",
    ]


def test_no_page_asks_anybody_else_for_anything_and_none_scrolls_sideways(
    shop: tuple[str, Any], page: Page
) -> None:
    url, story = shop
    outside: list[str] = []
    failed: list[str] = []

    def refuse(route: Any) -> None:
        """Only what leaves the browser comes here: what our policy forbids is stopped before."""
        outside.append(route.request.url)
        route.abort()

    def check(response: Any) -> None:
        if response.status >= 400:
            failed.append(f"{response.status} {response.url}")

    page.route(lambda asked: not asked.startswith(url), refuse)
    page.on("response", check)
    sign_in(page, url)
    wide: list[str] = []
    covered: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for path in pages(story):
            page.goto(url + path)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append(f"{path} at {width}")
            if not page.evaluate(CAN_BE_CLICKED):
                covered.append(f"{path} at {width}")
    assert outside == []
    assert failed == []
    assert wide == []
    assert covered == []


def test_s12_no_script_of_a_mail_runs_and_no_picture_is_fetched(
    shop: tuple[str, Any], page: Page, now: datetime
) -> None:
    url, _story = shop
    with HttpSink() as tracker:
        evil = (
            "<!-- <head> --><script>parent.document.title='owned';document.title='owned'</script>"
            f"<img src='{tracker.url}/p.png' onerror=\"document.title='owned'\">"
            "<form action='https://evil.test/'><button>Pay</button></form><p>still here</p>"
        )
        mail = cast.inbox("Prueba", "a@b.test", now, html=evil)
        sign_in(page, url)
        page.goto(f"{url}/inbox/{mail.pk}/")  # until its frames and pictures are loaded
        frame = page.frame_locator("iframe").first
        expect(frame.get_by_text("still here")).to_be_visible()
        assert "owned" not in page.title()
    assert tracker.asked == []


def test_the_keyboard_skips_the_menu(shop: tuple[str, Any], page: Page) -> None:
    url, _story = shop
    sign_in(page, url)
    page.goto(f"{url}/inbox/")
    page.keyboard.press("Tab")
    link = page.locator(".ek-skip")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#content') !== null")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


def test_the_views_of_a_mail_change_by_arrow_keys(shop: tuple[str, Any], page: Page) -> None:
    url, story = shop
    sign_in(page, url)
    page.goto(f"{url}/messages/{story['messages']['accepted'].pk}/")
    page.locator("[role=tab]").first.focus()
    expect(page.locator("#view-look")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#view-text")).to_be_visible()
    expect(page.locator("#view-look")).to_be_hidden()
    expect(page.locator("#view-text")).to_contain_text("Estimados Lubricantes del Este S.A.")


def test_a_doubt_is_decided_by_clicking(shop: tuple[str, Any], page: Page) -> None:
    url, story = shop
    message = story["messages"]["in_doubt"]
    sign_in(page, url, "operator")
    page.locator(f"a[href='/messages/{message.pk}/']").first.click()
    page.locator(f"a[href='/messages/{message.pk}/sent/']").click()
    page.fill("[name=reason]", "El proveedor la tiene")
    page.locator(".ek-confirm [type=submit]").click()
    expect(page.locator(".ek-timeline")).to_contain_text("El proveedor la tiene")
    message.refresh_from_db()
    assert message.state == "accepted"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_can_be_read_in_light_and_dark(theme: Any, shop: tuple[str, Any], page: Page) -> None:
    """Contrast of our own texts against what is behind them: at least 4.5 to 1 (WCAG AA)."""
    url, story = shop
    page.emulate_media(color_scheme=theme)
    sign_in(page, url)
    weak: list[str] = []
    for path in ("/", f"/messages/{story['messages']['in_doubt'].pk}/", "/inbox/"):
        page.goto(url + path)
        assert ("dark" in (page.locator("html").get_attribute("class") or "")) == (theme == "dark")
        weak += page.evaluate(WEAK_CONTRASTS)
    assert weak == []


def test_the_language_is_chosen_in_the_users_menu(shop: tuple[str, Any], page: Page) -> None:
    url, _story = shop
    sign_in(page, url)
    assert page.locator("html").get_attribute("lang") == "es"
    page.locator("[x-on\\:click='openUserLinks = !openUserLinks']").click()
    page.locator("form", has=page.locator("[name=language][value=en]")).locator("button").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_title(re.compile("Dashboard"))


# every element of ours that holds text of its own, with its colour on the first solid background
WEAK_CONTRASTS = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => {
      const s = v / 255;
      return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const weak = [];
  for (const element of document.querySelectorAll('.ek-page *, .ek-banner *')) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || element.closest('[hidden], svg, iframe')) continue;
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) weak.push(`${ratio.toFixed(2)} ${element.textContent.trim().slice(0, 40)}`);
  }
  return weak;
}"""
