"""What differs never reads the same and no value is a riddle: in mail, page and sheet."""

# ruff: noqa: S608 - the tests write their own SQL

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from emailketing.channels.models import Sender
from emailketing.content.models import Template
from emailketing.content.starters import make_starter_templates
from emailketing.events.models import Event
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.preview import preview
from emailketing.sources.audit import apart
from emailketing.sources.audit.sheet import sheet_of
from emailketing.sources.audit.values import ValueWords, differs
from emailketing.sources.connectors import load
from emailketing.sources.connectors.audit import Audit, AuditColumn, AuditTable
from emailketing.sources.freeze import freeze
from emailketing.sources.models import CapturedChange
from emailketing.triggers.notifications.firing.fire import fire_due
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.save import save_rule
from emailketing.web.console.shown.mail import read_mail
from tests.sources.audit.conftest import Audited
from tests.sources.shop import now

database = pytest.mark.django_db

Case = tuple[str, Any, Any, str, str]  # column, before, after, and both as they are told
BOTH: list[Case] = [
    ("precio", 1501.20, 1501.45, "Gs. 1.501,20", "Gs. 1.501,45"),
    ("precio", 1501, 1501.4, "Gs. 1.501,0", "Gs. 1.501,4"),
    ("precio", 1501.20, 1600.45, "Gs. 1.501", "Gs. 1.600"),
    ("cantidad", "0.00000012", "0.00000013", "0,00000012", "0,00000013"),
    ("instante", "2026-11-24 10:05:01+00:00", "2026-11-24 10:05:02+00:00", "07:05:01", "07:05:02"),
    ("estado", "a", "A", "activo (a)", "activo (A)"),
    ("grupo", 1, 3, "Combustibles (1)", "Combustibles (3)"),
    ("nota", "a  b", "a b", '"a␣␣b"', '"a␣b"'),
    ("nota", "ñ", "n\u0303", '"\\u00f1"', '"n\\u0303"'),
    ("medida", 5, 0.1 + 0.2, "5", "0.3"),
    (
        "datos",
        '{"precio": {"lista": 10, "oferta": 9}, "marca": "Podium"}',
        '{"precio": {"lista": 12, "oferta": 9}, "marca": "Podium"}',
        "precio.lista: 10",
        "precio.lista: 12",
    ),
    ("datos", '{"t": ["a", null, 2]}', '{"t": ["a", true, 2]}', "t: a, vacío, 2", "t: a, sí, 2"),
    ("datos", '[{"n": 1}, {"n": 2}]', '[{"n": 1}, {"n": 3, "m": []}]', "2.n: 2",
     "2.n: 3; 2.m: []"),
    ("datos", '{"a": 0.30000000000000004}', '{"a": 1}', "a: 0.3", "a: 1"),
    ("datos", '{"a": 1}', '{"a": "1"}', "a: 1", 'a: "1"'),
    ("datos", None, '{"a": {"b": null}}', "", "a.b: vacío"),
]  # fmt: skip
POSTGRESQL: list[Case] = [
    ("crudo", '{"a": 1, "b": 2}', '{"a":1,"b":3}', "b: 2", "b: 3"),
    ("textos", "{a,NULL,c}", '{a,"x, y",c}', "a, vacío, c", "a, x, y, c"),
    ("numeros", "{1,2}", "{1,NULL}", "1, 2", "1, vacío"),
    (
        "vigencia", "[2026-01-01,2026-02-01)", "[2026-01-01,)",
        "desde 01/01/2026, hasta 31/01/2026", "desde 01/01/2026",
    ),
    ("tramo", "[1,5)", "[1,6)", "desde 1, antes de 5", "desde 1, antes de 6"),
    (
        "turno", "[2026-01-01 09:00+00,2026-01-01 11:00+00)", None,
        "desde 01/01/2026 06:00, antes de 01/01/2026 08:00", "",
    ),
    (
        "dias", "{[2026-01-01,2026-01-03),[2026-02-01,2026-02-02)}", "{}",
        "desde 01/01/2026, hasta 02/01/2026; desde 01/02/2026, hasta 01/02/2026", "{}",
    ),
    ("plazo", "1 year 2 mons 1 day", "30 days 02:30", "1 año 2 meses 1 día", "30 días 02:30:00"),
]  # fmt: skip


def save(audited: Audited, column: str, values: tuple[Any, Any], key: int = 1) -> None:
    mark = "?" if audited.shop.is_sqlite else "%s"
    business = audited.shop.business
    business.execute(f"INSERT INTO ficha (id, {column}) VALUES ({key}, {mark})", (values[0],))
    audited.told()
    business.execute(f"UPDATE ficha SET {column} = {mark} WHERE id = {key}", (values[1],))


def mails_of(audited: Audited) -> dict[str, str]:
    """Return event → the text of the mail that the rule for changed records makes."""
    make_starter_templates(None, now=now())
    Sender.objects.create(name="Avisos", from_address="avisos@estacion.test", host="smtp.test")
    rule = Rule(
        name="Cambios",
        source=audited.source,
        process="record_changed",
        recipients=[{"kind": "address", "value": "gerencia@estacion.test", "language": "es"}],
        repeat=Rule.Repeat.EVERY,
        is_active=True,
    )
    rule.template = Template.objects.get(slug="record-changed")
    save_rule(rule, by="test", now=now() - timedelta(hours=1))
    while fire_due(now() + timedelta(minutes=5)):
        pass
    messages = Message.objects.select_related("dispatch")
    return {one.dispatch.document_key: read_mail(preview(one).source).text for one in messages}


@database
def test_each_value_is_told_as_it_is(audited: Audited) -> None:
    check(audited, BOTH)


@database
@pytest.mark.postgres
def test_each_value_of_postgresql_is_told_in_words(postgres_audited: Audited) -> None:
    check(postgres_audited, POSTGRESQL)


def check(audited: Audited, cases: Sequence[Case]) -> None:
    """Change one record for each value; all of one attached company, for that takes longest."""
    audited.run("INSERT INTO grupo VALUES (3, 'Combustibles')")
    told = []
    for key, (column, old, new, *written) in enumerate(cases, 1):
        save(audited, column, (old, new), key)
        *_before, event = audited.told()
        (field,) = event.data["document"]["fields"]
        for shown, wanted in zip((field["before"], field["after"]), written, strict=True):
            assert shown.endswith(wanted) if column == "instante" else shown == wanted
        told.append(event)
    assert len(set(told)) == len(cases)
    mails = mails_of(audited)
    for event in told:
        (field,) = event.data["document"]["fields"]
        text = mails[event.document_key]
        for shown in filter(None, (field["before"], field["after"])):
            assert " ".join(shown.split()) in " ".join(text.split())
        assert "30000000000000004" not in text
        before, after = cells(event)
        assert before != after


def cells(event: Event) -> tuple[Any, Any]:
    """Return what stands before and after in the sheet of this event."""
    content = sheet_of(event.source, event.document_key, language="es")
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    return rows[1][5], rows[1][6]


@database
def test_a_binary_fraction_that_only_rounds_otherwise_is_no_change(audited: Audited) -> None:
    save(audited, "medida", (0.3, 0.1 + 0.2))
    assert audited.told() == []
    assert CapturedChange.objects.filter(operation="U", audited_at__isnull=False).count() == 1


@database
def test_c4_a_long_text_changed_at_the_same_length_says_so(audited: Audited) -> None:
    save(audited, "nota", ("a" * 5000, "b" * 5000))
    (event,) = audited.told()
    (field,) = event.data["document"]["fields"]
    assert field["before"] == "(5000 bytes, no se anotan)"
    assert field["after"] == "(5000 bytes, no se anotan), con otro contenido"


@database
def test_many_long_values_are_cut_where_they_begin_to_differ(audited: Audited) -> None:
    same = "Lubricante sintético para motores diésel de "
    many = ", ".join(f"({n}, '{same * 2}5 litros')" for n in range(1, 31))
    audited.run(f"INSERT INTO ficha (id, nota) VALUES {many}")
    audited.told()
    audited.run(f"UPDATE ficha SET nota = '{same * 2}7 litros'")
    (event,) = audited.told()
    row = event.data["document"]["rows"][0]
    assert (row["before"], row["after"]) == ("…s diésel de 5 litros", "…s diésel de 7 litros")


PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(allow_nan=False, allow_infinity=False, places=4).map(lambda d: format(d, "f")),
    st.text(max_size=20),
)
VALUES = PLAIN | st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
KINDS = ("", "text", "money", "number", "quantity", "date", "datetime", "boolean")


@given(before=VALUES, after=VALUES, kind=st.sampled_from(KINDS), most=st.sampled_from([60, 500]))
def test_what_differs_never_reads_the_same(before: Any, after: Any, kind: str, most: int) -> None:
    table = AuditTable("t", columns={"c": AuditColumn(type=kind)})
    words = ValueWords(Audit(tables={"t": table}), "es", "PYG", "America/Asuncion")
    before, after = json.loads(json.dumps([before, after]))
    written = words.pair("t", "c", (before, after), {}, most=most)
    assert max(map(len, written)) <= most
    if differs(before, after):
        assert written[0] != written[1]
    assert words.cells("t", "c", (before, after), {}) is not None


def test_a_column_with_words_is_told_in_them_and_what_differs_still_does() -> None:
    columns = {"paid_by": AuditColumn(words="means"), "terms": AuditColumn(words="terms")}
    audit = replace(load("tryton").audit or Audit(), tables={"t": AuditTable("t", columns=columns)})
    words = ValueWords(audit, "en", "PYG", "America/Asuncion")
    assert words.pair("t", "paid_by", ("cash", "qr"), {}) == ("Cash", "QR payment")
    told = words.pair("t", "terms", ("CREDITO 30 DIAS", "Contado"), {})
    assert told == ("30 days credit", "Cash")
    alike = words.pair("t", "terms", ("contado", "Contado"), {})
    assert alike[0] != alike[1]


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_no_decimal_is_taken_for_what_adding_floats_leaves(exact: Decimal) -> None:
    assert Decimal(freeze(float(exact))) == exact.normalize()
    assert Decimal(freeze(float(exact) + 0.1 - 0.1)) == exact.normalize()


def test_invisible_differences_are_alike() -> None:
    assert apart.is_alike("a\u200b", "a ")
    assert not apart.is_alike("Gs. 1.501", "Gs. 1.502")
