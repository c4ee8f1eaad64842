"""What a taxpayer's number is called where the company is."""

from django.utils.translation import gettext as _

NAMES = {
    "AR": "CUIT",
    "BO": "NIT",
    "BR": "CNPJ",
    "CL": "RUT",
    "CO": "NIT",
    "EC": "RUC",
    "ES": "NIF",
    "MX": "RFC",
    "PE": "RUC",
    "PT": "NIF",
    "PY": "RUC",
    "UY": "RUT",
}


def tax_label(country: str | None) -> str:
    """Return the name of the number, Paraguay's when no country is given."""
    return NAMES.get(country or "PY") or _("Tax number")
