"""Turn what an author wrote into HTML and text with the variables left in, once per revision.

simple: paragraphs, **bold**, “- ” lists and blocks such as [[lines]] → MJML in the brand's frame.
mjml: MJML as written. Both → mrml → css-inline. The text part comes from the same source.
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

from emailketing.content.blocks import HTML_BLOCKS, TEXT_BLOCKS
from emailketing.content.look import BrandLook
from emailketing.content.plain_text import text_of_html

FRAME = Path(__file__).with_name("frame.mjml")
BLOCK = re.compile(r"^\[\[\s*(\w+)\s*(?::\s*(.*?))?\s*\]\]$")
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
# no web fonts: a mail must not ask anybody for anything
PLAIN = mrml.RenderOptions(fonts={}, disable_comments=True)
BOLD = re.compile(r"\*\*(.+?)\*\*")


class CompileFailed(Exception):
    """The text cannot be turned into a mail; the message says where."""

    def __init__(self, sentence: str, line: int = 1) -> None:
        super().__init__(sentence)
        self.line = line


@dataclass(frozen=True, slots=True)
class Compiled:
    subject: str
    html: str
    text: str


def compile_revision(
    *,
    subject: str,
    preheader: str,
    body: str,
    style: str,
    brand: BrandLook,
    language: str,
) -> Compiled:
    """Compile one revision.

    Raises:
        CompileFailed: an unknown block, or MJML that is not well formed, with its line.
    """
    with translation.override(language):
        if style == "mjml":
            page = to_html(body, language)
            return Compiled(subject, page, text_of_html(page))
        sections = [_section(chunk, line) for line, chunk in chunks(body)]
        mjml = framed("\n".join(part for part, _text in sections), preheader, brand)
        texts = [text for _part, text in sections]
        return Compiled(subject, to_html(mjml, language), "\n\n".join([*texts, text_foot(brand)]))


def chunks(body: str) -> list[tuple[int, str]]:
    """Split the body at blank lines; a block token stands alone. Gives (line, text)."""
    found: list[tuple[int, str]] = []
    start, lines = 1, list[str]()
    for number, line in enumerate([*body.replace("\r\n", "\n").split("\n"), ""], start=1):
        is_block = bool(BLOCK.match(line.strip()))
        if (not line.strip() or is_block) and lines:
            found.append((start, "\n".join(lines)))
            lines = []
        if is_block:
            found.append((number, line.strip()))
        elif line.strip():
            start = start if lines else number
            lines.append(line.strip())
    return found


def _section(chunk: str, line: int) -> tuple[str, str]:
    block = BLOCK.match(chunk)
    if block:
        name, argument = block.group(1).lower(), block.group(2) or ""
        if name not in HTML_BLOCKS:
            sentence = _("There is no block “%(name)s”. There are: %(names)s.")
            raise CompileFailed(
                sentence % {"name": name, "names": ", ".join(sorted(HTML_BLOCKS))}, line
            )
        return HTML_BLOCKS[name](argument), TEXT_BLOCKS[name](argument)
    text = BOLD.sub(r"\1", chunk)
    rows = chunk.split("\n")
    if all(row.startswith("- ") for row in rows):
        items = "".join(f"<li>{inline(row[2:])}</li>" for row in rows)
        return f"<mj-text><ul style='margin:0;padding-left:20px'>{items}</ul></mj-text>", text
    return f"<mj-text>{'<br/>'.join(inline(row) for row in rows)}</mj-text>", text


def inline(text: str) -> str:
    """Escape everything but the template's own tags; **bold** becomes bold (S11)."""
    parts, last = [], 0
    for tag in TAG.finditer(text):
        parts += [html.escape(text[last : tag.start()], quote=False), tag.group()]
        last = tag.end()
    parts.append(html.escape(text[last:], quote=False))
    return BOLD.sub(r"<b>\1</b>", "".join(parts))


@lru_cache(maxsize=1)
def _frame() -> str:
    return FRAME.read_text(encoding="utf-8")


def framed(sections: str, preheader: str, brand: BrandLook) -> str:
    """Put the sections into the brand's frame: logo, colours, signature, legal line."""
    logo = (
        f'<mj-image src="cid:logo" alt="{html.escape(brand.name)}" width="200px" align="left"'
        ' padding="20px 24px 8px"/>'
        if brand.logo
        else '<mj-text css-class="brand" font-size="20px" font-weight="700"'
        f' padding="20px 24px 8px" color="{brand.primary_colour}">'
        f"{html.escape(brand.name)}</mj-text>"
    )
    foot = " · ".join(
        html.escape(part)
        for part in (brand.name, brand.address, brand.phone, brand.email, brand.website)
        if part
    ).replace("\n", ", ")
    values = {
        "@PREHEADER@": inline(preheader),
        "@TITLE@": html.escape(brand.name) or "eMailketing",
        "@PRIMARY@": brand.primary_colour,
        "@ACCENT@": brand.accent_colour,
        "@LOGO@": logo,
        "@SECTIONS@": sections,
        "@FOOT@": foot,
        "@LEGAL@": html.escape(brand.legal_line).replace("\n", "<br/>"),
    }
    page = _frame()
    for name, value in values.items():
        page = page.replace(name, value)
    return page


def text_foot(brand: BrandLook) -> str:
    contact = [brand.name, brand.address, brand.phone, brand.email, brand.website]
    lines = [*(part.replace("\n", ", ") for part in contact if part), brand.legal_line]
    return "-- \n" + "\n".join(line for line in lines if line)


def to_html(mjml: str, language: str) -> str:
    """Compile MJML and inline its styles; the template's tags come through unchanged."""
    kept: list[str] = []

    def keep(tag: re.Match[str]) -> str:
        kept.append(tag.group())
        return f"emktag{len(kept) - 1}x"

    try:
        output = mrml.to_html(TAG.sub(keep, mjml), render_options=PLAIN)
    except OSError as error:
        where = re.search(r"(\d+):(\d+)|line (\d+)", str(error))
        line = int(next((g for g in where.groups() if g), 1)) if where else 1
        raise CompileFailed(
            _("The MJML is not well formed: %(why)s") % {"why": error}, line
        ) from error
    page = css_inline.inline(output.content, keep_style_tags=True, load_remote_stylesheets=False)
    page = re.sub(r"<html\b", f'<html lang="{language}"', page, count=1)
    return re.sub(r"emktag(\d+)x", lambda found: kept[int(found.group(1))], page)
