"""A thread beside the event loop, for calls that take long.

Tenants take turns, so that nobody waits behind more than one call of each other tenant, however many those have asked for. A
call that nobody waits for any more is not begun, and given up at the next stage if it is.
"""

import asyncio
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

GoOn = Callable[[], None]
"""Raises Abandoned where nobody waits for the call any more."""


class Abandoned(Exception):
    """Nobody waits for the call any more: its deadline is over, or its client is gone."""


@dataclass(slots=True, eq=False)
class _Job(Generic[T]):
    work: Callable[[GoOn], T]
    deadline: float | None
    """By time.monotonic."""
    done: "asyncio.Future[T]"
    cancelled: bool = False

    def go_on(self) -> None:
        if self.cancelled or (self.deadline is not None and time.monotonic() > self.deadline):
            raise Abandoned

    def run(self) -> None:
        try:
            self.go_on()
            value = self.work(self.go_on)
        except BaseException as error:
            self._tell(self._fail, error)
        else:
            self._tell(self._succeed, value)

    def _tell(self, how: Callable[..., None], what: object) -> None:
        loop = self.done.get_loop()
        # The loop is closed while the process ends.
        if not loop.is_closed():
            loop.call_soon_threadsafe(how, what)

    def _succeed(self, value: T) -> None:
        if not self.done.done():
            self.done.set_result(value)

    def _fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class Worker:
    """One thread, started when it is first needed."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[_Job[object]]] = OrderedDict()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    async def run(self, tenant: str, work: Callable[[GoOn], T], seconds: float | None) -> T:
        """The work's value.

        `work` calls what it is given between its stages. `seconds` are left for it, without end where that is None. Raises
        Abandoned where they are over before it is done, and whatever the work raises.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        job: _Job[T] = _Job(work, deadline, asyncio.get_running_loop().create_future())
        self._add(tenant, job)
        try:
            return await job.done
        finally:
            # Whoever waited may have been cancelled: then nobody wants it.
            job.cancelled = True

    def _add(self, tenant: str, job: _Job[T]) -> None:
        with self._changed:
            self._waiting.setdefault(tenant, deque()).append(job)  # type: ignore[arg-type]
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _work(self) -> None:
        while True:
            self._next().run()

    def _next(self) -> _Job[object]:
        """The next job of the tenant whose turn it is, who then is the last in the row."""
        with self._changed:
            while not self._waiting:
                self._changed.wait()
            tenant, jobs = self._waiting.popitem(last=False)
            job = jobs.popleft()
            if jobs:
                self._waiting[tenant] = jobs
            return job
