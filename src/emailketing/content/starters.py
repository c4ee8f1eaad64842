"""The templates every installation begins with, in Spanish, English and Portuguese."""

import logging
from datetime import datetime
from pathlib import Path

from django.db import transaction

from emailketing.channels.catalogue import channels, phones
from emailketing.channels.declared import EMAIL
from emailketing.common.reading import one_reading
from emailketing.content.declared import Starter, starters_brought
from emailketing.content.models import LANGUAGES, Brand, Template
from emailketing.content.save import (
    Draft,
    TemplateInvalid,
    Texts,
    keep_first,
    try_shipped,
    try_texts,
)
from emailketing.content.text_file import read_texts

logger = logging.getLogger(__name__)


def channel_of(slug: str) -> str:
    """A starter for phones says so at the end of its name."""
    return next((name for name in phones() if slug.endswith(f"-{name}")), EMAIL)


def layout_of(slug: str) -> str:
    return chosen_layout(slug, starters()[slug])


def chosen_layout(slug: str, starter: Starter) -> str:
    """The PDF goes with the mail."""
    if channel_of(slug) != EMAIL:
        return ""
    return slug if starter.layout is None else starter.layout


PACKAGE = Path(__file__).resolve().parent.parent
FOLDER = PACKAGE / "content" / "starters"
# a day → its name, and when its mail is sent
_DAYS = {
    "birthday": ("Cumpleaños", "Saluda a la persona en su cumpleaños, con una tarjeta."),
    "christmas": ("Navidad", "Saluda en Navidad, con una tarjeta."),
    "new-year": ("Año Nuevo", "Saluda en Año Nuevo, con una tarjeta."),
    "anniversary": ("Aniversario de cliente", "Agradece los años de cliente, con una tarjeta."),
    "mothers-day": ("Día de la Madre", "Saluda a las madres en su día, con una tarjeta."),
    "fathers-day": ("Día del Padre", "Saluda a los padres en su día, con una tarjeta."),
    "thanks": ("Agradecimiento", "Da las gracias, con una tarjeta."),
    "inspection": ("Inspección por vencer", "Recuerda a tiempo una inspección que vence."),
}
_GREETINGS = {
    slug: starter
    for day, (name, what) in _DAYS.items()
    for slug, starter in (
        (f"greeting-{day}", Starter(name, "greeting", what, "")),
        (
            f"greeting-{day}-sms",
            Starter(f"{name} (SMS)", "greeting", what.split(",")[0].rstrip(".") + "."),
        ),
    )
}
STARTERS = {
    "purchase-order": Starter(
        "Orden de compra", "purchase_order", "Se envía al proveedor al confirmar la orden."
    ),
    "quotation": Starter(
        "Presupuesto", "quotation", "Se envía al cliente al emitir el presupuesto."
    ),
    "purchase-order-sms": Starter(
        "Orden de compra (SMS)", "purchase_order", "Avisa al proveedor que la orden va por correo."
    ),
    "quotation-sms": Starter(
        "Presupuesto (SMS)", "quotation", "Avisa al cliente que el presupuesto va por correo."
    ),
    "purchase-order-changed": Starter(
        "Orden de compra modificada",
        "purchase_order",
        "Reemplaza ante el proveedor la orden que ya tiene, y dice qué cambió.",
    ),
    "purchase-order-changed-sms": Starter(
        "Orden de compra modificada (SMS)", "purchase_order", "Avisa que vale solo la nueva."
    ),
    "purchase-order-cancelled": Starter(
        "Orden de compra anulada", "purchase_order", "Deja sin efecto la orden enviada.", ""
    ),
    "purchase-order-cancelled-sms": Starter(
        "Orden de compra anulada (SMS)", "purchase_order", "Avisa que no se despache."
    ),
    "payment-order": Starter(
        "Orden de pago", "payment_order", "Avisa al proveedor qué se le paga, dónde y qué traer."
    ),
    "payment-order-sms": Starter(
        "Orden de pago (SMS)", "payment_order", "Avisa al proveedor que su pago está listo."
    ),
    "collection": Starter(
        "Gracias por el pago", "collection", "Agradece al cliente, con el recibo.", "receipt"
    ),
    "collection-sms": Starter(
        "Gracias por el pago (SMS)", "collection", "Agradece al cliente en una línea."
    ),
    "collection-balance": Starter(
        "Gracias por el pago, con saldo",
        "collection",
        "Como «Gracias por el pago», y dice además el saldo que le queda al cliente.",
        "receipt",
    ),
    "collection-balance-sms": Starter(
        "Gracias por el pago, con saldo (SMS)",
        "collection",
        "Agradece al cliente en una línea y dice su saldo.",
    ),
    "cash-closing": Starter(
        "Cierre de caja", "cash_closing", "Se envía a Gerencia y Tesorería al cerrar una caja."
    ),
    "cash-closing-sms": Starter(
        "Cierre de caja (SMS)", "cash_closing", "El cierre de una caja en una línea."
    ),
    "payment-reminder": Starter(
        "Recordatorio de pago", "unpaid_sale", "Se envía al cliente con una factura vencida.", ""
    ),
    "payment-reminder-sms": Starter(
        "Recordatorio de pago (SMS)", "unpaid_sale", "Se envía al cliente con una factura vencida."
    ),
    "record-changed": Starter(
        "Registro modificado", "change", "Quién cambió qué, antes y después.", ""
    ),
    "record-changed-sms": Starter(
        "Registro modificado (SMS)", "change", "Quién cambió qué, en una línea."
    ),
    "record-deleted": Starter(
        "Registro eliminado", "change", "Quién eliminó qué, con el registro entero.", ""
    ),
    "record-deleted-sms": Starter(
        "Registro eliminado (SMS)", "change", "Quién eliminó qué, en una línea."
    ),
    "mass-change": Starter(
        "Muchos registros a la vez", "change", "Una importación: tabla y planilla adjunta.", ""
    ),
    "mass-change-sms": Starter(
        "Muchos registros a la vez (SMS)", "change", "Una importación, en una línea."
    ),
    "digest": Starter("Resumen", "", "Varios avisos en un solo correo, de cualquier proceso.", ""),
    "digest-sms": Starter("Resumen (SMS)", "", "Varios avisos en un solo SMS."),
    "report": Starter("Informe", "report", "Cifras, gráfico y tabla de un informe programado.", ""),
    "report-sms": Starter("Informe (SMS)", "report", "Las cifras de un informe, en un SMS."),
    **_GREETINGS,
    "alert": Starter("Aviso al administrador", "alert", "Cuando algo dejó de funcionar.", ""),
    "morning-list": Starter(
        "Lista de la mañana", "morning_list", "Sin dirección y por decidir, cada mañana.", ""
    ),
}
AUTHOR = "eMailketing"


def starters() -> dict[str, Starter]:
    """Return every starter: ours, and those that connectors on this machine bring."""
    ours = {**STARTERS, **_approved()}
    return {**ours, **{slug: one for slug, one in starters_brought().items() if slug not in ours}}


def _approved() -> dict[str, Starter]:
    """Return a report's text for each channel whose texts somebody has to approve before."""
    description = "Texto que se hace aprobar antes: vea la Ayuda de este canal."
    return {
        f"report-{name}": Starter(
            f"Informe ({channel.label})", "report", description, file="report-approved"
        )
        for name, channel in channels().items()
        if channel.needs_approved_text
    }


def make_starter_templates(brand: Brand | None, *, now: datetime) -> list[Template]:
    """Make the ready-made templates that are not there yet; the others stay as they are."""
    there = set(Template.objects.values_list("slug", flat=True))
    with one_reading():  # the connectors stay the same meanwhile
        made = [_made(slug, brand, now) for slug in starters()]
    return [template for template in made if template and template.slug not in there]


def _made(slug: str, brand: Brand | None, now: datetime) -> Template | None:
    """Make one; a text of a connector of the installation's own that is none stops no other."""
    if slug in STARTERS:
        return make_starter(slug, brand, now=now)
    try:
        with transaction.atomic():
            return make_starter(slug, brand, now=now)
    except (TemplateInvalid, OSError, ValueError) as error:
        logger.warning("starter %s left out: %s", slug, error)
        return None


def make_starter(slug: str, brand: Brand | None, *, now: datetime) -> Template:
    """Make one of them, or write what it lacks; texts that are there stay as they are."""
    starter = starters()[slug]
    template, _is_new = Template.objects.get_or_create(
        slug=slug,
        defaults={
            "name": starter.name,
            "document_type": starter.document_type,
            "channel": channel_of(slug),
            "layout": layout_of(slug),
            # none: the default brand, whichever it is later
            "brand": None if brand is None or brand.is_default else brand,
            "description": starter.description,
        },
    )
    written = set(template.revisions.values_list("language", flat=True))
    drafts = [
        _tried(template, starter, language, starter_texts(slug, language))
        for language in sorted({code for code, _name in LANGUAGES} - written)
    ]
    if drafts:
        keep_first(template, drafts, by=AUTHOR, now=now)
    return template


def _tried(template: Template, starter: Starter, language: str, texts: Texts) -> Draft:
    """What somebody wrote for a connector of his own is tried apart, as what he writes here."""
    if (starter.folder or FOLDER).is_relative_to(PACKAGE):
        return try_shipped(template, language=language, texts=texts)
    return try_texts(template, language=language, texts=texts, sample=None)


def starter_texts(slug: str, language: str) -> Texts:
    """Read the texts that ship with a starter template."""
    starter = starters()[slug]
    path = (starter.folder or FOLDER) / f"{starter.file or slug}.{language}.txt"
    return read_texts(path.read_text(encoding="utf-8"))
