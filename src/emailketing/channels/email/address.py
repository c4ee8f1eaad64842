"""Addresses as the wire wants them: checked, and the domain as A-labels (`müller.de` → `xn--…`)."""

from email_validator import EmailNotValidError, validate_email


class AddressInvalid(ValueError):
    """This is not an e-mail address."""


def wire_address(address: str) -> str:
    """Return the address to write on the envelope; syntax only, nothing is looked up (S3).

    A local part with letters beyond ASCII stays as it is: only a server that offers SMTPUTF8 can
    take it. Addresses inside an office (`ana@empresa.local`) are addresses too.

    Raises:
        AddressInvalid: with the reason, in English, as its argument.
    """
    try:
        checked = validate_email(
            address.strip(), check_deliverability=False, globally_deliverable=False
        )
    except EmailNotValidError as error:
        raise AddressInvalid(str(error)) from error
    if "." not in checked.ascii_domain:
        raise AddressInvalid("The domain has no dot.")
    return f"{checked.local_part}@{checked.ascii_domain}"
