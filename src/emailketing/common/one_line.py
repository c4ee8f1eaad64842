"""Text for one line: names, numbers, addresses; a sign nobody sees breaks a head or a list."""

import unicodedata


def is_one_line(text: str) -> bool:
    """Whether there is no line break, no NUL, nothing that only steers a machine."""
    return not any(unicodedata.category(sign) in {"Cc", "Zl", "Zp"} for sign in text)
