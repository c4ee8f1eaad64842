"""Where a test may kill this process (kill points K0–K8 of reliability §2.2).

`EMAILKETING_FAULT` names the point; unset, which is always so outside the tests, nothing happens.
K2, K3, K4 and K6 lie inside the SMTP conversation: there the far side of the test does the killing.
"""

import os
import signal

_ARMED = os.environ.get("EMAILKETING_FAULT", "")


def reach(point: str) -> None:
    """Die here, as by `kill -9`, when the environment says so.

    Args:
        point: `after_claim` (K1), `before_mark` (K4), `before_dot` (K5: marked, dot not sent),
            `after_250` (K7), `after_commit` (K8); in a report's run `report_claimed`,
            `report_read`, `report_share` (after each), `report_written`; in a block of greetings
            `greeting_judged`, `greeting_told` (not committed), `greeting_written`.
    """
    if point == _ARMED:
        os.kill(os.getpid(), signal.SIGKILL)
