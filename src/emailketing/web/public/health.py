"""For machines that watch: is the process alive, can the product work? Words only, no data."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from emailketing.company.beat import (
    is_published_alive,
    is_reporting_alive,
    is_sending_alive,
    is_worker_alive,
)
from emailketing.web.unlogged import unlogged

TEXT = "text/plain; charset=utf-8"


@never_cache
@login_not_required
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """200: this process answers (it asks nothing of the database)."""
    return HttpResponse("ok\n", content_type=TEXT)


@never_cache
@login_not_required
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """200: database, migrations and all processes are well; 503 names what is not."""
    wrong = what_is_wrong()
    answer = "".join(f"{name}: {'not ready' if name in wrong else 'ok'}\n" for name in _parts())
    response = HttpResponse(answer, content_type=TEXT, status=503 if wrong else 200)
    # the answer is the message: Django would log an error for each look of a monitor
    return unlogged(response)


PARTS = ("database", "migrations", "worker", "sending", "reports")
PUBLIC = "public"


def _parts() -> tuple[str, ...]:
    return (*PARTS, PUBLIC) if settings.PUBLIC_PORT else PARTS


def what_is_wrong() -> list[str]:
    wrong = []
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            wrong.append("migrations")
    except DatabaseError:
        wrong += ["database", "migrations"]
    now = timezone.now()
    if not is_worker_alive(now):
        wrong.append("worker")
    if not is_sending_alive(now):
        wrong.append("sending")
    if not is_reporting_alive(now):
        wrong.append("reports")
    if not is_published_alive(now):
        wrong.append(PUBLIC)
    return wrong
