"""The business of the reports' tests in PostgreSQL, where its sales take a minute to read."""

import psycopg

from emailketing.sources.models import Source
from tests.sources.shop import place_of
from tests.triggers.reports.cast import YESTERDAY, ReportCast

# OFFSET keeps the days that are asked for out of it: it sleeps whatever day is asked for
VIEW = (
    f"CREATE VIEW sale AS SELECT 1 AS id, DATE '{YESTERDAY}' AS day, 'Central' AS branch,"  # noqa: S608
    " 'ana' AS seller, 100 AS total FROM pg_sleep(60) OFFSET 0"
)
ASLEEP = """SELECT count(*) FROM pg_stat_activity
  WHERE datname = current_database() AND state = 'active' AND wait_event = 'PgSleep'"""


class SlowBusiness:
    """Where the source of a cast is moved to; says whether somebody reads there now."""

    def __init__(self, cast: ReportCast, address: str) -> None:
        self._address = address
        with psycopg.connect(address, autocommit=True) as business:
            business.execute(VIEW)
        Source.objects.filter(pk=cast.source.pk).update(**place_of(address))
        cast.source.refresh_from_db()

    def is_read(self) -> bool:
        with psycopg.connect(self._address, autocommit=True) as business:
            (count,) = business.execute(ASLEEP).fetchone() or (0,)
        return bool(count)
