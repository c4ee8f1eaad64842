"""What our own people are told: an alert, and the list of the morning."""

from emailketing.common.document import AlertTold, MorningList

_ALERTS = {
    "es": "El centro de mensajes rechazó el usuario o la contraseña.",
    "en": "The message centre refused user or password.",
    "pt": "A central de mensagens recusou o usuário ou a senha.",
}
# document, rule, what is wrong with a phone, message, its state
_LISTS = {
    "es": ("Cobro", "Cobro al cliente", "No es un número de teléfono.", "Recibo", "en duda"),
    "en": ("Collection", "Collection", "This is no phone number.", "Receipt", "in doubt"),
    "pt": (
        "Recebimento",
        "Recebimento do cliente",
        "Não é um número de telefone.",
        "Recibo",
        "em dúvida",
    ),
}


def alert(language: str) -> AlertTold:
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


def morning_list(language: str) -> MorningList:
    collection, rule, problem, receipt, state = _LISTS.get(language, _LISTS["es"])
    return {
        "type": "morning_list",
        "key": "2026-11-25",
        "number": "2026-11-25",
        "date": "2026-11-25",
        "label": "25/11/2026",
        "unreached": [
            {
                "document": f"{collection} R-0031",
                "person": "Repuestos Itá Enramada",
                "rule": rule,
                "reason": "Repuestos Itá Enramada",
            }
        ],
        "unreached_count": 1,
        "misread": [{"person": "Don Julio", "value": "0981 12 / 0971", "problem": problem}],
        "misread_new": 1,
        "misread_count": 4,
        "cases": [
            {
                "subject": f"{receipt} 001-001-0000123",
                "who": "Rosa Benítez",
                "status": state,
                "created_at": "2026-11-24T14:05:00-03:00",
            }
        ],
        "cases_count": 1,
        "deleted": [
            {
                "record": "Remito 0042",
                "who": "Rosa Benítez",
                "at": "2026-11-24T14:05:00-03:00",
                "choose_url": "https://avisos.example.com/sources/1/tables/?table=remito",
            }
        ],
        "deleted_count": 1,
    }
