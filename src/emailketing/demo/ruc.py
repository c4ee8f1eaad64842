"""The check digit of a RUC, Paraguay's tax number (módulo 11)."""

HIGHEST_WEIGHT = 11


def check_digit(base: str) -> int:
    """Weigh the digits from the right with 2, 3 … 11, 2 …; letters count by their code."""
    digits = "".join(c if c.isdigit() else str(ord(c)) for c in base.upper())
    weights = range(2, HIGHEST_WEIGHT + 1)
    total = sum(
        int(digit) * weights[place % len(weights)] for place, digit in enumerate(reversed(digits))
    )
    rest = total % 11
    return 11 - rest if rest > 1 else 0


def ruc(base: str | int) -> str:
    """Return the number with its check digit: 80012345 → 80012345-0."""
    return f"{base}-{check_digit(str(base))}"


def is_ruc(text: str) -> bool:
    base, dash, digit = text.strip().rpartition("-")
    return bool(dash) and base.isalnum() and digit == str(check_digit(base))
