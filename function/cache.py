"""Keeps what was made of equal input, in a bounded room.

Crossplane calls whenever the status of a composed resource changes, and most of those calls bring the same XR: what was read
and rendered of it is used again. Answers do not depend on it, only how fast they come.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_LARGEST = 4
"""What takes more than this part of the room is not kept: it would put out everything else."""


class Cache(Generic[K, V]):
    """The values that were asked for last, as many as go into `room` bytes.

    `weigh` says how many bytes a key and its value take. Threads may share it. Two that ask at once for the same may both make
    it.
    """

    def __init__(self, room: int, weigh: Callable[[K, V], int]) -> None:
        self._room, self._weigh = room, weigh
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._taken = 0
        self._lock = threading.Lock()

    def once(self, key: K, make: Callable[[], V]) -> V:
        """The key's value, made if it is not kept."""
        found = self.find(key)
        if found is not None:
            return found
        value = make()
        self.keep(key, value)
        return value

    def find(self, key: K) -> V | None:
        """The key's value, None if it is not kept."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def keep(self, key: K, value: V) -> None:
        """Keep a value, or weigh it anew that is kept and has changed."""
        weight = self._weigh(key, value)
        with self._lock:
            _, before = self._values.pop(key, (None, 0))
            self._taken -= before
            if weight * _LARGEST > self._room:
                return
            self._values[key] = value, weight
            self._taken += weight
            while self._taken > self._room:
                _, (_, gone) = self._values.popitem(last=False)
                self._taken -= gone

    @property
    def taken(self) -> int:
        """The bytes that are taken."""
        return self._taken

    def __contains__(self, key: K) -> bool:
        return key in self._values

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._values)
