"""From JSON to a definition: the one place where its words are checked."""

from emailketing.common.plain import JSON, Values
from emailketing.common.said import say as _
from emailketing.content.sheet.column import KINDS, TOTALS, WIDEST
from emailketing.listings.clicked.definition import (
    AGE,
    AGGREGATES,
    BUCKETS,
    MOST_COLUMNS,
    MOST_JOINS,
    MOST_TOP,
    NAME,
    Clicked,
    ClickedColumn,
    FieldChoice,
    Formula,
    Join,
    SortOrder,
)
from emailketing.listings.plain_reader import PlainReader
from emailketing.sources.connectors.model import PARAMETER_TYPES, Parameter
from emailketing.sources.dialects.expressions import OPERATIONS, WRITTEN

ROW_OPERATORS = frozenset({"period", "starts"})
WHAT = ("field", "formula", "share_of", "running")


def parse(definition: Values) -> Clicked:
    """Return the definition.

    Raises:
        DefinitionWrong: one sentence with its place.
    """
    top = PlainReader(definition, "")
    table = top.text("table", needed=True)
    columns = tuple(_column(each) for each in top.several("columns", MOST_COLUMNS))
    joins = tuple(join(each) for each in top.several("joins", MOST_JOINS))
    fields = fields_of(top)
    found = Clicked(
        table=table,
        columns=columns,
        joins=joins,
        fields=fields,
        filter=top.condition("filter", ROW_OPERATORS),
        having=top.condition("having", ROW_OPERATORS),
        order=tuple(
            SortOrder(each.text("column", needed=True), each.flag("descending"))
            for each in top.several("order")
        ),
        top=top.whole("top", most=MOST_TOP) or 0,
        parameters=parameters_of(top),
    )
    top.done()
    _check(found, top)
    return found


def name_of(reader: PlainReader) -> str:
    name = reader.text("name", needed=True)
    if not NAME.fullmatch(name):
        raise reader.wrong(_("a name has letters, digits, blanks, “-”, “.” and “_”, at most 60."))
    return name


def _column(reader: PlainReader) -> ClickedColumn:
    name = name_of(reader)
    what = [word for word in WHAT if reader.has(word)]
    aggregate = reader.one_of("aggregate", AGGREGATES)
    if len(what) > 1 or (not what and aggregate != "count"):
        sentence = _("it needs one of these: %(words)s.")
        raise reader.wrong(sentence % {"words": ", ".join(WHAT)})
    column = ClickedColumn(
        name=name,
        field=reader.text("field"),
        by=reader.one_of("by", BUCKETS),
        aggregate=aggregate,
        formula=_formula(reader.inner("formula")) if reader.has("formula") else None,
        share_of=reader.text("share_of"),
        running=reader.text("running"),
        label=reader.labels("label"),
        kind=reader.one_of("kind", ("", *KINDS)),
        total=reader.one_of("total", TOTALS) if reader.has("total") else None,
        width=reader.whole("width", most=WIDEST) or 0,
        decimals=reader.whole("decimals", most=12),
        currency=reader.text("currency"),
        thresholds=reader.thresholds("thresholds"),
    )
    if column.aggregate and column.is_window:
        raise reader.wrong(_("a share or a running total is not added up once more."))
    return column


def _formula(reader: PlainReader) -> Formula:
    is_age = reader.take_if("operation", AGE)
    operation = "difference" if is_age else reader.one_of("operation", OPERATIONS)
    of = reader.names("of")
    reader.done()
    wanted = 1 if is_age else 2
    is_open = operation in {"sum", "product"}  # of as many as there are
    if len(of) < wanted or (len(of) > wanted and not is_open):
        raise reader.wrong(_("it is calculated of %(count)s values.") % {"count": wanted})
    return Formula(operation, of, is_age)


def fields_of(reader: PlainReader) -> dict[str, FieldChoice]:
    return {
        name: FieldChoice(each.one_of("kind", ("", *KINDS)), each.one_of("written", ("", *WRITTEN)))
        for name, each in reader.named("fields")
    }


def join(reader: PlainReader) -> Join:
    found = Join(
        reader.text("name", needed=True), reader.text("table", needed=True), reader.pairs("on")
    )
    if "." in found.name or not NAME.fullmatch(found.name):
        raise reader.wrong(_("a joined table needs a name without a point."))
    if not found.on:
        raise reader.wrong(_("say by which columns it is joined (“on”)."))
    return found


def parameters_of(top: PlainReader) -> tuple[Parameter, ...]:
    """Read what it is asked with; no two may fill in one place."""
    found = tuple(_parameter(each) for each in top.several("parameters"))
    top.refuse_twice(place for each in found for place in each.places)
    return found


def _parameter(reader: PlainReader) -> Parameter:
    name = reader.text("name", needed=True)
    if not name.isidentifier():
        raise reader.wrong(_("the name of a parameter has letters, digits and “_” only."))
    label = reader.labels("label") or name
    default: JSON = reader.take("default")
    return Parameter(
        name=name,
        label=dict.fromkeys(("es", "en", "pt"), label) if isinstance(label, str) else label,
        type=reader.one_of("type", PARAMETER_TYPES),
        default=None if default is None else str(default),
    )


def _check(found: Clicked, top: PlainReader) -> None:
    """Refuse names that stand twice, and those that nobody has."""
    if not found.columns:
        raise top.wrong(_("choose at least one column."))
    top.refuse_twice(column.name.casefold() for column in found.columns)
    top.refuse_twice(join.name for join in found.joins)
    for column in found.columns:
        for name in filter(None, (column.share_of, column.running)):
            _check_number(found, column, name, top)
    for order in found.order:
        if found.column(order.column) is None:
            sentence = _("it is ordered by “%(name)s”, which is none of its columns.")
            raise top.wrong(sentence % {"name": order.column})


def _check_number(found: Clicked, column: ClickedColumn, name: str, top: PlainReader) -> None:
    other = found.column(name)
    if other is None or other.is_window:
        sentence = _("“%(column)s” is about “%(name)s”, which is no column that can be added up.")
        raise top.wrong(sentence % {"column": column.name, "name": name})
