"""Reading the listings of a connector: what is asked, with what, and which columns come of it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _

from emailketing.common.plain import Entry
from emailketing.common.said import sentence_of
from emailketing.content.sheet.column import KINDS, TONES, TOTALS, Column, ColumnError, Threshold
from emailketing.content.sheet.levels import LEVEL, LINE_NAME
from emailketing.sources.connectors import model
from emailketing.sources.connectors.parse_fields import read_field
from emailketing.sources.connectors.section import Section, closed

Word = TypeVar("Word", bound=str)
SIDES = ("above", "below")


def read_listing(section: Section, name: str) -> model.ConnectorListing:
    label, statement = section.labels("label"), section.take("statement", dict, {})
    if statement:
        return _statement(section, name, label, statement)
    query = section.needed_query("query")
    described = [closed(field, _column) for field in section.sections("fields")]
    parameters = tuple(closed(each, _parameter) for each in section.sections("parameters"))
    dates = next((closed(said, _dates) for said in section.optional("dates")), None)
    _refuse_twice([field.path for field, _column in described], section)
    _refuse_twice([place for each in parameters for place in each.places], section)
    return model.ConnectorListing(
        name=name,
        label=label,
        query=query,
        fields=tuple(field for field, _column in described),
        columns={field.path: column for field, column in described},
        parameters=parameters,
        dates=dates,
    )


def _dates(section: Section) -> model.ListedDates:
    kind = section.text("kind")
    section.check_name(kind)
    return model.ListedDates(
        kind=kind,
        date=section.text("date"),
        party=section.text("party", "_contact"),
        of=section.text("of", ""),
        is_yearly=section.take("yearly", bool, False),
    )


def _statement(
    section: Section, name: str, label: model.Labels, statement: Entry
) -> model.ConnectorListing:
    """Read a statement: what it is made of is checked where statements are."""
    said = {"columns": statement.get("columns", [])}
    columns = Section(said, f"{section.place}.statement", section.folder).sections("columns")
    named = [(each.text("name"), each.labels("label", optional=True)) for each in columns]
    shown: list[tuple[str, model.Labels]] = [(word, {}) for word in ("line", LEVEL, LINE_NAME)]
    return model.ConnectorListing(
        name=name,
        label=label,
        statement=statement,
        fields=tuple(model.Field(path, labels) for path, labels in (*shown, *named)),
        parameters=tuple(closed(each, _parameter) for each in section.sections("parameters")),
    )


def _column(section: Section) -> tuple[model.Field, Column]:
    field = read_field(section, KINDS)
    decimals = section.take("decimals", int, -1)
    try:
        column = Column(
            name=field.path,
            label=field.label,
            kind=field.type,
            width=section.take("width", int, 0),
            total=_one_of(section, "total", TOTALS, ""),
            currency=section.text("currency", ""),
            decimals=None if decimals < 0 else decimals,
            thresholds=tuple(closed(each, _threshold) for each in section.sections("thresholds")),
        )
    except ColumnError as error:
        raise section.wrong(sentence_of(error)) from error
    return field, column


def _threshold(section: Section) -> Threshold:
    side = _one_of(section, "side", SIDES, None)
    tone = _one_of(section, "tone", TONES, None)
    limit = Decimal(str(section.take("limit", float)))
    return Threshold(limit, side == "above", tone)


def _parameter(section: Section) -> model.Parameter:
    name = section.text("name")
    section.check_name(name)
    has_default = "default" in section.words()
    return model.Parameter(
        name=name,
        label=section.labels("label"),
        type=_one_of(section, "type", model.PARAMETER_TYPES, "text"),
        default=section.text("default") if has_default else None,
        choices=section.query("choices"),
    )


def _one_of(section: Section, word: str, known: Sequence[Word], default: str | None) -> Word:
    value = section.text(word, default)
    for each in known:
        if each == value:
            return each
    sentence = _("“%(word)s” may be one of: %(known)s.")
    names = ", ".join(name for name in known if name)
    raise section.wrong(sentence % {"word": word, "known": names})


def _refuse_twice(names: list[str], section: Section) -> None:
    for name in names:
        if names.count(name) > 1:
            raise section.wrong(_("“%(name)s” stands twice.") % {"name": name})
