"""Change the brand: check it, keep it, and give every template that wears it a new revision."""

from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.changes import kept, note_saved
from emailketing.accounts.who import Who
from emailketing.common.one_line import line_problems
from emailketing.common.problems import Invalid, Problems, first_of
from emailketing.content.colours import NotAColour, colour_problem, rgb
from emailketing.content.compile import CompileFailed
from emailketing.content.declared import kinds_of
from emailketing.content.frozen_look import freeze_look
from emailketing.content.kinds import declared
from emailketing.content.logo import clean_logo, logo_problem, starter_logo
from emailketing.content.look import look_of
from emailketing.content.models import Brand, Revision, Template
from emailketing.content.save import Draft, Texts, compile_texts, keep_revision

KEEP, DRAW, NONE = "keep", "draw", "none"  # what becomes of the logo when none is brought
LINES = ("name", "primary_colour", "accent_colour", "phone", "email", "website", "tax_id")


class BrandInvalid(Invalid):
    """A brand cannot be saved; `problems` has every sentence by its field."""


class BrandInUse(Exception):
    """A brand cannot be deleted; one sentence says why."""


def save_brand(brand: Brand, *, by: Who | str, now: datetime) -> list[str]:
    """Save the brand, note what changed, and show it in all templates from the next message on.

    Returns:
        Sentences for the person who saved: no logo, a pale colour, a template left as it was.

    Raises:
        BrandInvalid: all that is wrong: no name, a colour that is none, …
        StoreFull: the logo cannot be kept.
    """
    brand.name = brand.name.strip()
    if wrong := wrong_with(brand):
        raise BrandInvalid(wrong)
    with transaction.atomic():
        before, others = kept(brand), Brand.objects.exclude(pk=brand.pk)
        brand.is_default = brand.is_default or not others.filter(is_default=True).exists()
        if brand.is_default:
            others.update(is_default=False)
        brand.save()
        left = _renew_templates(brand, by=str(by), now=now)
        note_saved(brand, before, by=by, now=now)
    notices = [logo_problem(bytes(brand.logo or b"")), colour_problem(brand.primary_colour), *left]
    return [notice for notice in notices if notice]


def wrong_with(brand: Brand) -> dict[str, str]:
    """Return everything that is wrong, by field, one sentence each."""
    return first_of(_problems(brand))


def _problems(brand: Brand) -> Problems:
    if not brand.name.strip():
        yield "name", _("The brand needs a name.")
    for name in ("primary_colour", "accent_colour"):
        try:
            rgb(getattr(brand, name))
        except NotAColour as error:
            yield name, str(error)
    yield from line_problems(brand, *LINES)


def has_colours(brand: Brand) -> bool:
    """Whether anything can be drawn with its colours; saving says which of them is none."""
    return not {"primary_colour", "accent_colour"} & wrong_with(brand).keys()


def set_logo(brand: Brand, upload: bytes = b"", *, otherwise: str = KEEP) -> None:
    """Put a new logo on the brand, not yet saved; without one what `otherwise` says.

    None is drawn in a colour that is none: whoever saves the brand refuses that.

    Raises:
        LogoRefused: one sentence that says what to do.
    """
    if upload:
        logo = clean_logo(upload)
        brand.logo, brand.logo_type = logo.content, logo.mime_type
    elif otherwise == DRAW and has_colours(brand):
        brand.logo = starter_logo(brand.name, brand.primary_colour, brand.accent_colour)
        brand.logo_type = "image/png"
    elif otherwise == NONE:
        brand.logo, brand.logo_type = b"", ""


@transaction.atomic
def delete_brand(brand: Brand, *, by: Who | str, now: datetime) -> None:
    """Forget a brand; the default one, and one that a template wears, stays.

    Raises:
        BrandInUse: one sentence.
    """
    if brand.is_default:
        raise BrandInUse(_("The default brand stays: make another the default first."))
    note("deleted", by=by, now=now, about=brand)
    try:
        brand.delete()
    except ProtectedError as error:
        raise BrandInUse(_("A template uses it, so it stays.")) from error


def first_brand(name: str, *, tax_id: str = "", by: Who | str, now: datetime) -> Brand:
    """Return the default brand; where there is none, make one with a drawn logo."""
    brand = Brand.objects.filter(is_default=True).first() or Brand.objects.first()
    if brand is None:
        brand = Brand(name=name, tax_id=tax_id, is_default=True)
        set_logo(brand, otherwise=DRAW)
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
    texts = Texts.of(revision)
    with declared(kinds_of(template.document_type)):
        compiled = compile_texts(texts, look=look, language=revision.language)
    same = (compiled.html, compiled.text) == (revision.html, revision.text)
    if same and revision.brand == freeze_look(look):
        return
    keep_revision(template, Draft(revision.language, texts, compiled, look), by=by, now=now)
