"""Keeps what was made of equal input.

Crossplane calls whenever the status of a composed resource changes, and most of those calls bring the same XR: what was read
and rendered of it is used again. Answers do not depend on it, only how fast they come.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Cache(Generic[V]):
    """The values of the `size` keys that were asked for last."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, V] = OrderedDict()

    def once(self, key: Hashable, make: Callable[[], V]) -> V:
        """The key's value, made if it is not remembered."""
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key]
        value = self._values[key] = make()
        if len(self._values) > self._size:
            self._values.popitem(last=False)
        return value

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._values)
