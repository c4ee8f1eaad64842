"""What may be chosen for a parameter, asked of the business database."""

from emailketing.sources.connectors.model import Parameter
from emailketing.sources.freeze import freeze
from emailketing.sources.link import ask, connected_to, snapshot
from emailketing.sources.models import Source

MOST = 500


def choices_of(source: Source, parameter: Parameter) -> list[tuple[str, str]]:
    """Return (value, what it is called); nothing where anything may be given.

    Raises:
        CaptureError: the query cannot run.
    """
    if parameter.choices is None:
        return []
    with connected_to(source) as (connection, _dialect), snapshot(connection):
        rows = ask(connection, parameter.choices)[:MOST]
    pairs = [[str(freeze(value)) for value in row.values()] for row in rows]
    return [(pair[0], pair[1] if len(pair) > 1 else pair[0]) for pair in pairs if pair]
