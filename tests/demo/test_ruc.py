import pytest

from emailketing.demo.ruc import check_digit, is_ruc, ruc


@pytest.mark.parametrize(
    ("base", "digit"),
    [("80003400", 7), ("80009735", 1), ("80012345", 0)],  # Petropar, ANDE, our company
)
def test_the_check_digit_is_the_tax_office_s(base: str, digit: int) -> None:
    assert check_digit(base) == digit


def test_a_mistyped_digit_is_noticed() -> None:
    good = ruc(80_012_345)
    assert is_ruc(good)
    for place in range(8):
        digit = str((int(good[place]) + 1) % 10)
        assert not is_ruc(good[:place] + digit + good[place + 1 :])


@pytest.mark.parametrize("text", ["", "80012345", "80012345-", "80012345-X", "-0"])
def test_what_is_no_ruc_is_refused(text: str) -> None:
    assert not is_ruc(text)
