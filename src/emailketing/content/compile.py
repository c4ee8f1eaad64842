"""Turn what an author wrote into HTML and text with the variables left in, once per revision.

simple: sections in the brand's frame. mjml: MJML as written, with our blocks. Both → mrml →
css-inline. The text part comes from the same source. short, approved: text only, as written.
"""

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import css_inline
import mrml
from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.content.colours import ink_on, tint
from emailketing.content.inline import escaped, plain_inline
from emailketing.content.logo import shown_size
from emailketing.content.look import BrandLook
from emailketing.content.plain_text import text_of_html
from emailketing.content.simple import MailSection, alone, block_section, joined, sections
from emailketing.content.tags import CompileFailed, Masked

__all__ = ["CompileFailed", "Compiled", "compile_revision"]

FRAME = Path(__file__).with_name("frame.mjml")
STYLE = Path(__file__).with_name("frame.css")
REPORT_STYLE = Path(__file__).with_name("report.css")  # only where a report stands
IN_A_REPORT = 'class="figure"'
CARD_STYLE = Path(__file__).with_name("card") / "card.css"  # only where a card stands
IN_A_CARD = 'class="greeting"'
BLOCK = re.compile(r"(?:<mj-raw>\s*)?(\[\[\s*\w+\s*(?::[^\]]*)?\]\])(?:\s*</mj-raw>)?")
BLOCK_PLACE = re.compile(r"emkblock(\d+)x")
PHONE_FORMATS = frozenset({"short", "approved"})  # no frame, no look
# a statement swallows the line end behind it: that one stays
EMPTY_ROWS = re.compile(r"(?<!%\})\n{3,}")
LANGUAGE = re.compile(r'(<html|role="article") lang="\w*"')
PADDING = "\u2007\u034f " * 60  # blanks that a preview line shows and does not fold
COMPANY = "{{ company.name }}"  # where there is no brand yet
# no web fonts: a mail must not ask anybody for anything
OPTIONS = mrml.RenderOptions(fonts={}, disable_comments=False)


@dataclass(slots=True)
class Compiled:
    """Subject, HTML and text with the variables left in."""

    subject: str
    html: str
    text: str
    format: str = "simple"


def compile_revision(
    *,
    subject: str,
    preheader: str,
    body: str,
    style: str,
    brand: BrandLook,
    language: str,
) -> Compiled:
    """Compile one revision; what is `declared` of its document says how values are written.

    Raises:
        CompileFailed: an unknown block, or MJML that is not well formed, with its line.
    """
    if style in PHONE_FORMATS:
        name = subject.strip() if style == "approved" else ""
        return Compiled(name, "", body.strip(), style)
    with translation.override(language):
        if style == "mjml":
            return Compiled(subject, *_from_mjml(body, brand, language), style)
        parts = sections(body, brand)
        mjml = framed(joined(parts), preheader, brand)
        text = EMPTY_ROWS.sub("\n\n", "".join(part.text for part in parts)).strip()
        return Compiled(subject, to_html(mjml, language), f"{text}\n\n{text_foot(brand)}")


def _from_mjml(body: str, brand: BrandLook, language: str) -> tuple[str, str]:
    blocks: list[MailSection] = []

    def take(found: re.Match[str]) -> str:
        line = body.count("\n", 0, found.start()) + 1
        blocks.append(block_section(found.group(1), line, brand))
        return alone(blocks[-1])

    page = to_html(_with_style(BLOCK.sub(take, body), brand), language)
    places = iter(range(len(blocks)))
    named = BLOCK.sub(lambda _found: f"<mj-text>emkblock{next(places)}x</mj-text>", body)
    plain = to_html(named, language, as_text=True)
    text = BLOCK_PLACE.sub(lambda found: blocks[int(found.group(1))].text.rstrip(), plain)
    return page, text


def _with_style(mjml: str, brand: BrandLook) -> str:
    """Give MJML the style of our blocks."""
    style = f"<mj-style>{_coloured(_style_for(mjml), brand)}</mj-style>"
    if "</mj-head>" in mjml:
        return mjml.replace("</mj-head>", f"{style}</mj-head>", 1)
    return re.sub(r"(<mjml\b[^>]*>)", rf"\1<mj-head>{style}</mj-head>", mjml, count=1)


@lru_cache(maxsize=1)
def _frame() -> str:
    return FRAME.read_text(encoding="utf-8")


def _style_for(content: str) -> str:
    style = STYLE.read_text(encoding="utf-8")
    for sign, more in ((IN_A_REPORT, REPORT_STYLE), (IN_A_CARD, CARD_STYLE)):
        style += more.read_text(encoding="utf-8") if sign in content else ""
    return style


def _coloured(text: str, brand: BrandLook) -> str:
    primary = brand.primary_colour
    for name, value in {
        "@PRIMARY@": primary,
        "@ACCENT@": brand.accent_colour,
        "@INK@": ink_on(primary),
        "@STRONG@": ink_on("#ffffff", wish=primary),
        "@TINT@": tint(primary, 0.06),
    }.items():
        text = text.replace(name, value)
    return text


def framed(content: str, preheader: str, brand: BrandLook) -> str:
    """Put the sections into the brand's frame: logo, colours, foot."""
    foot = "<br/>".join(
        html.escape(part).replace("\n", ", ")
        for part in (brand.address, brand.phone, brand.email, brand.website)
        if part
    )
    page = _coloured(_frame().replace("@STYLE@", _style_for(content)), brand)
    for name, value in {
        "@PREHEADER@": _padded(escaped(plain_inline(preheader))),  # shown as text only
        "@TITLE@": html.escape(brand.name) or COMPANY,
        "@LOGO@": _logo(brand),
        "@SECTIONS@": content,
        "@NAME@": html.escape(brand.name) or COMPANY,
        "@FOOT@": foot,
        "@LEGAL@": html.escape(brand.legal_line).replace("\n", "<br/>"),
    }.items():
        page = page.replace(name, value)
    return page


def _padded(preheader: str) -> str:
    """Fill the preview line up: else mail programs go on with the first words of the mail."""
    return f"{preheader}{PADDING}" if preheader.strip() else ""


def _logo(brand: BrandLook) -> str:
    name = html.escape(brand.name) or COMPANY
    size = shown_size(brand.logo) if brand.logo else None
    if size is None:
        return f'<mj-text css-class="brand" padding="22px 24px 14px">{name}</mj-text>'
    return (
        f'<mj-image css-class="logo" src="cid:logo" alt="{name}" width="{size[0]}px" align="left"'
        ' padding="22px 24px 14px"/>'
    )


def text_foot(brand: BrandLook) -> str:
    contact = [brand.name or COMPANY, brand.address, brand.phone, brand.email, brand.website]
    rows = [*(part.replace("\n", ", ") for part in contact if part), brand.legal_line]
    return "-- \n" + "\n".join(row for row in rows if row)


def _not_well_formed(said: str, text: str) -> str:
    """Say in our words what the compiler says in English."""
    if place := re.search(r"position (\d+):(\d+)", said):
        begin, end = map(int, place.groups())
        what = text.encode()[begin:end].decode("utf-8", "replace")
        why = _("look at “%(what)s”") % {"what": what[:60]}
    elif "end of stream" in said:
        why = _("something that was opened is not closed")
    else:
        why = _("a tag or an attribute is not written as it should be")
    return _("The MJML is not well formed: %(why)s") % {"why": why}


def to_html(mjml: str, language: str, *, as_text: bool = False) -> str:
    """Compile MJML and inline its styles; the template's tags come through unchanged."""
    masked = Masked(mjml)
    try:
        output = mrml.to_html(masked.text, render_options=OPTIONS)
    except OSError as error:
        raise CompileFailed(_not_well_formed(str(error), masked.text)) from error
    if as_text:
        return masked.restore(text_of_html(output.content))
    page = css_inline.inline(output.content, keep_style_tags=True, load_remote_stylesheets=False)
    # mrml writes it twice, the second time as “und”: read aloud in whatever language
    page = LANGUAGE.sub(rf'\1 lang="{language}"', page)
    # the parser opens the body of a table only at its first row: a loop around it belongs inside
    page = re.sub(r"((?:<!--emktag\d+x-->\s*)+)<tbody>", r"<tbody>\1", page)
    return masked.restore(page)
