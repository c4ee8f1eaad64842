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
    text = address.strip()
    # the library knows .local as reserved, which is what offices use it for
    ending = ".local" if text.lower().endswith(".local") else ""
    try:
        checked = validate_email(
            f"{text[: -len(ending)]}.test" if ending else text,
            check_deliverability=False,
            test_environment=True,
        )
    except EmailNotValidError as error:
        raise AddressInvalid(str(error)) from error
    domain = checked.ascii_domain
    return f"{checked.local_part}@{domain.removesuffix('.test') + ending if ending else domain}"


def own_address(address: str) -> str:
    """Return an address of our own for the wire; one that is only odd stays as it was entered."""
    try:
        return wire_address(address)
    except AddressInvalid:
        return address.strip()
