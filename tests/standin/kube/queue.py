"""A work queue: each key is worked on by one worker at a time, and once however often it was added before."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class WorkQueue(Generic[Key]):
    """Keys in the order they were added."""

    def __init__(self, work: Callable[[Key], Awaitable[None]]) -> None:
        self._work = work
        self._waiting: asyncio.Queue[Key] = asyncio.Queue()
        self._queued: set[Key] = set()
        self._running: set[Key] = set()
        self._timers: dict[Key, asyncio.TimerHandle] = {}

    def add(self, key: Key) -> None:
        """Work on it soon; when it is being worked on, once more after that."""
        if (timer := self._timers.pop(key, None)) is not None:
            timer.cancel()
        if key in self._queued:
            return
        self._queued.add(key)
        if key not in self._running:
            self._waiting.put_nowait(key)

    def add_later(self, key: Key, seconds: float) -> None:
        """Work on it then, if nothing comes before."""
        if key not in self._queued and key not in self._timers:
            self._timers[key] = asyncio.get_running_loop().call_later(seconds, self.add, key)

    async def run(self, workers: int) -> None:
        """Work for ever."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(workers):
                tasks.create_task(self._run_one())

    async def _run_one(self) -> None:
        while True:
            key = await self._waiting.get()
            self._queued.discard(key)
            self._running.add(key)
            try:
                await self._work(key)
            finally:
                self._running.discard(key)
                if key in self._queued:
                    self._waiting.put_nowait(key)
