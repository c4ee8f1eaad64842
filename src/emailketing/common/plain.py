"""Plain data as types: what JSON, TOML and a form's fields hold, whoever wrote it."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"
Values: TypeAlias = Mapping[str, JSON]  # names → plain data, to be read
