"""What `serve` may listen on: one sentence that says whether address or port is wrong."""

import pytest

from emailketing.worker.supervise import CannotServe, check_port


@pytest.mark.parametrize(
    ("host", "port", "option"),
    [
        ("127.0.0.1", 70000, "--port"),
        ("127.0.0.1", -1, "--port"),
        ("no.such.host.invalid", 0, "--host"),
        ("192.0.2.1", 0, "--host"),  # of the documentation: never an address of this machine
    ],
)
def test_what_cannot_be_listened_on_is_one_sentence(host: str, port: int, option: str) -> None:
    with pytest.raises(CannotServe, match=option):
        check_port(host, port)


def test_any_free_port_will_do() -> None:
    check_port("127.0.0.1", 0)
