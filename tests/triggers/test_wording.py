"""A text that names what the documents of its rule do not have is found before it is sent."""

from typing import Any

import pytest

from emailketing.alerts.troubles import troubles
from emailketing.content.models import Template
from emailketing.content.render import render_text
from emailketing.content.save import Texts, save_revision
from emailketing.content.shape import complete
from emailketing.content.starters import make_starter_templates
from emailketing.content.unknown_names import unknown_names
from emailketing.outbox.models import Message
from emailketing.sources.connectors import available
from emailketing.sources.connectors.given import given_by
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.save import RuleInvalid, problem_of, save_rule, switch
from emailketing.triggers.notifications.rules.wording import wording_problems
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db
KNOWN: dict[str, Any] = {
    "document": {"number": "", "lines": [{"code": ""}]},
    "company": {"name": ""},
}


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def of_fuel(cast: Cast) -> Template:
    make_starter_templates(None, now=NOW)
    return Template.objects.get(slug="fuelling")


def test_a_template_of_another_kind_of_document_is_refused_when_the_rule_is_saved(
    cast: Cast, of_fuel: Template
) -> None:
    with pytest.raises(RuleInvalid) as refused:
        cast.make_rule(name="Wrong words", template=of_fuel)
    assert "The template “Carga a un vehículo” names “document." in str(refused.value)
    assert "which “Purchase order confirmed” does not have" in str(refused.value)
    assert not Rule.objects.filter(name="Wrong words").exists()


def test_a_text_that_is_changed_later_is_marked_and_told_before_a_message_has_failed(
    cast: Cast,
) -> None:
    assert problem_of(cast.rule, now=NOW) == ""
    texts = Texts("{{ document.vehicle.plate }}", "", "Hola", "simple")
    sample = {"vehicle": {"plate": "ABC 123"}}
    save_revision(cast.template, language="pt", texts=texts, sample=sample, by="t", now=NOW)
    cast.rule.refresh_from_db()
    problem = problem_of(cast.rule, now=NOW)
    assert "names “document.vehicle.plate”" in problem
    (trouble,) = [one for one in troubles(NOW) if one.about == str(cast.rule.pk)]
    assert (trouble.name, trouble.sentence) == (cast.rule.name, problem)
    switch(cast.rule, on=False, by="t", now=NOW)
    with pytest.raises(RuleInvalid):
        switch(cast.rule, on=True, by="t", now=NOW)
    assert not [one for one in troubles(NOW) if one.about == str(cast.rule.pk)]


def test_what_is_asked_for_before_it_is_printed_may_be_missing(cast: Cast) -> None:
    body = "{% if document.seal %}{{ document.seal }}{% endif %}{{ document.ref|default('—') }}"
    texts = Texts("{{ document.number }}", "", body, "simple")
    sample = {"number": "1", "seal": "x", "ref": "y"}
    save_revision(cast.template, language="pt", texts=texts, sample=sample, by="t", now=NOW)
    save_rule(cast.rule, by="t", now=NOW)
    cast.judge()
    assert Message.objects.get().state != "failed"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ document.number }}", []),
        ("{{ document.plate }}", ["document.plate"]),
        ("{{ document.plate|plain }}", ["document.plate"]),
        ("{% for line in document.lines %}{{ line.code }}{{ line.ean }}{% endfor %}", ["line.ean"]),
        ("{% for one in document.tanks %}{{ one.name }}{% endfor %}", ["document.tanks"]),
        ("{% if document.plate %}{{ document.plate }}{% endif %}", []),
        ("{% if document.plate %}1{% else %}{{ document.km }}{% endif %}", ["document.km"]),
        ("{% if document.number %}{{ document.km }}{% endif %}", ["document.km"]),
        ("{{ document.plate or document.number }}", []),
        ("{{ document.number or document.plate }}", ["document.plate"]),
        ("{{ document.km if document.plate else document.number }}", []),
        ("{% set a = document.plate %}{{ a }}", ["document.plate"]),
    ],
)
def test_names_are_read_as_the_engine_would(text: str, expected: list[str]) -> None:
    assert unknown_names([text], KNOWN) == expected


def test_every_ready_made_rule_has_texts_that_fit_its_documents(of_fuel: Template) -> None:
    for connector in available():
        for ready in connector.rules.values():
            rule = Rule(
                source=Source(slug="other", name="Other", connector=connector.name),
                process=ready.process,
                delivery="both" if ready.texts else "email",
            )
            for channel, slug in {"email": ready.template, **ready.texts}.items():
                rule.choose(channel, template=Template.objects.get(slug=slug))
            assert list(wording_problems(rule)) == [], ready.name


def test_what_the_queries_of_a_connector_give_is_read_from_their_words() -> None:
    estacion = next(one for one in available() if one.name == "estacion")
    given = given_by(estacion.documents["fuelling"])
    assert {"plate", "make", "year"} <= given["vehicle"].keys()
    assert "km_per_litre" in given
    assert "importe" not in given
    closing = given_by(estacion.documents["sales_closing"])
    assert "last_week_litres" in closing["fuels"][0]


@pytest.mark.parametrize("filtered", ["left(8)", "right(8)", "short(8)", "plain", "money", "words"])
def test_a_missing_value_never_prints_none(filtered: str) -> None:
    values = complete({"document": {}}, "es")
    written = render_text(f"[{{{{ document.plate|{filtered} }}}}]", values, "es")
    assert "None" not in written


def test_everything_that_is_wrong_with_a_rule_is_told_at_once(
    cast: Cast, of_fuel: Template
) -> None:
    with pytest.raises(RuleInvalid) as refused:
        cast.make_rule(
            template=of_fuel,
            recipients=[{"kind": "address", "value": "nobody"}],
            daily_cap=0,
            remind_days=[-1],
            delivery="both",
        )
    said = refused.value.all
    assert len(said) == 5, said
    assert str(refused.value) == " ".join(said)
