"""Whether what nobody edits stays still: every change of an XR, a claim, an entry or a managed resource, seen through watches."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.controlplane.places import Places
from tests.controlplane.waiting import Late, until
from tests.e2e.api import client, cluster_kind
from tests.e2e.identities import GROUP, KINDS, VERSION
from tests.e2e.watching import Lost, watch

Key = tuple[str, str]
"""The plural and group of a kind, and a name with its namespace."""
_OURS = ("podidentities", "xpodidentities", "podidentityclaims", "podidentityclusters")


@dataclass(frozen=True)
class Seen:
    """An object as it was seen last."""

    uid: str
    generation: int
    version: str
    going: bool
    """Whether it is being deleted."""


class Movements:
    """What moved, and when. A managed resource moves with its generation, everything of ours with its resourceVersion."""

    def __init__(self) -> None:
        self._objects: dict[Key, Seen] = {}
        self._moved: dict[Key, float] = {}
        self._lock = threading.Lock()
        self._changes: Counter[Key] = Counter()
        self._unresponsive: dict[Key, str] = {}
        self._highest = 0
        self._closed = threading.Event()
        self.lost: list[str] = []
        """The kinds of which nothing is seen any more."""

    def close(self) -> None:
        """Follow no longer."""
        self._closed.set()

    def begin(self) -> None:
        """Forget what was, but for what is there."""
        with self._lock:
            self._changes.clear()
            self._unresponsive.clear()
            self._highest = 0

    @property
    def changes(self) -> Counter[Key]:
        """How often each object changed since the beginning."""
        with self._lock:
            return Counter(self._changes)

    @property
    def unresponsive(self) -> dict[Key, str]:
        """What was seen with Responsive=False since the beginning, and what Crossplane said."""
        with self._lock:
            return dict(self._unresponsive)

    @property
    def highest(self) -> int:
        """The highest generation of a managed resource since the beginning."""
        with self._lock:
            return self._highest

    def present(self, matching: Callable[[str], bool]) -> list[Key]:
        """The objects that are there of kinds, named plural.group."""
        with self._lock:
            return [key for key in self._objects if matching(key[0])]

    def going(self) -> list[Key]:
        """What is being deleted."""
        with self._lock:
            return [key for key, seen in self._objects.items() if seen.going]

    def wait_quiet(self, seconds: float, patience: float) -> None:
        """Wait until nothing has moved for so long. Raises Late, with what still moves."""
        try:
            until(lambda: not self.since(time.monotonic() - seconds), patience, f"nothing moves for {seconds:.0f} s")
        except Late as late:
            raise Late(f"{late}; what moved last: {self.since(time.monotonic() - seconds)}") from None

    def since(self, moment: float) -> dict[Key, Seen | None]:
        """What moved since a moment (time.monotonic()), and how it was seen last."""
        with self._lock:
            return {key: self._objects.get(key) for key, moved in self._moved.items() if moved > moment}

    def follow(self, places: Places, group: str, version: str, plural: str) -> None:
        """Take in what happens to a kind, until it is closed."""
        try:
            for change, found in watch(places, group, version, plural, self._closed):
                self._see((f"{plural}.{group}", _name(found)), found, gone=change == "DELETED")
        except Lost:
            self.lost.append(f"{plural}.{group}")

    def _see(self, key: Key, found: dict[str, Any], *, gone: bool) -> None:
        metadata = found["metadata"]
        seen = Seen(metadata["uid"], metadata["generation"], metadata["resourceVersion"], "deletionTimestamp" in metadata)
        ours = key[0].endswith(f".{GROUP}")
        with self._lock:
            before = self._objects.get(key)
            if before is not None and before.version == seen.version and not gone:
                return  # a watch that was begun anew
            self._changes[key] += 1
            if gone:
                self._objects.pop(key, None)
            else:
                self._objects[key] = seen
            if gone or before is None or ours or (before.uid, before.generation) != (seen.uid, seen.generation):
                self._moved[key] = time.monotonic()
            if not ours:
                self._highest = max(self._highest, seen.generation)
            for condition in found.get("status", {}).get("conditions", []):
                if (condition["type"], condition["status"]) == ("Responsive", "False"):
                    self._unresponsive[key] = condition.get("message", "")


def _name(found: Any) -> str:
    return "/".join(filter(None, (found["metadata"].get("namespace"), found["metadata"]["name"])))


@contextlib.contextmanager
def following(places: Places) -> Iterator[Movements]:
    """Follow everything, for as long as the context lasts."""
    movements = Movements()
    with contextlib.closing(client(places)) as priming:
        # What is read for the first time by many threads at once makes lightkube's decoder crash.
        assert priming.get(cluster_kind("", "v1", "namespaces"), "default").metadata
    served = [served for each in KINDS["aws"] for served in [(s.group, s.version, each.plural) for s in each.served()]]
    for each in (*served, *((GROUP, VERSION, plural) for plural in _OURS)):
        threading.Thread(target=movements.follow, args=(places, *each), daemon=True).start()
    try:
        yield movements
    finally:
        movements.close()
