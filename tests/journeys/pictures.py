"""The pictures of the documentation: pages of the sample company as it works, in Spanish.

Each run takes them anew into build/pictures, so that a page that cannot be shown any more is
noticed; `make pictures` keeps them in docs/images.
"""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.quick import ask
from tests.journeys.stage import Stage

ROOT = Path(__file__).parents[2]
WIDTH, HEIGHT = 1400, 1000
COLOURS = 128  # a page has few: a picture of 60 KB instead of 200
MADE = ROOT / os.environ.get("EMAILKETING_PICTURES", "build/pictures")
# a picture says nothing of the folder of a test
SAY_ELSEWHERE = """([ours, theirs]) => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    texts.currentNode.data = texts.currentNode.data.replaceAll(ours, theirs);
  }
}"""
# picture → the page of the documentation that shows it, and words that stand in it
PICTURES = {
    "dashboard": ("tutorial/first-notification.md", "Mensajes de los últimos 14 días"),
    "events": ("explanation/console.md", "Orden de compra confirmada"),
    "message": ("../README.md", "Qué pasó con él"),
    "why": ("howto/decide-about-a-message.md", "¿A quién no le llegó?"),
    "person": ("howto/what-a-person-receives.md", "pedidos"),
    "rule": ("howto/write-a-rule.md", "Orden de compra confirmada"),
    "template": ("howto/design-a-mail.md", "Línea de vista previa"),
    "source": ("howto/attach-a-business-system.md", "Latido"),
    "tables": ("howto/security-and-audit-manual.md", "De qué se avisa"),
}


def take_pictures(page: Page, stage: Stage) -> None:
    """Walk the pages as the administrator who is signed in; each shows what it is taken for."""
    MADE.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    paths = dict(_paths(stage))
    assert paths.keys() == PICTURES.keys()
    for name, path in paths.items():
        page.goto(stage.console + path)
        page.wait_for_load_state("networkidle")
        expect(page.locator("body"), name).to_contain_text(PICTURES[name][1])
        page.evaluate(SAY_ELSEWHERE, [str(stage.home), "/srv/estacion"])
        taken = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
        assert len(taken.resize((70, 50)).getcolors(70 * 50) or ()) > 20, f"{name}: blank"
        taken.quantize(COLOURS).save(MADE / f"{name}.png", optimize=True)


def _paths(stage: Stage) -> Iterator[tuple[str, str]]:
    order = ask(
        stage.database,
        "SELECT m.id, m.contact_id, d.document_label, m.name FROM outbox_message m"
        " JOIN outbox_dispatch d ON d.id = m.dispatch_id"
        " WHERE d.document_type = 'purchase_order' AND m.channel = 'email' ORDER BY m.id",
    )[0]
    rule = ask(
        stage.database,
        "SELECT r.id, r.source_id, w.template_id FROM notifications_rule r"
        " JOIN notifications_ruleway w ON w.rule_id = r.id AND w.channel = 'email'"
        " WHERE r.process = 'purchase_order' AND r.is_active ORDER BY r.id",
    )[0]
    yield "dashboard", "/"
    yield "events", "/events/event/"
    yield "message", f"/messages/{order['id']}/"
    yield "why", f"/why/?who={order['name']}&document={order['document_label'].split()[-1]}"
    yield "person", f"/people/{order['contact_id']}/"
    yield "rule", f"/rules/{rule['id']}/edit/"
    yield "template", f"/templates/{rule['template_id']}/"
    yield "source", f"/sources/{rule['source_id']}/"
    yield "tables", f"/sources/{rule['source_id']}/tables/"
