"""What is said of a sender that cannot be saved."""

from collections.abc import Iterable


class SenderInvalid(Exception):
    """This sender cannot be saved; the sentence says what to change, `field` where.

    The field of an option is `option_<name>`.
    """

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.all: list[SenderInvalid] = [self]

    @classmethod
    def of(cls, found: Iterable["SenderInvalid"]) -> "SenderInvalid | None":
        """Return one for all that was found, the first for each field; None for nothing."""
        by_field: dict[str, SenderInvalid] = {}
        for one in found:
            by_field.setdefault(one.field, one)
        if not by_field:
            return None
        first = next(iter(by_field.values()))
        whole = cls(" ".join(dict.fromkeys(map(str, by_field.values()))), first.field)
        whole.all = list(by_field.values())
        return whole

    def by_field(self) -> list[tuple[str, str]]:
        """Return each field with its sentence."""
        return [(one.field, str(one)) for one in self.all]
