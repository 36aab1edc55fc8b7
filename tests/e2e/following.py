"""Follows all objects of a kind through a watch, so that no state is missed between two looks."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.controlplane.places import Places
from tests.e2e.watching import Lost, watch


@dataclass
class Follower:
    """What was seen of the objects of one kind."""

    group: str
    version: str
    plural: str
    synced: set[str] = field(default_factory=set)
    ready: set[str] = field(default_factory=set)
    """Names (namespace/name) that are so now."""
    changes: Counter[str] = field(default_factory=Counter)
    """How often each was seen to change, its creation included."""
    troubled: dict[str, str] = field(default_factory=dict)
    """Those that were seen with Synced=False or Responsive=False, and the message."""
    unresponsive: dict[str, str] = field(default_factory=dict)
    """Those that were seen with Responsive=False, and the message."""
    keep: bool = False
    """Whether every object that is seen is kept."""
    seen: list[dict[str, Any]] = field(default_factory=list)

    closed: threading.Event = field(default_factory=threading.Event)
    lost: bool = False
    """Whether its watch was broken for too long, so that nothing is seen any more."""

    def __post_init__(self) -> None:
        self._changed = threading.Condition()

    def follow(self, places: Places) -> None:
        """Take in what happens, until it is closed."""
        try:
            for change, found in watch(places, self.group, self.version, self.plural, self.closed):
                with self._changed:
                    self._see(found, gone=change == "DELETED")
                    self._changed.notify_all()
        except Lost:
            self.lost = True

    def _see(self, found: dict[str, Any], *, gone: bool) -> None:
        name = f"{found['metadata'].get('namespace', '')}/{found['metadata']['name']}"
        self.changes[name] += 1
        if self.keep:
            self.seen.append(found)
        conditions = {c["type"]: c for c in found.get("status", {}).get("conditions", [])}
        for which, names in (("Synced", self.synced), ("Ready", self.ready)):
            if not gone and conditions.get(which, {}).get("status") == "True":
                names.add(name)
            else:
                names.discard(name)
        for which in ("Synced", "Responsive"):
            if conditions.get(which, {}).get("status") == "False":
                self.troubled[name] = conditions[which].get("message", "")
        if conditions.get("Responsive", {}).get("status") == "False":
            self.unresponsive[name] = conditions["Responsive"].get("message", "")

    def wait(self, seen: Callable[["Follower"], bool], seconds: float, what: str) -> float:
        """Wait for something; the moment (time.monotonic()) when it was so."""
        with self._changed:
            if not self._changed.wait_for(lambda: seen(self), seconds):
                raise TimeoutError(f"{what}: not within {seconds:.0f} s ({len(self.synced)} synced, {len(self.ready)} ready)")
            return time.monotonic()


@contextlib.contextmanager
def following(places: Places, group: str, version: str, plural: str, *, keep: bool = False) -> Iterator[Follower]:
    """Follow all objects of a kind, and keep all that is seen of them if that is asked for."""
    follower = Follower(group, version, plural, keep=keep)
    threading.Thread(target=follower.follow, args=(places,), daemon=True).start()
    try:
        yield follower
    finally:
        follower.closed.set()
