"""Plain data as types: what JSON, TOML and a form's fields hold, whoever wrote it."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TypeAlias

JSON: TypeAlias = bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"] | None
Values: TypeAlias = Mapping[str, JSON]  # names → plain data, to be read
Entry: TypeAlias = dict[str, JSON]  # names → plain data, to be made
Cell: TypeAlias = JSON | Decimal | date | time | timedelta | bytes | memoryview  # a driver's
Row: TypeAlias = dict[str, Cell]  # of a query: column → what stands there
