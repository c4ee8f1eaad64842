"""The simple format: what an author types, cut into sections as MJML and as text.

Paragraphs, `# heading`, `- ` lists, **bold**, [label](https://…), blocks such as [[lines]], and
lines that hold nothing but {% … %} around them.
"""

import re
from dataclasses import dataclass
from itertools import product

from django.utils.translation import gettext as _

from emailketing.content.blocks import HTML_BLOCKS, TEXT_BLOCKS
from emailketing.content.inline import inline, plain_inline
from emailketing.content.look import BrandLook
from emailketing.content.tables import BlockWrong
from emailketing.content.tags import CompileFailed

BLOCK = re.compile(r"^\[\[\s*(\w+)\s*(?::\s*(.*?))?\s*\]\]$")
STATEMENTS = re.compile(r"^(\{%((?!%\}).)*%\}\s*)+$")
WORD = re.compile(r"\{%-?\s*(\w+)")
JOINED = frozenset({"row"})  # blocks that stand close under each other
HEADING = re.compile(r"^(#{1,3}) +(.+)$")


@dataclass(frozen=True, slots=True)
class MailSection:
    """One piece of a mail, written for both parts."""

    mjml: str
    text: str
    kind: str = ""  # row, statement, or anything else


@dataclass(frozen=True, slots=True)
class Chunk:
    line: int
    text: str
    stands_alone: bool


def sections(body: str, brand: BrandLook) -> list[MailSection]:
    """Cut the body into sections.

    Raises:
        CompileFailed: a block that does not exist or is written wrongly, with its line.
    """
    return [_section(chunk, brand) for chunk in chunks(body)]


def joined(parts: list[MailSection]) -> str:
    """Return the sections as MJML: rows that stand close, with their loops, are one table."""
    page, run = [], list[MailSection]()
    for part in [*parts, MailSection("", "")]:
        if part.kind:
            run.append(part)
            continue
        page += [*_with_tables(run), part.mjml]
        run = []
    return "\n".join(page)


def _with_tables(run: list[MailSection]) -> list[str]:
    """Put the rows of a run into one table; a statement that is closed elsewhere stays outside."""
    rows = [place for place, part in enumerate(run) if part.kind == "row"]
    if not rows:
        return [part.mjml for part in run]
    widest = product(range(rows[0] + 1), range(len(run), rows[-1], -1))
    whole = next((place for place in widest if _is_closed(run[slice(*place)])), None)
    if whole is None:
        return [alone(part) for part in run]
    start, end = whole
    table = f'<mj-table padding="0 24px">{"".join(part.mjml for part in run[start:end])}</mj-table>'
    return [*(part.mjml for part in run[:start]), table, *(part.mjml for part in run[end:])]


def alone(part: MailSection) -> str:
    """Return a section that stands by itself: a row is a table then."""
    is_row = part.kind == "row"
    return f'<mj-table padding="0 24px">{part.mjml}</mj-table>' if is_row else part.mjml


def _is_closed(parts: list[MailSection]) -> bool:
    """Whether every loop and condition that begins here ends here, and no other does."""
    depth = 0
    for part in parts:
        for word in WORD.findall(part.mjml) if part.kind == "statement" else ():
            if depth == 0 and word in ("else", "elif", "endif", "endfor"):
                return False
            depth += {"if": 1, "for": 1, "endif": -1, "endfor": -1}.get(word, 0)
    return depth == 0


def chunks(body: str) -> list[Chunk]:
    """Split the body at empty lines; blocks, headings and statements stand alone."""
    found: list[Chunk] = []
    start, rows = 1, list[str]()
    for number, raw in enumerate([*body.replace("\r\n", "\n").split("\n"), ""], start=1):
        row = raw.strip()
        alone = bool(BLOCK.match(row) or STATEMENTS.match(row) or HEADING.match(row))
        if (not row or alone) and rows:
            found.append(Chunk(start, "\n".join(rows), stands_alone=False))
            rows = []
        if alone:
            found.append(Chunk(number, row, stands_alone=True))
        elif row:
            start = start if rows else number
            rows.append(row)
    return found


def _section(chunk: Chunk, brand: BrandLook) -> MailSection:
    if not chunk.stands_alone:
        return _paragraph(chunk.text)
    if STATEMENTS.match(chunk.text):
        return MailSection(chunk.text, f"{chunk.text}\n", "statement")
    if heading := HEADING.match(chunk.text):
        words = heading.group(2)
        look = 'css-class="heading" font-size="19px" line-height="1.3" font-weight="700"'
        tag = f"h{len(heading.group(1)) + 1}"  # the mail itself is the first
        mjml = f"<mj-text {look}><{tag}>{inline(words)}</{tag}></mj-text>"
        return MailSection(mjml, _apart(plain_inline(f"{words}\n")))
    return block_section(chunk.text, chunk.line, brand)


def block_section(token: str, line: int, brand: BrandLook) -> MailSection:
    """Turn [[name: argument]] into its section.

    Raises:
        CompileFailed: there is no such block, or it is written wrongly.
    """
    found = BLOCK.match(token)
    name = found.group(1).lower() if found else token
    if found is None or name not in HTML_BLOCKS:
        sentence = _("There is no block “%(name)s”. There are: %(names)s.")
        names = ", ".join(sorted(HTML_BLOCKS))
        raise CompileFailed(sentence % {"name": name, "names": names}, line)
    argument = found.group(2) or ""
    try:
        mjml, text = HTML_BLOCKS[name](argument, brand), TEXT_BLOCKS[name](argument, brand)
    except BlockWrong as error:
        raise CompileFailed(str(error), line) from error
    if name in JOINED:
        return MailSection(mjml, _joined(text), "row")
    return MailSection(mjml, _apart(f"{text}\n"))


def _apart(text: str) -> str:
    """Leave an empty row before and after; `render` makes one of several."""
    return f"\n{text}\n"


def _joined(text: str) -> str:
    """One row under the other; a statement at the end swallows the line end behind it."""
    return f"{text}\n\n" if text.endswith("%}") else f"{text}\n"


def _paragraph(chunk: str) -> MailSection:
    rows = chunk.split("\n")
    text = plain_inline(f"{chunk}\n")
    if all(row.startswith("- ") for row in rows):
        items = "".join(f"<li>{inline(row[2:])}</li>" for row in rows)
        return MailSection(
            f'<mj-text padding="3px 24px"><ul class="list">{items}</ul></mj-text>', text
        )
    mjml = f"<mj-text>{'<br/>'.join(inline(row) for row in rows)}</mj-text>"
    return MailSection(mjml, _apart(text))
