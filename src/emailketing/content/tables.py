"""Blocks about any list and any value of a document, with the author's own labels.

[[table: invoices | Factura: number + date | Importe: paid]], [[facts: Sucursal: branch]],
[[amounts: Total: totals.total | A pagar: totals.net]]. What is money, a date or a quantity is
declared by the connector (kinds.py).
"""

import html
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from emailketing.content.kinds import Kind, kind_of
from emailketing.content.look import BrandLook

WIDTH, LABEL, NUMBER = 64, 24, 16  # signs, of the text part
MOST_ROWS = 60
MOST_COLUMNS = 4
MANY_COLUMNS = 3  # with so many the currency is left out
PATH = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*")
CURRENCY = "(document.currency or company.currency)"
FILTERS = {"money": f"|money{CURRENCY}", "quantity": "|quantity", "date": "|date"} | {
    "datetime": "|datetime",
    "word": "|word",
    "text": "",
}


class BlockWrong(ValueError):
    """A block is not written as it must be; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class BlockColumn:
    """A label and what stands under it; the names after the first follow in small."""

    label: str
    names: tuple[str, ...]
    kinds: tuple[Kind, ...]

    @property
    def is_number(self) -> bool:
        return self.kinds[0] in ("money", "quantity")


def _columns(parts: list[str], example: str, rows: str = "") -> list[BlockColumn]:
    """Read “label: name + name”; `rows`: the list they stand in."""
    columns = []
    for part in parts:
        label, _colon, names = part.rpartition(":")
        paths = tuple(name.strip() for name in names.split("+"))
        kinds = tuple(kind_of(f"{rows}.{path}" if rows else path) for path in paths)
        column = BlockColumn(label.strip(), paths, kinds)
        if not column.label or not all(PATH.fullmatch(name) for name in column.names):
            raise BlockWrong(_("Write the block as “%(example)s”.") % {"example": example})
        columns.append(column)
    if not columns:
        raise BlockWrong(_("Write the block as “%(example)s”.") % {"example": example})
    return columns


def _value(owner: str, column: BlockColumn, position: int = 0, *, short: bool = False) -> str:
    name, filters = column.names[position], FILTERS[column.kinds[position]]
    return f"{owner}.{name}{filters.replace('|money', '|amount') if short else filters}"


def _given(name: str, inner: str) -> str:
    return f"{{% if {name} %}}{inner}{{% endif %}}"


def _table(argument: str) -> tuple[str, list[BlockColumn]]:
    example = "[[table: invoices | Factura: number + date | Importe: paid]]"
    name, *parts = (part.strip() for part in argument.split("|"))
    columns = _columns(parts, example, name)
    if not PATH.fullmatch(name) or len(columns) > MOST_COLUMNS:
        raise BlockWrong(_("Write the block as “%(example)s”.") % {"example": example})
    return f"document.{name}", columns


def _where_filled(rows: str, column: BlockColumn, columns: list[BlockColumn], inner: str) -> str:
    """Draw a column only where some row has a value for it: under “Balance” nothing reads as 0."""
    if column is columns[0] or len(column.names) > 1:
        return inner
    return _given(f'{rows}|map(attribute="{column.names[0]}")|select|first', inner)


def _small(column: BlockColumn) -> str:
    """Join what follows the first name, without what is empty."""
    values = (_value("row", column, position) for position in range(1, len(column.names)))
    return f'[{", ".join(values)}]|select|join(" · ")'


def _more(rows: str) -> str:
    return _("All %(count)s are in the attached document.") % {"count": f"{{{{ {rows}|length }}}}"}


def table_html(argument: str, _brand: BrandLook) -> str:
    rows, columns = _table(argument)
    short = len(columns) >= MANY_COLUMNS
    head = "".join(
        _where_filled(
            rows,
            column,
            columns,
            f'<th scope="col" class="head{" right" if column.is_number else ""}">'
            f"{html.escape(column.label)}</th>",
        )
        for column in columns
    )
    cells = "".join(
        _where_filled(
            rows,
            column,
            columns,
            f'<td class="{"sum" if column.is_number else "item"}">'
            f"{{{{ {_value('row', column, short=short)} }}}}"
            + f'<br/><span class="quiet">{{{{ {_small(column)} }}}}</span>' * bool(column.names[1:])
            + "</td>",
        )
        for column in columns
    )
    more = _given(
        f"{rows}|length > {MOST_ROWS}",
        f'<tr><td class="name" colspan="{len(columns)}">{html.escape(_more(rows))}</td></tr>',
    )
    body = f"{{% for row in {rows}[:{MOST_ROWS}] %}}<tr>{cells}</tr>{{% endfor %}}{more}"
    return _given(rows, f"<mj-table><tr>{head}</tr>{body}</mj-table>")


def table_text(argument: str, _brand: BrandLook) -> str:
    rows, columns = _table(argument)
    short = len(columns) >= MANY_COLUMNS
    # words alone share the width, so that no name is cut
    narrow = NUMBER if any(c.is_number for c in columns) else WIDTH // len(columns)
    wide = WIDTH - narrow * (len(columns) - 1)
    head, cells, small = "", "", ""
    for position, column in enumerate(columns):
        width = narrow if position else wide
        side = "right" if column.is_number else "left"
        label = column.label[: width - 1]
        label = label.rjust(width) if side == "right" else label.ljust(width)
        # a tag at the end of a line would take the line's end with it
        head += _where_filled(rows, column, columns, label) + '{{ "" }}'
        value = _value("row", column, short=short)
        cell = f"{{{{ {value}|{side}({width}) }}}}"
        cells += _where_filled(rows, column, columns, cell) + '{{ "" }}'
        if column.names[1:]:
            small += _given(_small(column), f"  {{{{ {_small(column)} }}}}\n")
    more = _given(f"{rows}|length > {MOST_ROWS}", f"{_more(rows)}\n")
    body = f"{{% for row in {rows}[:{MOST_ROWS}] %}}{cells}\n{small}{{% endfor %}}{more}"
    return _given(rows, f"{head.rstrip()}\n{'-' * WIDTH}\n{body}").rstrip("\n")


def _change(side: str) -> str:
    currency = "document.currency or company.currency"
    if side == "was":
        currency = f"row.currency_was or {currency}"
    typed = f"row.{side}|typed(row.kind, {currency})|word"
    return f'{{{{ {typed} or "—" }}}}'


def _notes() -> str:
    """Under the row it is about: what of it, and whether it is new or gone."""
    added, removed = _quoted(_("added")), _quoted(_("removed"))
    words = f'{{"added": {added}, "removed": {removed}}}[row.op]'
    return f'[row.label|local if row.item else "", {words} or ""]|select|join(" · ")'


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'


def _struck() -> str:
    return f'<span class="quiet"><s>{_change("was")}</s></span><br/>'


def changes_html(_argument: str, _brand: BrandLook) -> str:
    heads = ((_("What changed"), ""), (_("Before → now"), " right"))
    head = "".join(
        f'<th scope="col" class="head{side}">{html.escape(label)}</th>' for label, side in heads
    )
    row = (
        '<tr><th scope="row" class="item">{{ row.item or row.label|local }}<br/>'
        f'<span class="quiet">{{{{ {_notes()} }}}}</span></th>'
        f'<td class="sum told">{_given("row.was", _struck())}'
        f"<b>{_change('now')}</b></td></tr>"
    )
    rows = f"{{% for row in document.changes[:{MOST_ROWS}] %}}{row}{{% endfor %}}"
    return _given("document.changes", f"<mj-table><tr>{head}</tr>{rows}</mj-table>")


def changes_text(_argument: str, _brand: BrandLook) -> str:
    row = (
        f"- {{{{ row.item or row.label|local }}}}{_given(_notes(), f' ({{{{ {_notes()} }}}})')}: "
        f"{_change('was')} → {_change('now')}\n"
    )
    rows = f"{{% for row in document.changes[:{MOST_ROWS}] %}}{row}{{% endfor %}}"
    return _given("document.changes", rows)


def _single(argument: str, example: str) -> list[BlockColumn]:
    columns = _columns([part.strip() for part in argument.split("|")], example)
    if any(len(column.names) > 1 for column in columns):
        raise BlockWrong(_("Write the block as “%(example)s”.") % {"example": example})
    return columns


def _facts(argument: str) -> list[tuple[BlockColumn, str, str]]:
    """Column, the name that must be given, and the value."""
    return [
        (column, f"document.{column.names[0]}", _value("document", column))
        for column in _single(argument, "[[facts: Sucursal: branch | Fecha: date]]")
    ]


def _whole(column: BlockColumn) -> str:
    """An amount or a date stays in one row."""
    return "" if column.kinds[0] == "text" else ' class="whole"'


def facts_html(argument: str, _brand: BrandLook) -> str:
    rows = "".join(
        _given(
            name,
            f'<tr><th scope="row" class="label">{html.escape(column.label)}</th>'
            f'<td class="fact"><b{_whole(column)}>{{{{ {value} }}}}</b></td></tr>',
        )
        for column, name, value in _facts(argument)
    )
    return f"<mj-table>{rows}</mj-table>"


def facts_text(argument: str, _brand: BrandLook) -> str:
    return "".join(
        _given(name, f"{f'{column.label}:'.ljust(LABEL)} {{{{ {value} }}}}\n")
        for column, name, value in _facts(argument)
    ).rstrip("\n")


def _amounts(argument: str) -> list[tuple[str, str, str, bool]]:
    """Label, what must be given, value, and whether it is the last: what it comes to."""
    columns = _single(argument, "[[amounts: Total: totals.total | A pagar: totals.net]]")
    found = []
    for column in columns:
        name, is_sum = f"document.{column.names[0]}", column is columns[-1]
        given = name if is_sum else f"{name} and {name} is not equal(0)"
        found.append((column.label, given, f"{name}{FILTERS['money']}", is_sum))
    return found


def amounts_html(argument: str, _brand: BrandLook) -> str:
    rows = ""
    for label, given, value, is_sum in _amounts(argument):
        style = ("total", "total right whole") if is_sum else ("name", "value")
        rows += _given(
            given,
            f'<tr><th scope="row" class="{style[0]}">{html.escape(label)}</th>'
            f'<td class="{style[1]}">{{{{ {value} }}}}</td></tr>',
        )
    return f"<mj-table>{rows}</mj-table>"


def amounts_text(argument: str, _brand: BrandLook) -> str:
    wide, narrow = WIDTH - 24, 24
    return "".join(
        _given(given, f"{f'{label}:'.rjust(wide)}{{{{ {value}|right({narrow}) }}}}\n")
        for label, given, value, _is_sum in _amounts(argument)
    ).rstrip("\n")
