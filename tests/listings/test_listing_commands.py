"""`emailketing listing …`: shown, written into a file, refused in one sentence."""

from pathlib import Path

import pytest
from django.utils import translation
from typer.testing import CliRunner, Result

from emailketing.cli.app import app
from emailketing.company.models import Company
from emailketing.sources.models import Source
from tests.listings.plain import rows_of

pytestmark = pytest.mark.django_db


def run(*words: str, ok: bool = True) -> Result:
    with translation.override("en"):
        result = CliRunner().invoke(app, ["listing", *words], env={"COLUMNS": "200"})
    assert (result.exit_code == 0) is ok, result.output
    return result


@pytest.fixture
def company(db: None) -> Company:
    return Company.objects.create(pk=1, language="en")


def test_what_may_be_asked_is_listed(books: Source, company: Company) -> None:
    shown = run("list").output
    assert "estacion.sales_by_branch" in shown
    assert "period=yesterday, branch=" in shown


def test_the_first_rows_are_shown_and_that_there_are_more(books: Source, company: Company) -> None:
    shown = run("show", "unpaid_sales", "--limit", "2").output
    assert "Balance" in shown
    assert "Only the first 2 rows" in shown
    assert len(shown.splitlines()) == 4


def test_all_rows_go_into_a_file(books: Source, company: Company, tmp_path: Path) -> None:
    file = tmp_path / "open.csv"
    run("show", "unpaid_sales", "--csv", str(file))
    (count,) = rows_of(books, "SELECT count(*) FROM venta WHERE estado = 'emitida' AND saldo > 0")[
        0
    ]
    assert len(file.read_text().splitlines()) == count + 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "nothing"], "no listing “nothing”"),
        (["show", "sales_by_branch", "--param", "period"], "not name=value"),
        (["show", "sales_by_branch", "--param", "period=soon"], "a period is one of"),
        (["show", "sales_by_branch", "--param", "x=1"], "but with: period, branch"),
        (["show", "low_stock", "--csv", "/nowhere/x.csv"], "cannot be written"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    books: Source, company: Company, words: list[str], said: str
) -> None:
    refused = run(*words, ok=False)
    assert said in refused.output
    assert len(refused.output.splitlines()) == 1
