"""Keys in the address of a page: any text, and no server or browser makes another of it."""

import re

# what is folded ("//", "/../"), turned (a backslash) or decoded twice (%2F) on its way
_ODD = re.compile(r"[\x00-\x20\x7f\\%=?#;]|^[./]|(?<=/)[./]|/$")
_MARKED = re.compile(r"=([0-9A-F]{2})")


class AnyKey:
    """A key as part of an address: what could be mistaken is written as “=2F”."""

    regex = ".+"

    def to_python(self, value: str) -> str:
        return _MARKED.sub(lambda found: chr(int(found.group(1), 16)), value)

    def to_url(self, value: str) -> str:
        return _ODD.sub(lambda found: f"={ord(found.group()):02X}", str(value))
