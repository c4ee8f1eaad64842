"""Reading what an operator typed: numbers as he writes them, one sentence per mistake."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from emailketing.demo.refused import Refused

GROUP = 3  # digits between two points of thousands
LONGEST_KEY = 9  # digits
MOST = Decimal(10) ** 12


class Form:
    """The fields of one form; `check` refuses with all mistakes at once."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self.fields = fields
        self.problems: list[str] = []

    def text(self, name: str) -> str:
        return self.fields.get(name, [""])[0].strip()

    def list(self, name: str) -> list[str]:
        return [value.strip() for value in self.fields.get(name, [])]

    def needed(self, name: str, label: str) -> str:
        value = self.text(name)
        if not value:
            self.problems.append(f"{label}: falta completar.")
        return value

    def number(self, name: str, label: str) -> Decimal:
        return self.read(self.text(name), label)

    def whole(self, name: str, label: str) -> int:
        value = self.number(name, label)
        if value != value.to_integral_value():
            self.problems.append(f"{label}: debe ser un número entero.")
        return int(value)

    def key(self, name: str, label: str) -> int:
        key = as_key(self.text(name))
        if key is None:
            self.problems.append(f"{label}: elija de la lista.")
        return key or 0

    def day(self, name: str, label: str) -> date | None:
        value = self.text(name)
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self.problems.append(f"{label}: la fecha no es correcta.")
            return None

    def read(self, text: str, label: str) -> Decimal:
        """Read one number; zero, with a note of the mistake, when it is none."""
        try:
            value = read_number(text)
        except (InvalidOperation, ValueError):
            self.problems.append(f"{label}: «{text[:40]}» no es un número.")
            return Decimal(0)
        if abs(value) >= MOST:
            self.problems.append(f"{label}: el número es demasiado grande.")
            return Decimal(0)
        return value

    def check(self) -> None:
        if self.problems:
            raise Refused(*self.problems)


def as_key(text: str) -> int | None:
    key = int(text) if text.isdecimal() and len(text) <= LONGEST_KEY else 0
    return key or None


def read_number(text: str) -> Decimal:
    """Read 1.250.000, 12,5 and also 12.5: a single point not before three digits is a comma."""
    plain = text.replace(" ", "").removeprefix("Gs.")
    if not plain:
        return Decimal(0)
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    elif plain.count(".") > 1 or len(plain.partition(".")[2]) == GROUP:
        plain = plain.replace(".", "")
    value = Decimal(plain)
    if not value.is_finite():
        raise ValueError(text)
    return value
