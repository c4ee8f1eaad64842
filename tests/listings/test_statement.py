"""A statement made by clicking: the same figures as plain Python adds up."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emailketing.common.plain import Cell
from emailketing.company.models import Company
from emailketing.listings.ask import ask
from emailketing.listings.asked import STATEMENT
from emailketing.listings.models import Listing
from emailketing.listings.periods import Period, earlier, period_of
from emailketing.listings.save import ListingInvalid, save_listing
from tests.listings.firms import Firm, Listed
from tests.sources.shop import now

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 12, 10, tzinfo=UTC)
TODAY = date(2026, 11, 12)
BOOK = "CREATE TABLE asiento (fecha varchar(10), cuenta varchar(12), concepto varchar(20),"
ENTRY = st.tuples(
    st.dates(date(2025, 9, 1), date(2026, 11, 30)),
    st.sampled_from(["4.1.01", "4.1.02", "5.1", "6.1", "6.2", None]),
    st.sampled_from(["sueldos", "luz", None]),
    st.none() | st.decimals(-1_000, 10**8, places=2),
)
STATEMENT_OF_INCOME: dict[str, Any] = {
    "currency": "PYG",
    "sums": {
        "libro": {
            "table": "asiento", "date": "fecha", "amount": "importe",
            "fields": {"fecha": {"kind": "date", "written": "dmy"},
                       "importe": {"kind": "money", "written": "comma"}},
        }
    },
    "lines": [
        {"name": "ingresos", "sum": "libro",
         "where": {"field": "cuenta", "op": "starts", "value": "4"}},
        {"name": "costo", "sum": "libro",
         "where": {"field": "cuenta", "op": "starts", "value": "5"}},
        {"name": "bruta", "formula": {"operation": "difference", "of": ["ingresos", "costo"]}},
        {"name": "gastos", "adds": "below"},
        {"name": "personal", "level": 1, "sum": "libro",
         "where": {"all": [{"field": "cuenta", "op": "starts", "value": "6"},
                           {"field": "concepto", "op": "eq", "value": "Sueldos"}]}},
        {"name": "otros", "level": 1, "sum": "libro", "by": "concepto",
         "where": {"all": [{"field": "cuenta", "op": "starts", "value": "6"},
                           {"field": "concepto", "op": "ne", "value": "sueldos"}]}},
        {"name": "resultado", "formula": {"operation": "difference", "of": ["bruta", "gastos"]}},
    ],
    "columns": [
        {"name": "mes", "period": "month_to_date"},
        {"name": "mes anterior", "period": "month_to_date", "earlier": "month"},
        {"name": "mes hace un año", "period": "month_to_date", "earlier": "year"},
        {"name": "año", "period": "year_to_date"},
        {"name": "diferencia", "work": "difference", "of": ["mes", "mes anterior"]},
        {"name": "variación", "work": "change", "of": ["mes", "mes anterior"]},
        {"name": "parte", "work": "share", "of": ["mes"], "line": "ingresos"},
    ],
}  # fmt: skip
PERIODS = (
    (date(2026, 11, 1), date(2026, 11, 12)),
    (date(2026, 10, 1), date(2026, 10, 12)),
    (date(2025, 11, 1), date(2025, 11, 12)),
    (date(2026, 1, 1), date(2026, 11, 12)),
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def firm(
    request: pytest.FixtureRequest, tmp_path: Path, db: None, in_english: None
) -> Iterator[Firm]:
    is_file = request.param == "sqlite"
    Company.objects.create(pk=1, language="en", time_zone="America/Asuncion")
    found = Firm(tmp_path, "" if is_file else request.getfixturevalue("postgres_database"))
    found.run(f"{BOOK} importe varchar(20))")
    yield found
    found.close()


def rows_of(firm: Firm, definition: dict[str, Any], **given: str) -> list[tuple[Cell, ...]]:
    with ask(Listed(firm.source, definition, STATEMENT), given, now=NOW) as answer:
        return list(answer.rows)


Entries = list[tuple[date, str | None, str | None, Decimal | None]]


def fill(firm: Firm, entries: Entries) -> None:
    firm.run("DELETE FROM asiento")
    firm.insert(
        "asiento",
        [
            (f"{day:%d/%m/%Y}", account, concept,
             "" if amount is None else f"{amount:f}".replace(".", ","))
            for day, account, concept, amount in entries
        ],
    )  # fmt: skip


@settings(
    max_examples=20, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(entries=st.lists(ENTRY, max_size=25))
def test_the_income_statement_adds_up_like_plain_python(firm: Firm, entries: Entries) -> None:
    fill(firm, entries)

    def sums(begin: str, *concepts: str | None) -> list[Decimal]:
        return [
            sum(
                (amount for day, account, concept, amount in entries
                 if amount is not None and start <= day <= last
                 and (account or "").startswith(begin) and (not concepts or concept in concepts)),
                Decimal(),
            )
            for start, last in PERIODS
        ]  # fmt: skip

    income, cost = sums("4"), sums("5")
    staff, light, rest = sums("6", "sueldos"), sums("6", "luz"), sums("6", None)
    others = [one + other for one, other in zip(light, rest, strict=True)]
    expenses = [one + other for one, other in zip(staff, others, strict=True)]
    gross = [one - other for one, other in zip(income, cost, strict=True)]
    result = [one - other for one, other in zip(gross, expenses, strict=True)]
    found = {str(row[0]): row[3:] for row in rows_of(firm, STATEMENT_OF_INCOME)}
    wanted = {
        "Ingresos": income, "Costo": cost, "Bruta": gross, "Gastos": expenses,
        "Personal": staff, "Otros": others, "Resultado": result,
    }  # fmt: skip
    for name, figures in wanted.items():
        assert list(found[name][:4]) == figures, name
        assert found[name][4] == figures[0] - figures[1]
        change, share = found[name][5:]
        if figures[1]:
            exact = (figures[0] - figures[1]) / abs(figures[1])
            assert abs(Decimal(str(change)) - exact) <= Decimal("0.000001")
        else:
            assert change is None  # nought is divided by nothing
        assert (share is None) is (income[0] == 0)
    for name, figures in (("luz", light), ("—", rest)):
        if name in found:
            assert list(found[name][:4]) == figures


def test_levels_are_seen_and_parts_stand_below_their_line(firm: Firm) -> None:
    fill(firm, [(TODAY, "6.1", "luz", Decimal(5)), (TODAY, "6.2", None, Decimal(7))])
    found = [(row[0], row[1]) for row in rows_of(firm, STATEMENT_OF_INCOME)]
    assert found == [
        ("Ingresos", 0), ("Costo", 0), ("Bruta", 0), ("Gastos", 0), ("Personal", 1), ("Otros", 1),
        ("—", 2), ("luz", 2), ("Resultado", 0),
    ]  # fmt: skip


ASKED: dict[str, Any] = {
    **STATEMENT_OF_INCOME,
    "levels": "depth",
    "lines": [
        {"name": "gastos", "sum": "libro", "by": "cuenta", "shows": "concepto",
         "where": {"field": "cuenta", "op": "starts", "value": "6"}},
    ],
    "columns": [
        {"name": "período", "period": {"param": "period"}},
        {"name": "antes", "period": {"param": "period"}, "earlier": "month"},
    ],
    "parameters": [
        {"name": "period", "label": "P", "type": "period", "default": "month_to_date"},
        {"name": "depth", "label": "D", "type": "number", "default": ""},
    ],
}  # fmt: skip


def test_its_period_and_depth_are_asked_for_and_parts_are_called_by_another_field(
    firm: Firm,
) -> None:
    october = date(2026, 10, 5)
    entries: Entries = [(TODAY, "6.1", "sueldos", Decimal(5)), (october, "6.2", "luz", Decimal(7))]
    fill(firm, entries)
    assert rows_of(firm, ASKED) == [
        ("Gastos", 0, "gastos", 5, 7),
        ("sueldos", 1, "gastos.6.1", 5, 0),
        ("luz", 1, "gastos.6.2", 0, 7),
    ]
    assert rows_of(firm, ASKED, period="last_month", depth="1") == [("Gastos", 0, "gastos", 7, 0)]


def test_columns_are_amounts_and_percentages(firm: Firm) -> None:
    with ask(Listed(firm.source, STATEMENT_OF_INCOME, STATEMENT), {}, now=NOW) as answer:
        kinds = [column.kind for column in answer.columns]
        assert kinds == ["text", "number", "text", *["money"] * 5, "percent", "percent"]
        assert answer.columns[3].currency == "PYG"


@pytest.mark.parametrize(
    ("words", "unit", "today", "wanted"),
    [
        ("month_to_date", "month", "2026-03-30", ("2026-02-01", "2026-03-01")),
        ("month_to_date", "month", "2026-04-30", ("2026-03-01", "2026-04-01")),
        ("month_to_date", "year", "2024-02-29", ("2023-02-01", "2023-03-01")),
        ("this_month", "month", "2026-03-10", ("2026-02-01", "2026-03-01")),
        ("yesterday", "week", "2026-03-10", ("2026-03-02", "2026-03-03")),
        ("year_to_date", "year", "2026-03-10", ("2025-01-01", "2025-03-11")),
    ],
)
def test_the_same_period_before(words: str, unit: Any, today: str, wanted: tuple[str, str]) -> None:
    found = earlier(period_of(words, today=date.fromisoformat(today)), unit)
    assert found == Period(*map(date.fromisoformat, wanted))


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.sampled_from(["month", "quarter", "year"]))
def test_a_whole_period_before_is_whole(today: date, unit: Any) -> None:
    whole = period_of(f"this_{unit}", today=today)
    before = earlier(whole, unit)
    assert before.until == whole.start
    assert before == period_of(f"this_{unit}", today=whole.start - timedelta(1))


TODAYS = {"name": "x", "period": "today"}
BAD: list[tuple[str, Any, str]] = [
    ("lines", [], "needs a line"),
    ("columns", [{"name": "x", "period": "soon"}], "is no period"),
    ("columns", [TODAYS, {"name": "y", "work": "change", "of": ["x", "z"]}], "names “z”"),
    ("lines", [{"name": "a", "sum": "caja"}], "names “caja”"),
    ("lines", [{"name": "a", "formula": {"operation": "sum", "of": ["a", "1"]}}], "of itself"),
    ("lines", [{"name": "a", "formula": {"operation": "quotient", "of": ["a"]}}], "difference"),
    ("lines", [{"name": "a"}, {"name": "a"}], "stands twice"),
    ("columns", [{"name": "x", "period": {"param": "p"}}], "names “p”"),
    ("levels", "depth", "names “depth”"),
    ("lines", [{"name": "a", "sum": "libro", "shows": "concepto"}], "belongs to a sum"),
    ("parameters", [{"name": "p", "type": "text"}] * 2, "“p” stands twice"),
    ("lines", [{"name": "a", "sum": "libro", "adds": "below"}], "one of these"),
    ("lines", [{"name": "a", "by": "cuenta"}], "belongs to a sum"),
    ("sums", {"libro": {"table": "asiento", "date": "cuenta", "amount": "importe"}}, "is no date"),
    ("sums", {"libro": {"table": "asiento", "date": "fecha"}}, "amount, formula"),
    ("sums", {"libro": {"table": "diario", "date": "fecha", "amount": "x"}}, "no table “diario”"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "value", "said"), BAD, ids=[said for *_x, said in BAD])
def test_bad_input_is_one_clear_sentence(firm: Firm, word: str, value: Any, said: str) -> None:
    firm.source.created_at = now()
    firm.source.save()
    definition = {**STATEMENT_OF_INCOME, "columns": [{"name": "mes", "period": "today"}]}
    definition |= {word: value}
    listing = Listing(name="x", source=firm.source, kind=STATEMENT, definition=definition)
    with pytest.raises(ListingInvalid, match=said) as wrong:
        save_listing(listing, by="ana", now=now())
    assert "\n" not in str(wrong.value)


def test_a_good_one_is_saved(firm: Firm) -> None:
    firm.source.created_at = now()
    firm.source.save()
    listing = Listing(
        name="Resultado", source=firm.source, kind=STATEMENT, definition=STATEMENT_OF_INCOME
    )
    assert save_listing(listing, by="ana", now=now()) == []
