"""Keeps what was made of equal input.

Crossplane calls whenever the status of a composed resource changes, and most of those calls bring the same XR: what was read
and rendered of it is used again. Answers do not depend on it, only how fast they come.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_LARGEST_SHARE = 4


class Cache(Generic[K, V]):
    """The values of the keys that were asked for last, as many as there is room for; for any number of threads."""

    def __init__(self, room: int, weigh: Callable[[K, V], int]) -> None:
        """Take the room in bytes, and what tells how many a key and its value take."""
        self._room = room
        self._weigh = weigh
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._taken = 0
        self._lock = Lock()

    def once(self, key: K, make: Callable[[], V]) -> V:
        """The key's value, made if it is not kept. Two threads that ask at the same time may both make it."""
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
                return found[0]
        value = make()
        weight = self._weigh(key, value)
        # One that takes much of the room would push out the values of many others.
        if weight <= self._room // _LARGEST_SHARE:
            self._keep(key, value, weight)
        return value

    def _keep(self, key: K, value: V, weight: int) -> None:
        with self._lock:
            if key in self._values:
                return
            self._values[key] = value, weight
            self._taken += weight
            while self._taken > self._room:
                _, (_, freed) = self._values.popitem(last=False)
                self._taken -= freed

    def values(self) -> list[V]:
        """Those that are kept, the one asked for last at the end."""
        with self._lock:
            return [value for value, _ in self._values.values()]

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._values)
