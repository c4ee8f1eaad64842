"""An invented day on which we write; whose it is stands with the recipient."""

from emailketing.common.document import Document

_LABELS = {"es": "Cumpleaños", "en": "Birthday", "pt": "Aniversário"}


def greeting(language: str) -> Document:
    return {
        "type": "greeting",
        "key": "17",
        "number": "",
        "date": "2026-11-24",
        "label": _LABELS.get(language, _LABELS["es"]),
    }
