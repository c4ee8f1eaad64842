"""The reports a connector proposes are read strictly: file, place, what is wrong."""

from pathlib import Path

import pytest
from django.utils import translation

from emailketing.sources.connectors import ConnectorError, load
from tests.sources.connectors.test_connectors_load import TOML

REPORT = """
[listings.sales]
label = "Ventas"
query = "order.sql"
fields = [
  { path = "branch", label = "S" },
  { path = "total", label = "T", type = "money", total = "sum" },
]
parameters = [{ name = "period", label = "P", type = "period", default = "yesterday" }]
[reports.sales]
label = { es = "Ventas", en = "Sales", pt = "Vendas" }
phone = { es = "Ventas {when}: {total}{total+}", en = "{total}", pt = "{total}" }
values = { period = "last_week" }
every = "week"
on = ["mon"]
at = "06:30"
figures = ["total"]
chart = "bars:branch:total"
order = ["total:desc"]
compare = "before"
files = ["pdf"]
rows_by = "branch:contact:orders"
"""


def make(folder: Path, report: str) -> Path:
    folder.mkdir()
    (folder / "connector.toml").write_text(TOML + report)
    for name in ("order", "lines", "client"):
        (folder / f"{name}.sql").write_text("SELECT 1 AS number")
    return folder


def test_a_proposed_report_is_read(tmp_path: Path) -> None:
    report = load(str(make(tmp_path / "tienda", REPORT))).reports["sales"]
    assert report.listing == "sales"
    assert (report.schedule.at, report.schedule.on) == ("06:30", ("mon",))
    assert report.looks.chart == {"kind": "bars", "label": "branch", "values": ["total"]}
    assert report.looks.order == [("total", True)]
    assert report.looks.rows_by == {"column": "branch", "kind": "contact", "usage": "orders"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[reports.sales]", "[reports.sale]", "listings.sale"),
        ('period = "last_week"', 'day = "today"', "day"),
        ('every = "week"', 'every = "fortnight"', "fortnight"),
        ('on = ["mon"]', 'on = ["lunes"]', "lunes"),
        ('on = ["mon"]', "", "on"),
        ('at = "06:30"', 'at = "6.30"', "6.30"),
        ("bars:branch:total", "pie:branch:total", "pie"),
        ("bars:branch:total", "bars:shop:total", "shop"),
        ('["total:desc"]', '["sum:desc"]', "sum"),
        ('["pdf"]', '["doc"]', "doc"),
        ('compare = "before"', 'compare = "after"', "after"),
        (":contact:orders", ":people", "people"),
        (":contact:orders", ":contact:lorries", "usages.lorries"),
        ('en = "{total}"', 'en = "{totals}"', "totals"),
        (', pt = "{total}"', "", "pt"),
        ('{total+}"', f'{"x" * 300}"', "300"),
    ],
)
def test_a_mistake_names_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in REPORT
    with translation.override("en"), pytest.raises(ConnectorError) as found:
        load(str(make(tmp_path / "tienda", REPORT.replace(old, new, 1))))
    assert "reports.sale" in str(found.value)
    assert said in str(found.value)
