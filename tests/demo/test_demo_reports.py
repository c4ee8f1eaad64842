"""The demo compares each mail of a report with the company's own tables."""

from email.message import EmailMessage

import pytest
from tools.demo_reports import Expected, _problem, numbers

WANTED = Expected("Ventas", "a@a.example", frozenset({5363620}), frozenset({3991608}))


def mail(said: str, *, with_pdf: bool = True) -> bytes:
    made = EmailMessage()
    made.set_content(said)
    if with_pdf:
        made.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="a.pdf")
    return made.as_bytes()


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("Total: Gs. 5.363.620", ""),
        ("Total: PYG 5,363,620", ""),
        ("Total: Gs. 5.363.621", "falta la cifra 5363620"),
        ("Luque 3.991.608, Total: 5.363.620", "tiene una cifra ajena: 3991608"),
    ],
)
def test_x6_each_mail_has_its_own_sum_and_no_other(said: str, problem: str) -> None:
    assert _problem(mail(said), WANTED) == problem


def test_a_report_without_its_paper_is_told() -> None:
    assert _problem(mail("5.363.620", with_pdf=False), WANTED) == "sin PDF"


def test_a_loss_is_another_number_than_a_profit() -> None:
    assert numbers("Resultado: -2.089.866 Gs.") == {-2089866}
