"""The block [[report]]: figures, chart and table of a report that is frozen in the message's data.

Values come when the mail is written out; labels are taken in the language that is active while
compiling. On a phone the columns of a wide table fold into rows (report.css).
"""

import html

from django.utils.translation import gettext as _

from emailketing.content.look import BrandLook

TONES = {"good": "good", "warning": "watch", "bad": "warn"}  # tone → class


def _given(name: str, inner: str) -> str:
    return f"{{% if {name} %}}{inner}{{% endif %}}"


def _each(one: str, many: str, inner: str) -> str:
    return f"{{% for {one} in {many} %}}{inner}{{% endfor %}}"


def _toned(owner: str, inner: str) -> str:
    """Write in the colour of its tone; an attribute could not be inlined."""
    known = "".join(
        f'{{% {"elif" if place else "if"} {owner}.tone == "{tone}" %}}'
        f'<b class="{style}">{inner}</b>'
        for place, (tone, style) in enumerate(TONES.items())
    )
    return f"{known}{{% else %}}{inner}{{% endif %}}"


def report_html(_argument: str, _brand: BrandLook) -> str:
    return f"{_heading()}{_figures()}{_chart()}{_table()}{_foot()}"


def _heading() -> str:
    period = _given("report.period", '<br/><span class="quiet">{{ report.period }}</span>')
    return (
        '<mj-text css-class="heading" font-size="20px" line-height="1.3" font-weight="700">'
        f"<h2>{{{{ report.title }}}}</h2></mj-text>"
        f'<mj-text padding="0 24px">{period.replace("<br/>", "")}</mj-text>'
    )


def _figures() -> str:
    change = "{{ [figure.arrow, figure.words]|select|join(' ') }}"
    trend = _given(
        "figure.trend",
        '<img class="trend" src="cid:trend{{ loop.index0 }}" alt="{{ figure.trend.alt }}" '
        'width="{{ figure.trend.width }}"/>',
    )
    figure = (
        '<div class="figure"><div class="quiet">{{ figure.label }}</div>'
        "{% if figure.is_long %}"
        '<div class="big long">{{ figure.value }}</div>{% else %}'
        '<div class="big">{{ figure.value }}</div>{% endif %}'
        f'<div class="change">{_toned("figure", change)}</div>{trend}</div>'
    )
    figures = _each("figure", "report.figures", figure)
    return _given("report.figures", f'<mj-text padding="6px 24px">{figures}</mj-text>')


def _chart() -> str:
    picture = (
        '<img class="chart" src="cid:chart" alt="{{ report.chart.alt }}" '
        'width="{{ report.chart.width }}"/>'
    )
    return _given("report.chart.sha256", f'<mj-text padding="6px 24px">{picture}</mj-text>')


def _table() -> str:
    head = _sided(
        "head",
        '<th scope="col" class="head{}">{{{{ head.label }}}}</th>',
        ("", " right", ""),
    )
    toned = _toned("cell", "{{ [cell.mark, cell.text]|select|join(' ') }}")
    value = f"{{% if row.is_strong %}}<b>{toned}</b>{{% else %}}{toned}{{% endif %}}"
    cell = _sided(
        "cell",
        f'<td class="{{}}"><span class="fold">{{{{{{{{ cell.label }}}}}}}}</span>'
        f"{value.replace('{', '{{').replace('}', '}}')}</td>",
        ("item", "sum", "item whole"),
    )
    total = _sided(
        "cell",
        '<td class="{}"><span class="fold">{{{{ cell.label }}}}</span>'
        "<b>{{{{ cell.text }}}}</b></td>",
        ("item all", "sum all", "item all"),
    )
    rows = _each("row", "report.rows", f"<tr>{_each('cell', 'row.cells', cell)}</tr>")
    totals = _given("report.totals", f"<tr>{_each('cell', 'report.totals', total)}</tr>")
    # the first class stands alone, so that its style is inlined
    wide = (
        'css-class="rows {% if report.is_wide %}folds {% endif %}'
        '{% if report.is_block %}blocks{% endif %}"'
    )
    return _given(
        "report.rows",
        f'<mj-table {wide}><tr class="top">{_each("head", "report.head", head)}</tr>'
        f"{rows}{totals}</mj-table>",
    )


def _sided(owner: str, pattern: str, classes: tuple[str, str, str]) -> str:
    """Write for what stands left, right, and left in one row."""
    left, right, whole = (pattern.format(each) for each in classes)
    return (
        f'{{% if {owner}.side == "right" %}}{right}'
        f'{{% elif {owner}.side == "whole" %}}{whole}{{% else %}}{left}{{% endif %}}'
    )


def _foot() -> str:
    lines = [
        "{{ report.more }}",
        _each("note", "report.notes", "<br/>{{ note }}"),
        _each("asked", "report.filters", f"<br/>{html.escape(_('Filter'))}: {{{{ asked }}}}"),
        _given(
            "report.made_at",
            f"<br/>{html.escape(_('Made at'))}: {{{{ report.made_at }}}} ({{{{ report.zone }}}})",
        ),
    ]
    foot = f'<mj-text><span class="quiet">{"".join(lines)}</span></mj-text>'
    label = html.escape(_("See the report"))
    button = f'<mj-button href="{{{{ report.link }}}}">{label}</mj-button>'
    less = html.escape(_("Less often, pause or end"))
    own = f'<a href="{{{{ report.copy }}}}">{less}</a>'
    leave = (
        '<mj-text padding="0 24px"><span class="quiet">'
        f"{{% if report.copy %}}{own}{{% else %}}{{{{ report.leave }}}}{{% endif %}}"
        "</span></mj-text>"
    )
    return f"{foot}{_given('report.link', button)}{leave}"


def report_text(_argument: str, _brand: BrandLook) -> str:
    return "{{ report.text }}"
