"""What the provider knows and no API server does: external names that were not written yet, and operations under way."""

from collections.abc import Iterable
from datetime import datetime

from tests.standin.cloud.calls import Entry
from tests.standin.provider.kinds import KINDS

_NAMED_BY = dict(kind.named_by for kind in KINDS)


class Memory:
    """By the uid of the managed resource."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._names: dict[str, str] = {}
        self._begun: dict[tuple[str, str], datetime] = {}
        for entry in entries:
            self._recall(entry)

    def _recall(self, entry: Entry) -> None:
        """Take an external name from the journal: the process may have ended before it was written anywhere else."""
        field = _NAMED_BY.get(entry.call)
        if field and entry.answer:
            self._names[entry.by] = entry.answer[field]

    def name(self, uid: str) -> str:
        """The external name, empty where none is known."""
        return self._names.get(uid, "")

    def learn(self, uid: str, name: str) -> None:
        """Note an external name."""
        self._names[uid] = name

    def seconds(self, uid: str, operation: str, now: datetime) -> float:
        """For how long an operation has been under way; it begins now if it was not."""
        return (now - self._begun.setdefault((uid, operation), now)).total_seconds()

    def ended(self, uid: str, *operations: str) -> None:
        """Forget when they began."""
        for operation in operations:
            self._begun.pop((uid, operation), None)

    def forget(self, uid: str) -> None:
        """Forget what was under way for a resource that is gone; its name may still be asked for by a pass that runs."""
        self.ended(uid, "create", "update", "delete")
