"""What Python cannot hold becomes the text the server wrote: no reason not to read a row (R25).

A date may be `infinity`, before Christ or beyond the year 9999, a time 24:00, an interval “1 mon”
(no number of days), a text of a database without an encoding any bytes at all.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg
    from psycopg.adapt import Buffer, Loader

MOMENTS = ("date", "timestamp", "timestamptz", "time", "timetz")
AS_WRITTEN = ("interval", "json", "jsonb")
TEXTS = ("text", "varchar", "bpchar", "name", '"char"')
WITHOUT_AN_ENCODING = "SQL_ASCII"


def read_leniently(connection: "psycopg.Connection[Any]") -> None:
    """Make this connection give text where a value has no counterpart in Python."""
    as_written, or_as_written = _loaders()
    kinds: list[str | int] = [*AS_WRITTEN]
    if connection.info.parameter_status("server_encoding") == WITHOUT_AN_ENCODING:
        kinds += [*TEXTS, 0]  # 0: types nobody knows, enums among them
    for kind in kinds:
        connection.adapters.register_loader(kind, as_written)
    for kind in MOMENTS:
        connection.adapters.register_loader(kind, or_as_written)


@cache
def _loaders() -> "tuple[type[Loader], type[Loader]]":
    import psycopg
    from psycopg.adapt import Loader

    class AsWritten(Loader):
        def load(self, data: "Buffer") -> Any:
            return bytes(data).decode(errors="replace")

    class OrAsWritten(Loader):
        def __init__(self, oid: int, context: Any = None) -> None:
            super().__init__(oid, context)
            usual = psycopg.adapters.get_loader(oid, self.format) or AsWritten
            self._usual = usual(oid, context)

        def load(self, data: "Buffer") -> Any:
            try:
                return self._usual.load(data)
            except (psycopg.DataError, ValueError, ArithmeticError):
                return bytes(data).decode(errors="replace")

    return AsWritten, OrAsWritten
