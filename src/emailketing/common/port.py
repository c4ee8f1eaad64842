"""What may be a port of a server, whoever asks for one."""

from django.utils.translation import gettext as _

HIGHEST_PORT = 65_535


def port_problem(port: int | None) -> str:
    """Say what is wrong with it; "" where nothing is."""
    return (
        ""
        if port is not None and 0 < port <= HIGHEST_PORT
        else _("A port is a number from 1 to 65535.")
    )
