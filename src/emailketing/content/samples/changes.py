"""An invented change of a record, with a line and the rows of many records at once."""

from emailketing.common.document import ChangedChild, ChangedField, ChangedRow, Document

WORDS: dict[str, dict[str, str]] = {
    "es": {
        "table": "Producto",
        "record": "Producto 00123 Yerba Ñandutí",
        "price": "Precio",
        "name": "Descripción",
        "line": "Historial de precios 24/11/2026 14:05",
        "branch": "Yerba Ñandutí (1 kg)",
    },
    "en": {
        "table": "Product",
        "record": "Product 00123 Ñandutí tea",
        "price": "Price",
        "name": "Description",
        "line": "Price history 24 Nov 2026 14:05",
        "branch": "Ñandutí tea (1 kg)",
    },
    "pt": {
        "table": "Produto",
        "record": "Produto 00123 Erva Ñandutí",
        "price": "Preço",
        "name": "Descrição",
        "line": "Histórico de preços 24/11/2026 14:05",
        "branch": "Erva Ñandutí (1 kg)",
    },
}
AT = "2026-11-24T17:05:00+00:00"


def _price(words: dict[str, str]) -> ChangedField:
    return {
        "name": "precio",
        "label": words["price"],
        "before": "Gs. 6.990",
        "after": "Gs. 7.850",
        "percent": "12.3",
    }


def _name(words: dict[str, str]) -> ChangedField:
    return {
        "name": "descripcion",
        "label": words["name"],
        "before": words["record"].partition(" ")[2],
        "after": words["branch"],
        "percent": "",
    }


def change(language: str) -> Document:
    words = WORDS.get(language, WORDS["es"])
    price, name = _price(words), _name(words)
    child: ChangedChild = {
        "table": "",
        "label": words["line"],
        "operation": "changed",
        "actor": "Rosa Benítez",
        "fields": [price],
    }
    row: ChangedRow = {
        "at": AT,
        "actor": "Rosa Benítez",
        "record": words["record"],
        "field": words["price"],
    }
    return {
        "type": "change",
        "key": "sample",
        "label": words["record"],
        "record": words["record"],
        "number": "123",
        "date": "2026-11-24",
        "hour": "14.08",
        "weekday": "2",
        "operation": "changed",
        "table": "producto",
        "table_label": words["table"],
        "actor": "Rosa Benítez",
        "at": AT,
        "origin": "",
        "claim": "",
        "currency": "PYG",
        "fields": [price, name],
        "children": [child],
        "children_count": 1,
        "records": 1,
        "rows": [{**row, "before": "Gs. 6.990", "after": "Gs. 7.850", "percent": "12.3"}],
        "rows_count": 1,
        "is_mass": False,
        "choose_url": "https://avisos.example.com/sources/1/tables/?table=producto",
        "percent": "12.3",
    }
