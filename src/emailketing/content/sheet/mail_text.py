"""The text part of a report: as good as the page, for those who read without pictures."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from emailketing.common.plain import JSON, Entry, Values

WIDTH = 76
GAP = 2
WIDEST_TEXT = 34  # of a column of words


def text_part(view: Entry) -> str:
    """Write title, figures, table and what stands around them, in the active language."""
    parts = [
        "\n".join(_heading(view)),
        "\n".join(_figures(view)),
        _chart(view),
        "\n".join(_table(view)),
        "\n".join(map(folded, [str(view["more"]), *_texts(view["notes"])])).strip(),
        "\n".join(_foot(view)),
    ]
    return "\n\n".join(part for part in parts if part)


def folded(text: str, indent: str = "  ") -> str:
    """Break a line that is longer than a mail program shows; what goes on is set in.

    A word stays whole: it may be an address. A firm blank holds a number and its sign together.
    """
    return "\n".join(
        textwrap.fill(
            row,
            WIDTH,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
            replace_whitespace=False,
        )
        for row in text.split("\n")
    )


def _heading(view: Values) -> Iterator[str]:
    title = str(view["title"])
    yield title
    yield "=" * min(len(title), WIDTH)
    if view["period"]:
        yield str(view["period"])


def _figures(view: Values) -> Iterator[str]:
    for figure in _members(view["figures"]):
        change = " ".join(str(figure[name]) for name in ("arrow", "words") if figure[name])
        yield folded(f"* {figure['label']}: {figure['value']}{f'  {change}' if change else ''}")
        trend = figure.get("trend")
        if isinstance(trend, Mapping) and trend:
            yield folded(f"  {trend['alt']}")


def _chart(view: Values) -> str:
    chart = view["chart"]
    alt = chart.get("alt") if isinstance(chart, Mapping) else ""
    return folded(f"[{alt}]", " ") if alt else ""


def _foot(view: Values) -> Iterator[str]:
    for text in _texts(view["filters"]):
        yield folded(f"{_('Filter')}: {text}")
    if view["made_at"]:
        yield f"{_('Made at')}: {view['made_at']} ({view['zone']})"
    if view["link"]:
        yield f"{_('See the report')}: {view['link']}"


def _table(view: Values) -> list[str]:
    head = _members(view["head"])
    rows = [_members(row["cells"]) for row in _members(view["rows"])]
    totals = _members(view["totals"])
    if not rows:
        return []
    lines = [[_marked(cell) for cell in row] for row in rows]
    sums = [str(cell["text"]) for cell in totals]
    labels = [str(each["label"]) for each in head]
    widths = [
        max(len(text) for text in column)
        for column in zip(labels, *lines, *([sums] if sums else []), strict=True)
    ]
    sides = [str(each["side"]) for each in head]
    if sum(widths) + GAP * (len(widths) - 1) <= WIDTH and max(widths) <= WIDEST_TEXT * 2:
        return _in_columns(labels, lines, sums, list(zip(widths, sides, strict=True)))
    return _in_blocks(labels, lines, sums)


def _in_columns(
    labels: Sequence[str],
    lines: Sequence[Sequence[str]],
    sums: Sequence[str],
    columns: Sequence[tuple[int, str]],
) -> list[str]:
    def row(texts: Sequence[str]) -> str:
        cells = (
            text.rjust(width) if side == "right" else text.ljust(width)
            for text, (width, side) in zip(texts, columns, strict=True)
        )
        return (" " * GAP).join(cells).rstrip()

    rule = "-" * (sum(width for width, _side in columns) + GAP * (len(columns) - 1))
    rows = [row(labels), rule, *map(row, lines)]
    return [*rows, rule, row(sums)] if sums else rows


def _in_blocks(
    labels: Sequence[str], lines: Sequence[Sequence[str]], sums: Sequence[str]
) -> list[str]:
    """A table that is wider than a line: each row is a block, its values under each other."""
    rows: list[str] = []
    for texts in [*lines, *([sums] if sums else [])]:
        rows += [folded(texts[0] or "—"), *_pairs(labels, texts), ""]
    return rows[:-1]


def _pairs(labels: Sequence[str], texts: Sequence[str]) -> Iterator[str]:
    for label, text in zip(labels[1:], texts[1:], strict=True):
        if text:
            yield folded(f"  {label}: {text}", " " * 4)


def _marked(cell: Values) -> str:
    return " ".join(str(cell[name]) for name in ("mark", "text") if cell[name])


def _members(value: JSON) -> list[Values]:
    several = value if isinstance(value, list | tuple) else ()
    return [each for each in several if isinstance(each, Mapping)]


def _texts(value: JSON) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list | tuple) else []
