"""What takes long runs beside the event loop: in turn, and no longer than somebody waits for it."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from function.worker import Abandoned, GoOn, Worker


def run(test: Callable[[Worker], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test(Worker()))


def test_the_event_loop_goes_on_meanwhile() -> None:
    async def test(worker: Worker) -> None:
        held = threading.Event()
        waiting = asyncio.create_task(worker.run("a", lambda _: held.wait(60), None))
        # Only the loop can let it go on.
        await asyncio.sleep(0)
        held.set()
        assert await waiting

    run(test)


def test_what_it_raises_reaches_who_asked() -> None:
    async def test(worker: Worker) -> None:
        def fails(_: GoOn) -> None:
            raise KeyError("oops")

        with pytest.raises(KeyError, match="oops"):
            await worker.run("a", fails, None)
        assert await worker.run("a", lambda _: 1, None) == 1

    run(test)


def test_tenants_take_turns() -> None:
    """However many calls one has asked for, another waits behind one of them."""

    async def test(worker: Worker) -> None:
        order: list[str] = []
        begun, held = threading.Event(), threading.Event()

        def notes(name: str) -> Callable[[GoOn], None]:
            return lambda _: order.append(name)

        def holds(_: GoOn) -> None:
            begun.set()
            held.wait(60)

        first = asyncio.create_task(worker.run("a", holds, None))
        await asyncio.to_thread(begun.wait, 60)
        others = [
            asyncio.create_task(worker.run(tenant, notes(name), None))
            for tenant, name in [("a", "a1"), ("a", "a2"), ("a", "a3"), ("b", "b1"), ("b", "b2"), ("c", "c1")]
        ]
        # Each task's first step puts its call into the row.
        await asyncio.sleep(0)
        held.set()
        await asyncio.gather(first, *others)
        assert order == ["a1", "b1", "c1", "a2", "b2", "a3"]

    run(test)


def test_a_call_whose_deadline_is_over_is_not_begun() -> None:
    async def test(worker: Worker) -> None:
        begun: list[bool] = []
        with pytest.raises(Abandoned):
            await worker.run("a", lambda _: begun.append(True), -1.0)
        assert not begun

    run(test)


def test_it_is_given_up_between_stages() -> None:
    async def test(worker: Worker) -> None:
        stages: list[int] = []
        reached, held = threading.Event(), threading.Event()

        def work(go_on: GoOn) -> None:
            for stage in range(3):
                stages.append(stage)
                reached.set()
                held.wait(60)
                go_on()

        waiting = asyncio.create_task(worker.run("a", work, None))
        await asyncio.to_thread(reached.wait, 60)
        # Its client is gone: gRPC cancels the task.
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        held.set()
        # The thread is free again.
        assert await worker.run("b", lambda _: 1, None) == 1
        assert stages == [0]

    run(test)


def test_what_a_client_asked_for_who_is_gone_is_not_begun() -> None:
    async def test(worker: Worker) -> None:
        begun: list[bool] = []
        held = threading.Event()
        first = asyncio.create_task(worker.run("a", lambda _: held.wait(60), None))
        second = asyncio.create_task(worker.run("a", lambda _: begun.append(True), None))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        held.set()
        await first
        assert await worker.run("a", lambda _: 1, None) == 1
        assert not begun

    run(test)
