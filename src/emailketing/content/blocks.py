"""Ready-made pieces of a mail about a business document, as MJML and as text.

Labels are taken in the language that is active while compiling; values come when the mail is
written out.
"""

import html
from collections.abc import Callable

from django.utils.translation import gettext as _

LINE = "border-bottom:1px solid #e3e8ee;padding:8px 0;vertical-align:top;"
QUIET = "color:#5b6875;font-size:13px;"
MONEY = "|money(document.currency or company.currency)"


def _row(label: str, value: str, *, when: str = "", bold: bool = False) -> str:
    weight = "font-weight:700;" if bold else ""
    row = (
        f'<tr><td style="{LINE}{QUIET}{weight}">{html.escape(label)}</td>'
        f'<td style="{LINE}text-align:right;{weight}">{value}</td></tr>'
    )
    return f"{{% if {when} %}}{row}{{% endif %}}" if when else row


def _table(rows: str) -> str:
    return f'<mj-table padding="8px 24px" font-size="15px">{rows}</mj-table>'


def summary_html(_argument: str) -> str:
    return _table(
        _row(_("Number"), "{{ document.number }}")
        + _row(_("Date"), "{{ document.date|date }}", when="document.date")
        + _row(
            _("Delivery date"), "{{ document.delivery_date|date }}", when="document.delivery_date"
        )
        + _row(_("Valid until"), "{{ document.valid_until|date }}", when="document.valid_until")
        + _row(_("Conditions"), "{{ document.conditions }}", when="document.conditions")
        + _row(_("Total"), f"{{{{ document.totals.total{MONEY} }}}}", bold=True)
    )


def summary_text(_argument: str) -> str:
    rows = [
        (_("Number"), "{{ document.number }}", ""),
        (_("Date"), "{{ document.date|date }}", "document.date"),
        (_("Delivery date"), "{{ document.delivery_date|date }}", "document.delivery_date"),
        (_("Valid until"), "{{ document.valid_until|date }}", "document.valid_until"),
        (_("Conditions"), "{{ document.conditions }}", "document.conditions"),
        (_("Total"), f"{{{{ document.totals.total{MONEY} }}}}", ""),
    ]
    return "".join(
        f"{{% if {when} %}}{label}: {value}\n{{% endif %}}" if when else f"{label}: {value}\n"
        for label, value, when in rows
    ).rstrip("\n")


def lines_html(_argument: str) -> str:
    heading = (
        f'<tr><th style="{LINE}{QUIET}text-align:left;">{_("Description")}</th>'
        f'<th style="{LINE}{QUIET}text-align:right;">{_("Amount")}</th></tr>'
    )
    row = (
        f'<tr><td style="{LINE}">{{{{ line.description }}}}<br/><span style="{QUIET}">'
        f"{{{{ line.quantity|quantity }}}} {{{{ line.unit }}}} × {{{{ line.unit_price{MONEY} }}}}"
        f'</span></td><td style="{LINE}text-align:right;white-space:nowrap;">'
        f"{{{{ line.total{MONEY} }}}}</td></tr>"
    )
    return _table(f"{heading}{{% for line in document.lines %}}{row}{{% endfor %}}")


def lines_text(_argument: str) -> str:
    return (
        "{% for line in document.lines %}"
        "{{ line.description|left(48) }} "
        f"{{{{ line.total{MONEY}|right(20) }}}}\n"
        "   {{ line.quantity|quantity }} {{ line.unit }} × "
        f"{{{{ line.unit_price{MONEY} }}}}\n"
        "{% endfor %}"
    )


def totals_html(_argument: str) -> str:
    taxes = _row("{{ tax.name }}", f"{{{{ tax.amount{MONEY} }}}}")
    return _table(
        _row(_("Subtotal"), f"{{{{ document.totals.untaxed{MONEY} }}}}")
        + f"{{% for tax in document.totals.taxes %}}{taxes}{{% endfor %}}"
        + _row(_("Total"), f"{{{{ document.totals.total{MONEY} }}}}", bold=True)
    )


def totals_text(_argument: str) -> str:
    return (
        f"{_('Subtotal')}: {{{{ document.totals.untaxed{MONEY} }}}}\n"
        "{% for tax in document.totals.taxes %}"
        f"{{{{ tax.name }}}}: {{{{ tax.amount{MONEY} }}}}\n"
        "{% endfor %}"
        f"{_('Total')}: {{{{ document.totals.total{MONEY} }}}}"
    )


def button_html(argument: str) -> str:
    label, _bar, address = (part.strip() for part in argument.partition("|"))
    return f'<mj-button href="{html.escape(address)}">{html.escape(label)}</mj-button>'


def button_text(argument: str) -> str:
    label, _bar, address = (part.strip() for part in argument.partition("|"))
    return f"{label}: {address}"


def signature_html(_argument: str) -> str:
    return "<mj-text>{{ company.name }}</mj-text>"


def signature_text(_argument: str) -> str:
    return "{{ company.name }}"


HTML_BLOCKS: dict[str, Callable[[str], str]] = {
    "summary": summary_html,
    "lines": lines_html,
    "totals": totals_html,
    "button": button_html,
    "signature": signature_html,
}
TEXT_BLOCKS: dict[str, Callable[[str], str]] = {
    "summary": summary_text,
    "lines": lines_text,
    "totals": totals_text,
    "button": button_text,
    "signature": signature_text,
}
