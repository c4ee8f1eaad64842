"""What changed in a record, field by field, as the audit trail keeps it."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models.fields.files import FieldFile

from emailketing.accounts.audit import note
from emailketing.accounts.models import AuditEntry
from emailketing.accounts.who import Who

Values = dict[str, Any]


def snapshot(record: models.Model) -> Values:
    """Return the record's values by field name, fit for the audit trail."""
    values: Values = {}
    for field in record._meta.concrete_fields:
        value = field.value_from_object(record)
        if isinstance(value, bytes | memoryview):
            value = f"{len(value)} bytes" if value else ""
        elif isinstance(field, models.ForeignKey):
            value = str(getattr(record, field.name) or "")
        elif isinstance(value, FieldFile):
            value = value.name
        values[field.name] = value
    for many in record._meta.many_to_many:
        values[many.name] = sorted(str(other) for other in getattr(record, many.name).all())
    return values


def kept(record: models.Model) -> Values:
    """Return what the database has of a record that is about to be saved; {} of a new one."""
    if record.pk is None:
        return {}
    known = type(record)._default_manager.filter(pk=record.pk).first()
    return snapshot(known) if known is not None else {}


def differences(before: Values, after: Values) -> dict[str, Any]:
    """Return field → [before, after] of what changed."""
    return {
        name: [before.get(name), value]
        for name, value in after.items()
        if before.get(name) != value
    }


def note_saved(
    record: models.Model,
    before: Values,
    *,
    by: Who | str,
    now: datetime,
    more: dict[str, Any] | None = None,
) -> AuditEntry | None:
    """Note a record as created, or what of it changed; nothing where nothing did.

    Args:
        record: as it was saved just now, in the same transaction.
        before: what `kept` said of it before.
        by: who saved it.
        now: when.
        more: field → [before, after] of what belongs to it and is kept elsewhere.
    """
    if not before:
        return note("created", by=by, now=now, about=record, changes=more)
    fresh = type(record)._default_manager.get(pk=record.pk)
    changes = differences(before, snapshot(fresh)) | (more or {})
    return note("changed", by=by, now=now, about=record, changes=changes) if changes else None
