"""Change the brand: check it, keep it, and give every template that wears it a new revision."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from emailketing.content.colours import NotAColour, colour_problem, rgb
from emailketing.content.compile import CompileFailed, compile_revision
from emailketing.content.declared import kinds_of
from emailketing.content.frozen_look import freeze_look
from emailketing.content.kinds import declared
from emailketing.content.logo import clean_logo, logo_problem, starter_logo
from emailketing.content.look import look_of
from emailketing.content.models import Brand, Revision, Template
from emailketing.content.save import Draft, Texts, keep_revision


class BrandInvalid(Exception):
    """A brand cannot be saved; the message is one sentence."""


def save_brand(brand: Brand, *, by: str, now: datetime) -> list[str]:
    """Save the brand and show it in all templates that use it, from the next message on.

    Returns:
        Sentences for the person who saved: no logo, a pale colour, a template left as it was.

    Raises:
        BrandInvalid: no name, or a colour that is none.
        StoreFull: the logo cannot be kept.
    """
    brand.name = brand.name.strip()
    if not brand.name:
        raise BrandInvalid(_("The brand needs a name."))
    try:
        rgb(brand.primary_colour)
        rgb(brand.accent_colour)
    except NotAColour as error:
        raise BrandInvalid(str(error)) from error
    with transaction.atomic():
        others = Brand.objects.exclude(pk=brand.pk)
        brand.is_default = brand.is_default or not others.filter(is_default=True).exists()
        if brand.is_default:
            others.update(is_default=False)
        brand.save()
        left = _renew_templates(brand, by=by, now=now)
    notices = [logo_problem(bytes(brand.logo or b"")), colour_problem(brand.primary_colour), *left]
    return [notice for notice in notices if notice]


def set_logo(brand: Brand, upload: bytes) -> None:
    """Put a new logo on the brand, not yet saved.

    Raises:
        LogoRefused: one sentence that says what to do.
    """
    logo = clean_logo(upload)
    brand.logo, brand.logo_type = logo.content, logo.mime_type


def first_brand(name: str, *, tax_id: str = "", by: str, now: datetime) -> Brand:
    """Return the default brand; where there is none, make one with a drawn logo."""
    brand = Brand.objects.filter(is_default=True).first() or Brand.objects.first()
    if brand is None:
        brand = Brand(name=name, tax_id=tax_id, is_default=True)
        set_logo(brand, starter_logo(name, brand.primary_colour, brand.accent_colour))
        save_brand(brand, by=by, now=now)
    return brand


def _renew_templates(brand: Brand, *, by: str, now: datetime) -> list[str]:
    mine = Q(brand=brand) | Q(brand=None) if brand.is_default else Q(brand=brand)
    left = []
    for template in Template.objects.filter(mine):
        newest = {r.language: r for r in template.revisions.order_by("number")}
        for revision in newest.values():
            try:
                _renew(template, revision, brand, by=by, now=now)
            except CompileFailed:
                sentence = _("The template “%(name)s” keeps its old look: open and save it.")
                left.append(sentence % {"name": template.name})
    return left


def _renew(template: Template, revision: Revision, brand: Brand, *, by: str, now: datetime) -> None:
    look = look_of(brand)
    texts = Texts(revision.subject, revision.preheader, revision.body, revision.format)
    with declared(kinds_of(template.document_type)):
        compiled = compile_revision(
            subject=texts.subject,
            preheader=texts.preheader,
            body=texts.body,
            style=texts.format,
            brand=look,
            language=revision.language,
        )
    same = (compiled.html, compiled.text) == (revision.html, revision.text)
    if same and revision.brand == freeze_look(look):
        return
    keep_revision(template, Draft(revision.language, texts, compiled, look), by=by, now=now)
