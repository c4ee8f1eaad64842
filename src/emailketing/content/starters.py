"""The templates every installation begins with, in Spanish, English and Portuguese."""

from datetime import datetime
from pathlib import Path

from emailketing.content.models import Brand, Template
from emailketing.content.save import Texts, save_revision

FOLDER = Path(__file__).with_name("starters")
STARTERS = {
    "purchase-order": ("Orden de compra", "Se envía al proveedor al confirmar la orden."),
    "quotation": ("Presupuesto", "Se envía al cliente al emitir el presupuesto."),
}
AUTHOR = "eMailketing"


def make_starter_templates(brand: Brand | None, *, now: datetime) -> list[Template]:
    """Make the ready-made templates that are not there yet; the others stay as they are."""
    made = []
    for slug, (name, description) in STARTERS.items():
        template, is_new = Template.objects.get_or_create(
            slug=slug,
            defaults={
                "name": name,
                "document_type": slug,
                "layout": slug,
                # none: the default brand, whichever it is later
                "brand": None if brand is None or brand.is_default else brand,
                "description": description,
            },
        )
        if is_new:
            made.append(template)
        written = set(template.revisions.values_list("language", flat=True))
        for language in {"es", "en", "pt"} - written:
            save_revision(
                template,
                language=language,
                texts=starter_texts(slug, language),
                sample=None,
                by=AUTHOR,
                now=now,
            )
    return made


def starter_texts(slug: str, language: str) -> Texts:
    """Read the texts: subject, preview line, an empty line, body."""
    text = (FOLDER / f"{slug}.{language}.txt").read_text(encoding="utf-8")
    subject, preheader, _empty, body = text.split("\n", 3)
    return Texts(subject=subject, preheader=preheader, body=body.strip())
