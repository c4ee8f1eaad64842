"""The few marks of our pages as HTML: headings, lists, tables, code, notes, links to other pages.

Everything else is text and escaped. Not for what others write.
"""

import re
from collections.abc import Callable
from itertools import takewhile

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

Address = Callable[[str], str]  # topic → its address
Block = tuple[str, int]  # the HTML, and how many lines it took
FENCE = "```"
ITEM = re.compile(r"^(?:-|\d+\.) +(.*)$")
INLINE = re.compile(r"`([^`]+)`|\*\*(.+?)\*\*|\*(.+?)\*|\[([^\]]+)\]\(([^)\s]+)\)")


def to_html(text: str, address: Address) -> SafeString:
    """Return a page as HTML; a link names a topic, `address` says where that is."""
    lines, blocks = text.split("\n"), []
    while lines:
        if not lines[0].strip():
            lines.pop(0)
            continue
        html, taken = _block(lines, address)
        blocks.append(html)
        lines = lines[taken:]
    return mark_safe("\n".join(blocks))  # noqa: S308 - our own pages, every text escaped below


def headings(text: str) -> list[tuple[str, str]]:
    """Return the second headings with their anchors: the contents of a long page."""
    found = re.findall(r"^## (.+)$", text, re.MULTILINE)
    return [(slugify(title), title) for title in found]


def plain(text: str) -> str:
    """Return the words of a page without its marks, as search reads them."""
    unmarked = INLINE.sub(lambda m: next(part for part in m.groups() if part), text)
    return re.sub(r"^(?:#+ |> |- |\d+\. |```.*$)|^\|[-| ]+\|$|\|", "", unmarked, flags=re.MULTILINE)


def _block(lines: list[str], address: Address) -> Block:
    first = lines[0]
    if first.startswith(FENCE):
        return _code(lines)
    if first.startswith("#"):
        return _heading(first)
    if first.startswith("|"):
        return _table(lines, address)
    if first.startswith("> "):
        taken = list(takewhile(lambda line: line.startswith(">"), lines))
        said = " ".join(line.lstrip("> ") for line in taken)
        return f'<p class="ek-manual__note">{_inline(said, address)}</p>', len(taken)
    if ITEM.match(first):
        return _list(lines, address)
    taken = list(takewhile(_is_running, lines))
    return f"<p>{_inline(' '.join(taken), address)}</p>", len(taken)


def _is_running(line: str) -> bool:
    return (
        bool(line.strip()) and not line.startswith((FENCE, "#", "|", "> ")) and not ITEM.match(line)
    )


def _code(lines: list[str]) -> Block:
    inside = list(takewhile(lambda line: not line.startswith(FENCE), lines[1:]))
    return f'<pre tabindex="0">{escape(chr(10).join(inside))}</pre>', len(inside) + 2


def _heading(line: str) -> Block:
    marks, _blank, title = line.partition(" ")
    level = min(len(marks) + 1, 4)  # the title of the page is the console's h2
    return f'<h{level} id="{slugify(title)}">{escape(title)}</h{level}>', 1


def _list(lines: list[str], address: Address) -> Block:
    """One level; a line that is indented goes on with the entry above."""
    kind = "ul" if lines[0].startswith("-") else "ol"
    entries: list[str] = []
    taken = 0
    for line in lines:
        entry = ITEM.match(line)
        if entry:
            entries.append(entry[1])
        elif line.startswith("  ") and line.strip():
            entries[-1] += f" {line.strip()}"
        else:
            break
        taken += 1
    inside = "".join(f"<li>{_inline(entry, address)}</li>" for entry in entries)
    return f"<{kind}>{inside}</{kind}>", taken


def _table(lines: list[str], address: Address) -> Block:
    """The first row names the columns, the second is a line; on a phone each row is a card."""
    rows = [_cells(line) for line in takewhile(lambda line: line.startswith("|"), lines)]
    names = rows[0]
    head = "".join(f'<th scope="col">{_inline(name, address)}</th>' for name in names)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-label="{escape(name)}">{_inline(cell, address)}</td>'
            for name, cell in zip(names, row, strict=True)
        )
        + "</tr>"
        for row in rows[2:]
    )
    html = f'<table class="ek-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return html, len(rows)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _inline(text: str, address: Address) -> str:
    parts, end = [], 0
    for mark in INLINE.finditer(text):
        parts += [escape(text[end : mark.start()]), _marked(mark, address)]
        end = mark.end()
    return "".join([*parts, escape(text[end:])])


def _marked(mark: re.Match[str], address: Address) -> str:
    code, bold, slanted, words, topic = mark.groups()
    if code:
        return f"<code>{escape(code)}</code>"
    if bold:
        return f"<strong>{_inline(bold, address)}</strong>"
    if slanted:
        return f"<em>{_inline(slanted, address)}</em>"
    return f'<a href="{escape(address(topic))}" data-help>{escape(words)}</a>'
