"""How long the slow parts are: in every run sized to fit, by `make soak` whole."""

import os

IS_WHOLE = bool(os.environ.get("EMAILKETING_TEST_WHOLE"))


def sized(whole: int, *, in_every_run: int) -> int:
    """Return how many there are of something: all of them only by `make soak`."""
    return whole if IS_WHOLE else in_every_run
