"""Ready-made pieces of a mail about a business document, as MJML and as text.

Labels are taken in the language that is active while compiling; values come when the mail is
written out. The classes are those of frame.css.
"""

import html
import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from emailketing.content.card.block import card_html, card_text
from emailketing.content.inline import inline, plain_inline
from emailketing.content.look import BrandLook
from emailketing.content.report_block import report_html, report_text
from emailketing.content.tables import (
    BlockWrong,
    amounts_html,
    amounts_text,
    changes_html,
    changes_text,
    facts_html,
    facts_text,
    table_html,
    table_text,
)

MONEY = "|money(document.currency or company.currency)"
MAY_BREAK = ("document.conditions", "document.number")  # electronic invoices: 44 digits
WIDTH = 64  # of the text part
LABEL = 24
MOST_LINES = 60  # a mail longer than about 100 KB is cut by the large providers
# not inside {{ … }}, where | and / belong to the engine
BETWEEN = re.compile(r"\|(?![^{]*[%}]\})")
SMALLER = re.compile(r"\s/\s(?![^{]*[%}]\})")
TONES = {"": "sum", "alert": "sum warn"}
SAFE_ADDRESS = re.compile(r"^(https?://|mailto:|tel:|\{\{)")


def _given(name: str, inner: str) -> str:
    return f"{{% if {name} %}}{inner}{{% endif %}}"


def _row(label: str, value: str, *, style: tuple[str, str] = ("name", "value")) -> str:
    name = f'<th scope="row" class="{style[0]}">{label}</th>'
    return f'<tr>{name}<td class="{style[1]}">{value}</td></tr>'


def _table(rows: str) -> str:
    return f"<mj-table>{rows}</mj-table>"


def _facts() -> list[tuple[str, str, str]]:
    """Label, value, and the name that must be given."""
    return [
        (_("Number"), "{{ document.number }}", "document.number"),
        (_("Date"), "{{ document.date|date }}", "document.date"),
        (_("Delivery date"), "{{ document.delivery_date|date }}", "document.delivery_date"),
        (_("Valid until"), "{{ document.valid_until|date }}", "document.valid_until"),
        (_("Payment terms"), "{{ document.conditions|word }}", "document.conditions"),
        (_("Total"), f"{{{{ document.totals.total{MONEY} }}}}", "document.totals.total"),
    ]


def summary_html(_argument: str, _brand: BrandLook) -> str:
    panel = ("label", "fact")
    rows = [
        _given(name, _row(html.escape(label), f'<b class="whole">{value}</b>', style=panel))
        if name not in MAY_BREAK
        else _given(name, _row(html.escape(label), f'<b class="long">{value}</b>', style=panel))
        for label, value, name in _facts()
    ]
    return _table("".join(rows))


def summary_text(_argument: str, _brand: BrandLook) -> str:
    return "".join(
        _given(name, f"{f'{label}:'.ljust(LABEL)} {value}\n") for label, value, name in _facts()
    ).rstrip("\n")


def lines_html(_argument: str, _brand: BrandLook) -> str:
    heading = (
        f'<tr><th scope="col" class="head">{html.escape(_("Description"))}</th>'
        f'<th scope="col" class="head right">{html.escape(_("Amount"))}</th></tr>'
    )
    row = (
        '<tr><td class="item">{{ line.description }}<br/><span class="quiet">'
        "{{ line.quantity|quantity }} {{ line.unit }} × "
        f"{{{{ line.unit_price{MONEY} }}}}</span></td>"
        f'<td class="sum">{{{{ line.total{MONEY} }}}}</td></tr>'
    )
    rows = f"{{% for line in document.lines[:{MOST_LINES}] %}}{row}{{% endfor %}}"
    more = _given(
        f"document.lines|length > {MOST_LINES}",
        f'<tr><td class="name" colspan="2">{html.escape(_more())}</td></tr>',
    )
    return _given("document.lines", _table(f"{heading}{rows}{more}"))


def _more() -> str:
    return _("All %(count)s lines are in the attached document.") % {
        "count": "{{ document.lines|length }}"
    }


def lines_text(_argument: str, _brand: BrandLook) -> str:
    wide, narrow = WIDTH - 20, 20
    heading = f"{_('Description')[:wide].ljust(wide)}{_('Amount')[:narrow].rjust(narrow)}"
    rows = (
        f"{{{{ line.description|left({wide}) }}}}{{{{ line.total{MONEY}|right({narrow}) }}}}\n"
        "  {{ line.quantity|quantity }} {{ line.unit }} × "
        f"{{{{ line.unit_price{MONEY} }}}}\n"
    )
    more = _given(f"document.lines|length > {MOST_LINES}", f"{_more()}\n")
    return _given(
        "document.lines",
        f"{heading}\n{'-' * WIDTH}\n"
        f"{{% for line in document.lines[:{MOST_LINES}] %}}{rows}{{% endfor %}}{more}",
    ).rstrip("\n")


def totals_html(_argument: str, _brand: BrandLook) -> str:
    untaxed = _row(html.escape(_("Subtotal")), f"{{{{ document.totals.untaxed{MONEY} }}}}")
    tax = _row("{{ tax.name }}", f"{{{{ tax.amount{MONEY} }}}}")
    total = _row(
        html.escape(_("Total")),
        f"{{{{ document.totals.total{MONEY} }}}}",
        style=("total", "total right whole"),
    )
    return _table(
        _given("document.totals.untaxed", untaxed)
        + f"{{% for tax in document.totals.taxes %}}{tax}{{% endfor %}}"
        + _given("document.totals.total", total)
    )


def totals_text(_argument: str, _brand: BrandLook) -> str:
    wide, narrow = WIDTH - 24, 24

    def row(label: str, value: str) -> str:
        return f"{label}{{{{ {value}{MONEY}|right({narrow}) }}}}\n"

    untaxed = row(f"{_('Subtotal')}:".rjust(wide), "document.totals.untaxed")
    tax = row(f"{{{{ (tax.name ~ ':')|right({wide}) }}}}", "tax.amount")
    total = row(f"{_('Total')}:".rjust(wide), "document.totals.total")
    return (
        _given("document.totals.untaxed", untaxed)
        + f"{{% for tax in document.totals.taxes %}}{tax}{{% endfor %}}"
        + _given("document.totals.total", total)
    ).rstrip("\n")


def _button(argument: str) -> tuple[str, str]:
    label, _bar, address = (part.strip() for part in argument.partition("|"))
    if not label or not SAFE_ADDRESS.match(address):
        raise BlockWrong(_("Write a button as “[[button: See the order | https://…]]”."))
    return label, address


def button_html(argument: str, _brand: BrandLook) -> str:
    label, address = _button(argument)
    return f'<mj-button href="{html.escape(address)}">{html.escape(label)}</mj-button>'


def button_text(argument: str, _brand: BrandLook) -> str:
    label, address = _button(argument)
    return f"{label}: {address}"


def signature_html(_argument: str, brand: BrandLook) -> str:
    rows = brand.signature.strip() or "{{ company.name }}"
    return f"<mj-text>{'<br/>'.join(html.escape(row) for row in rows.splitlines())}</mj-text>"


def signature_text(_argument: str, brand: BrandLook) -> str:
    return brand.signature.strip() or "{{ company.name }}"


def _row_parts(argument: str) -> tuple[str, str, str, str]:
    """Read “what / in small letters | value | alert”: all but what and value may be left out."""
    what, *more = (part.strip() for part in BETWEEN.split(argument))
    value, tone = (*more, "", "")[:2]
    first, *rest = SMALLER.split(what, maxsplit=1)
    if not first or not value or tone not in TONES or len(more) > len(("value", "tone")):
        raise BlockWrong(_("Write a row as “[[row: what / in small letters | value]]”."))
    return first, "".join(rest), value, TONES[tone]


def row_html(argument: str, _brand: BrandLook) -> str:
    what, small, value, style = _row_parts(argument)
    below = f'<br/><span class="quiet">{inline(small)}</span>' if small else ""
    return _row(f"{inline(what)}{below}", inline(value), style=("item", style))


def row_text(argument: str, _brand: BrandLook) -> str:
    what, small, value, _style = _row_parts(argument)
    below = f"\n  {plain_inline(small)}" if small else ""
    return f"{plain_inline(what)}: {plain_inline(value)}{below}"


def _box(argument: str, style: str) -> str:
    if not argument.strip():
        raise BlockWrong(_("Write the text of a box as “[[alert: This is missing]]”."))
    return f'<mj-text css-class="{style}">{inline(argument)}</mj-text>'


def alert_html(argument: str, _brand: BrandLook) -> str:
    return _box(argument, "alert")


def notice_html(argument: str, _brand: BrandLook) -> str:
    return _box(argument, "notice")


def alert_text(argument: str, _brand: BrandLook) -> str:
    return f"*** {plain_inline(argument)} ***"


def notice_text(argument: str, _brand: BrandLook) -> str:
    return plain_inline(argument)


HTML_BLOCKS: dict[str, Callable[[str, BrandLook], str]] = {
    "summary": summary_html,
    "lines": lines_html,
    "totals": totals_html,
    "table": table_html,
    "facts": facts_html,
    "amounts": amounts_html,
    "row": row_html,
    "alert": alert_html,
    "notice": notice_html,
    "changes": changes_html,
    "report": report_html,
    "card": card_html,
    "button": button_html,
    "signature": signature_html,
}
TEXT_BLOCKS: dict[str, Callable[[str, BrandLook], str]] = {
    "summary": summary_text,
    "lines": lines_text,
    "totals": totals_text,
    "table": table_text,
    "facts": facts_text,
    "amounts": amounts_text,
    "row": row_text,
    "alert": alert_text,
    "notice": notice_text,
    "changes": changes_text,
    "report": report_text,
    "card": card_text,
    "button": button_text,
    "signature": signature_text,
}
