"""What our own people are told: an alert, and the list of the morning."""

from typing import Any

_ALERTS = {
    "es": "El centro de mensajes rechazó el usuario o la contraseña.",
    "en": "The message centre refused user or password.",
    "pt": "A central de mensagens recusou o usuário ou a senha.",
}


def alert(language: str) -> dict[str, Any]:
    return {
        "type": "alert",
        "key": "17",
        "number": "17",
        "label": "17",
        "kind": "sender",
        "name": "SMS Tigo",
        "notes": _ALERTS.get(language, _ALERTS["es"]),
        "since_at": "2026-11-24T14:05:00-03:00",
    }


def morning_list(language: str) -> dict[str, Any]:
    del language  # names and numbers are the same everywhere
    return {
        "type": "morning_list",
        "key": "2026-11-25",
        "number": "2026-11-25",
        "date": "2026-11-25",
        "label": "25/11/2026",
        "unreached": [
            {
                "document": "Cobro R-0031",
                "person": "Repuestos Itá Enramada",
                "rule": "Cobro al cliente",
                "reason": "Repuestos Itá Enramada",
            }
        ],
        "unreached_count": 1,
        "misread": [{"person": "Don Julio", "value": "0981 12 / 0971", "problem": "0981 12"}],
        "misread_new": 1,
        "misread_count": 4,
        "cases": [
            {
                "subject": "Recibo 001-001-0000123",
                "who": "Rosa Benítez",
                "status": "—",
                "created_at": "2026-11-24T14:05:00-03:00",
            }
        ],
        "cases_count": 1,
    }
