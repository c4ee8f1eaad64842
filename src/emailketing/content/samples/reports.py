"""An invented report to design with: sales by branch of a month against the month before."""

from emailketing.common.plain import Entry
from emailketing.content.samples.payments import empty

_WORDS = {
    "es": ("Ventas por sucursal", "noviembre de 2026", "Sucursal", "Ventas", "octubre", "Margen"),
    "en": ("Sales by branch", "November 2026", "Branch", "Sales", "October", "Margin"),
    "pt": ("Vendas por filial", "novembro de 2026", "Filial", "Vendas", "outubro", "Margem"),
}
_MORE = {
    "es": ("12\xa0% más que octubre", "2 de 14 filas; todas están en el archivo adjunto."),
    "en": ("12\xa0% more than October", "2 of 14 rows; all are in the attached file."),
    "pt": ("12\xa0% a mais que outubro", "2 de 14 linhas; todas estão no arquivo anexo."),
}


def report(language: str) -> Entry:
    """Return what a report's template is told, in the shape that a run freezes."""
    title, period, branch, sales, _before, margin = _WORDS.get(language, _WORDS["es"])
    words, more = _MORE.get(language, _MORE["es"])
    return {
        "title": title,
        "period": period,
        "made_at": "01/12/2026 07:00",
        "zone": "America/Asuncion",
        "count": "14",
        "line": f"{sales}: Gs. 84,3 M (+12 %)",
        "phone": f"{title} {period}. {sales}: Gs. 84,3 M (+12 %).",
        "more": more,
        "figures": [
            {"label": sales, "value": "Gs.\xa084.300.000", "arrow": "▲", "words": words}
            | {"tone": "good"},
            {"label": margin, "value": "7,2\xa0%", "arrow": "", "words": "", "tone": "warning"},
        ],
        "head": [
            {"label": branch, "side": "left"},
            {"label": sales, "side": "right"},
        ],
        "rows": [
            {"cells": [_cell("Casa Central", branch), _cell("52.100.000", sales, "right")]},
            {"cells": [_cell("Ñemby", branch), _cell("32.200.000", sales, "right")]},
        ],
        "totals": [_cell("Total", ""), _cell("84.300.000", sales, "right")],
        "text": f"{title}\n{period}\n\n* {sales}: Gs. 84.300.000 ({words})\n\n{more}",
    }


def of_a_report(language: str) -> Entry:
    """Return the document of a report's message: it has none, only what it is called."""
    title = _WORDS.get(language, _WORDS["es"])[0]
    document = {"type": "report", "key": "17", "label": title, "number": "", "currency": "PYG"}
    return {**document, **empty(), "party": {}}


def _cell(text: str, label: str, side: str = "left") -> Entry:
    return {"text": text, "label": label, "side": side, "tone": "", "mark": ""}
