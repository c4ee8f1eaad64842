"""The frozen document of a change: what rules ask of and mails tell."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from emailketing.common.document import ChangedChild, ChangedField, ChangedRow, Document
from emailketing.content import formats
from emailketing.sources.audit.groups import RecordGroup, Story, paired
from emailketing.sources.audit.names import Names
from emailketing.sources.audit.values import LONGEST, ValueWords, percent_of
from emailketing.sources.connectors.audit import DOCUMENT_TYPE
from emailketing.sources.models import CapturedChange

MOST_CHILDREN = 200  # frozen; how many there are is said
MOST_ROWS = 200
MOST_NAMED = 5
MOST_IN_A_ROW = 60  # characters of a value among those of many records


@dataclass(slots=True)
class DocumentTeller:
    """Writes documents in the words of one source."""

    words: ValueWords
    names: Names

    def one(self, group: RecordGroup, told: list[Story]) -> Document:
        """Tell what happened to one record, and to the rows under it."""
        change = group.first
        if change is None:
            return {}
        own = next((s for s in told if (s.table, s.key) == (group.table, group.key)), None)
        others = paired([s for s in told if s is not own and self._is_told(s)], self.words.audit)
        children = [self._child(story) for story in others[:MOST_CHILDREN]]
        return {
            **self._frame(change, group.actor, group.table),
            "origin": _all_of([group.programs]),
            "claim": _all_of([group.claims]),
            "operation": group.operation,
            "label": self.label(group, own, change),
            "record": self.label(group, own, change),
            "number": group.key,
            "fields": list(self._fields(own)) if own else [],
            "children": [child for child in children if child["fields"] or child["label"]],
            "children_count": group.children_count,
            "records": 1,
            "rows": [],
            "rows_count": 0,
            "is_mass": False,
            "percent": _plain(group.percent),
        }

    def _is_told(self, story: Story) -> bool:
        return self.words.audit.table(story.table).is_told

    def label(self, group: RecordGroup, own: Story | None, change: CapturedChange) -> str:
        if change.operation == "T":
            return _emptied(self.words.table(group.table), change)
        return self.record(group.table, group.key, own)

    def record(self, table: str, key: str, story: Story | None) -> str:
        read = self.names.row(table, self.names.key_of(table), key)
        values = {**read, **(story.row if story else {})}
        return self.names.record(table, values, key)

    def many(self, table: str, groups: Sequence[RecordGroup], told: list[Story]) -> Document:
        """Tell many records at once: the first rows here, all of them in the sheet."""
        first = groups[0].first
        if first is None:
            return {}
        rows = [row for story in told for row in self._rows(story, first)]
        words = {
            "table": self.words.table(table),
            "count": formats.number(len(groups), self.words.language),
        }
        columns: dict[str, Decimal | None] = {}
        for group in groups:
            for name, percent in group.columns.items():
                columns[name] = max(filter(None, (columns.get(name), percent)), default=percent)
        label = _("%(table)s: %(count)s records") % words
        return {
            **self._frame(first, groups[0].actor, table),
            "origin": _all_of(group.programs for group in groups),
            "claim": _all_of(group.claims for group in groups),
            "operation": groups[0].operation,
            "label": label,
            "record": label,
            "number": "",
            "fields": [self._mentioned(table, name, columns[name]) for name in columns],
            "children": [],
            "children_count": 0,
            "records": len(groups),
            "rows": rows[:MOST_ROWS],
            "rows_count": sum(max(len(g.columns), 1) for g in groups),
            "is_mass": True,
            "percent": _plain(max((g.percent for g in groups if g.percent), default=None)),
        }

    def _frame(self, change: CapturedChange, actor: str, table: str) -> Document:
        local = change.at.astimezone(ZoneInfo(self.words.zone))
        return {
            "type": DOCUMENT_TYPE,
            "date": local.date().isoformat(),
            "hour": f"{local.hour + local.minute / 60:.2f}",
            "weekday": str(local.isoweekday()),
            "table": table,
            "table_label": self.words.table(table),
            "actor": actor,
            "at": change.at.isoformat(),
            "currency": self.words.currency,
        }

    def _fields(self, story: Story, *, most: int = LONGEST) -> Iterator[ChangedField]:
        for name in story.columns(self.words.audit):
            before, after = story.before.get(name), story.after.get(name)
            percent = percent_of(self.words.audit, story.table, name, (before, after))
            written = self.words.pair(story.table, name, (before, after), story.names, most=most)
            yield {
                "name": name,
                "label": self.words.column(story.table, name),
                "before": written[0],
                "after": written[1],
                "percent": _plain(percent),
            }

    def _mentioned(self, table: str, name: str, percent: Decimal | None) -> ChangedField:
        label = self.words.column(table, name)
        return {
            "name": name,
            "label": label,
            "before": "",
            "after": "",
            "percent": _plain(percent),
        }

    def _child(self, story: Story) -> ChangedChild:
        return {
            "table": story.table,
            "label": self.record(story.table, story.key, story),
            "operation": story.kind,
            "actor": story.actor,  # perhaps another than the record's, or unknown
            "fields": list(self._fields(story)),
        }

    def _rows(self, story: Story, first: CapturedChange) -> Iterator[ChangedRow]:
        record = self.record(story.table, story.key, story)
        frame: ChangedRow = {"at": first.at.isoformat(), "actor": story.actor, "record": record}
        if story.kind != "changed":
            yield {**frame, "field": "", "before": "", "after": ""}
            return
        for field in self._fields(story, most=MOST_IN_A_ROW):
            yield {**frame, "field": field["label"], **_values(field)}


def _all_of(names: Iterable[set[str]]) -> str:
    """Write the few there are."""
    found = sorted(set().union(*names))
    return "; ".join(found[:MOST_NAMED]) + ("; …" if len(found) > MOST_NAMED else "")


def _values(field: ChangedField) -> ChangedRow:
    return {"before": field["before"], "after": field["after"], "percent": field["percent"]}


def _plain(percent: Decimal | None) -> str:
    return "" if percent is None else format(percent.normalize(), "f")


def _emptied(table: str, change: CapturedChange) -> str:
    count = (change.old or {}).get("rows")
    if count is None:
        return _("%(table)s: all records") % {"table": table}
    return _("%(table)s: all records, about %(count)s") % {"table": table, "count": count}
