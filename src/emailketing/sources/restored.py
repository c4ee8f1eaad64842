"""After a restore of our own database: what happened since the backup was written about before."""

from datetime import datetime

from django.db.models import Max

from emailketing.company.models import INSTALLATION, SafeMode
from emailketing.sources.health import working_processes
from emailketing.sources.take_stock import take_stock
from emailketing.sources.visit import Visit
from emailketing.sources.waiting import touched_now


def catch_up_after_restore(visit: Visit) -> bool:
    """Note every document as it is, once after an administrator confirmed a restored database.

    Our backup does not know what was sent since it was made; without this every document of those
    days would be written about again when somebody next touches it. Documents with changes that
    wait are judged as usual.

    Returns:
        Whether there was a restore to catch up with.
    """
    source = visit.source
    # a first registration is no restore: only what a person confirmed is
    confirmed = SafeMode.objects.filter(scope=INSTALLATION).aggregate(at=Max("confirmed_at"))["at"]
    noted = source.health.get("stocked_at")
    last = datetime.fromisoformat(noted) if noted else source.installed_at
    if confirmed is None or last is None or confirmed <= last:
        return False
    take_stock(visit, working_processes(visit), waiting=touched_now)
    source.health = {**source.health, "stocked_at": visit.now.isoformat()}
    source.save(update_fields=["health"])
    return True
