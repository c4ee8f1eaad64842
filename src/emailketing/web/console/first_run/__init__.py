"""The first-run assistant: from no user at all to the first mail in the test inbox.

`emailketing serve` prints `first_run_path()`: a link that works while there is no user.
"""

from emailketing.web.console.first_run.token import first_run_path

__all__ = ["first_run_path"]
