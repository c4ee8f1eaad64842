"""Read what claimed messages share, block by block; revisions and dispatches never change."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable

from emailketing.content.frozen_look import restore_logo
from emailketing.content.models import Revision
from emailketing.outbox.job import Job
from emailketing.outbox.models import Attachment, Dispatch, Message
from emailketing.outbox.queueing.write_out import FileRef, Material

MOST_KEPT = 200  # dispatches and revisions


class Library:
    """Material by message, read in blocks and kept while it is in use."""

    def __init__(self) -> None:
        self._revisions: OrderedDict[int, Revision] = OrderedDict()

    def gather(self, jobs: Iterable[Job]) -> dict[int, Material]:
        """Return the material of every job, by the job's id; three queries for the block."""
        wanted = list(jobs)
        self._read_revisions({job.revision_id for job in wanted})
        dispatches = {job.dispatch_id for job in wanted}
        data = dict(Dispatch.objects.filter(pk__in=dispatches).values_list("pk", "data"))
        files = files_of(dispatches)
        shared: dict[tuple[int, int], Material] = {}
        for job in wanted:
            key = (job.dispatch_id, job.revision_id)
            if key not in shared:
                shared[key] = Material(
                    self._revisions[job.revision_id],
                    job.trigger,
                    data[job.dispatch_id],
                    files[job.dispatch_id],
                )
        return {job.id: shared[job.dispatch_id, job.revision_id] for job in wanted}

    def _read_revisions(self, wanted: set[int]) -> None:
        missing = [number for number in wanted if number not in self._revisions]
        for number, revision in Revision.objects.in_bulk(missing).items():
            restore_logo(revision)
            self._revisions[number] = revision
        for number in wanted:
            self._revisions.move_to_end(number)
        while len(self._revisions) > max(MOST_KEPT, len(wanted)):
            self._revisions.popitem(last=False)


def files_of(dispatches: Iterable[int]) -> dict[int, list[FileRef]]:
    found: dict[int, list[FileRef]] = defaultdict(list)
    for file in Attachment.objects.filter(dispatch__in=list(dispatches)).order_by("pk"):
        ref = FileRef(file.sha256, file.file_name, file.mime_type, file.language)
        found[file.dispatch_id].append(ref)
    return found


def material_of(message: Message) -> Material:
    """Return the material of one message, for previews."""
    sent = message.dispatch
    restore_logo(message.revision)
    files = files_of([message.dispatch_id])[message.dispatch_id]
    return Material(message.revision, sent.trigger, sent.data, files)
