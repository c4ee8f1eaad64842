"""What our database keeps that only the key of this installation can read, by its names (S22)."""

from django.apps import apps
from django.db import connection
from django.db.models import Model, Q

from emailketing.common.own_database import own_file
from emailketing.common.own_dialect import is_a_file

ENDING = "_encrypted"
CALLED_BY = ("name", "username", "pk")  # the first of them that a model has


def encrypted() -> list[str]:
    """Return what it is, “sender ventas”; also of a database that still waits for migrations."""
    if is_a_file() and not own_file().exists():
        return []  # looking would make it
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    return [name for model in apps.get_models() for name in _kept_in(model, tables)]


def _kept_in(model: type[Model], tables: set[str]) -> list[str]:
    fields = [one for one in model._meta.concrete_fields if one.name.endswith(ENDING)]
    if not fields or model._meta.db_table not in tables:
        return []
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, model._meta.db_table)
    columns = {one.name for one in described}
    empty = Q()
    for field in fields:
        if field.column in columns:
            empty &= Q(**{field.name: ""})
    if not empty:
        return []
    called = next(name for name in CALLED_BY if name == "pk" or name in columns)
    names = model._default_manager.exclude(empty).order_by("pk").values_list(called, flat=True)
    return [f"{model._meta.verbose_name} {name}" for name in names]
