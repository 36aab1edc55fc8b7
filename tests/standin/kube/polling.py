"""Polls: every managed resource is looked at once more, as the real provider does once in an interval."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

POLLED = "polled"
"""The line that says that a poll is done."""
Key = TypeVar("Key", bound=Hashable)


class Polling(Generic[Key]):
    """Which keys a poll has still to come to."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._due: set[Key] = set()

    def begin(self, keys: Iterable[Key]) -> None:
        """A poll of these keys begins; one that is under way becomes part of it."""
        self._due = set(keys)
        if not self._due:
            self._tell(POLLED)

    @contextmanager
    def of(self, key: Key) -> Iterator[None]:
        """A pass over a key; one that began before the poll did is not the poll's."""
        due = key in self._due
        yield
        if due and key in self._due:
            self._due.discard(key)
            if not self._due:
                self._tell(POLLED)
