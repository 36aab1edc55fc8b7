"""What one tenant notices of others who send the worst that is valid, and what 20,000 hostile XRs leave behind.

The server is a process of its own and serves with mutual TLS, as Crossplane has it. Its clients are processes of their own, too.

First, how long another tenant's smallest call takes: 100 are sent each second, whether or not those before them were answered,
and each is timed from when it was due. So a server that stands still for a second makes a hundred calls late, not one. Beside
them 20 callers, each of a namespace of its own, send one of the worst valid PodIdentities, edited for every call.

Then the memory of a new server: all hostile inputs, refused ones and valid ones, each time with another name, tag and text,
over 6 connections.

Examples:
  .venv/bin/python -m tests.bench.fairness                     everything, about six minutes
  .venv/bin/python -m tests.bench.fairness --quick             5 s for each line, and 2,000 XRs
  .venv/bin/python -m tests.bench.fairness --xrs 0             without the memory
  .venv/bin/python -m tests.bench.fairness --seconds 0         the memory alone

"""

import argparse
import asyncio
import collections
import contextlib
import functools
import itertools
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import grpc
from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from tests.bench.accounting import peak_rss, rss
from tests.bench.hostile_inputs import INPUTS, Asked
from tests.bench.requests import NUMBER, Numbered, numbered, podidentity, request
from tests.support.certificates import authority, folder, issued
from tests.support.serving import METHOD, Server, run_function, serving

_SECONDS, _SECONDS_QUICK = 30.0, 5.0
_XRS, _XRS_QUICK = 20_000, 2_000
_LIMIT = 900.0
_TENANTS = 20
_A_SECOND = 100
_CONNECTIONS = 6
_TIMEOUT = 60.0
_LONG = 0.02
_LONG_EVERY = 10
_TARGET_MS, _TARGET_MB = 100, 150
_LINES = 10
_SPAWN = multiprocessing.get_context("spawn")

# Valid, small to write and long to answer.
_WORST = (
    "vclusters, EKS",
    "vclusters, GKE, Direct",
    "vclusters, GKE, Direct, pin Namespace",
    "vclusters, EKS, with managed policies",
    "1,024 subjects of 4.7 kB",
)


@dataclass(frozen=True)
class Endpoint:
    """Where a server is, and how a client comes to it."""

    certificates: Path
    address: str = ""

    def options(self) -> list[tuple[str, Any]]:
        """Those of a channel that shares its connection with no other."""
        return [
            ("grpc.max_receive_message_length", -1),
            ("grpc.max_send_message_length", -1),
            ("grpc.ssl_target_name_override", "localhost"),
            ("grpc.use_local_subchannel_pool", 1),
        ]

    def credentials(self) -> grpc.ChannelCredentials:
        """The client's."""
        return grpc.ssl_channel_credentials(
            *((self.certificates / name).read_bytes() for name in ("ca.crt", "tls.key", "tls.crt"))
        )

    def connect(self, address: str) -> grpc.Channel:
        """A channel to an address."""
        return grpc.secure_channel(address, self.credentials(), self.options())

    def channel(self) -> grpc.aio.Channel:
        """A channel to the server, for the event loop."""
        return grpc.aio.secure_channel(self.address, self.credentials(), self.options())


class Waited(NamedTuple):
    """How long calls took, in milliseconds."""

    calls: int
    p50: float
    p99: float
    worst: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Waited":
        """Of these; zeros where there are none."""
        if not seconds:
            return cls(0, 0, 0, 0)
        ordered = sorted(seconds)
        return cls(
            len(ordered), *(1e3 * each for each in (statistics.median(ordered), ordered[int(len(ordered) * 0.99)], ordered[-1]))
        )


@dataclass(frozen=True)
class Others:
    """What the other tenants got."""

    answered: Waited
    refused: int
    failed: dict[str, int]
    """How many calls failed, by gRPC's codes."""


def main() -> None:
    """Print both parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable, help="the server's interpreter")
    parser.add_argument(
        "--seconds", type=float, help=f"how long each line is measured (default: {_SECONDS:.0f}); 0: not at all"
    )
    parser.add_argument("--xrs", type=int, help=f"how many hostile XRs are sent (default: {_XRS:,}); 0: none")
    parser.add_argument(
        "--limit", type=float, default=_LIMIT, help="seconds after which no more are sent (default: %(default)s)"
    )
    parser.add_argument("--quick", action="store_true", help=f"{_SECONDS_QUICK:.0f} s a line and {_XRS_QUICK:,} XRs")
    options = parser.parse_args()
    seconds = options.seconds if options.seconds is not None else _SECONDS_QUICK if options.quick else _SECONDS
    xrs = options.xrs if options.xrs is not None else _XRS_QUICK if options.quick else _XRS
    with tempfile.TemporaryDirectory() as at:
        of, by = authority()
        server = folder(Path(at) / "server", of, issued(of, by))
        endpoint = Endpoint(folder(Path(at) / "client", of, issued(of, by)))
        start = functools.partial(_serving, options.python, server, endpoint)
        if seconds > 0:
            _fairness(start, endpoint, seconds)
        if xrs > 0:
            _memory(start, endpoint, xrs, options.limit)


@contextlib.contextmanager
def _serving(python: str, certificates: Path, endpoint: Endpoint) -> Iterator[Server]:
    command, arguments = [python, "-m", "function.main"], ("--tls-server-certs-dir", str(certificates))
    with serving(command, _smallest(), arguments=arguments, connect=endpoint.connect) as server:
        yield server


def _smallest() -> bytes:
    return request(podidentity(1, 1)).SerializeToString()


def _fairness(start: Callable[[], contextlib.AbstractContextManager[Server]], endpoint: Endpoint, seconds: float) -> None:
    print(f"{_A_SECOND} smallest calls a second, ms over TLS (target: p99 under {_TARGET_MS} ms)")
    print(f"{'beside':52}  {'p50':>7} {'p99':>8} {'worst':>8}   {'answered to the others':32}  {'peak RSS MB':>11}")
    for what, payloads in (
        ("nobody", []),
        (f"{_TENANTS} of the worst valid PodIdentities, new", _worst_new()),
        (f"{_TENANTS} of 1,024 associations, all observed (3.6 MB)", _worst_observed()),
    ):
        with start() as server:
            there = replace(endpoint, address=server.address)
            with _others(there, payloads) as finish:
                small: Waited = _process(_small, there, _smallest(), seconds)
                others = finish()
            peak = peak_rss(server.pid)
        mark = "!" if small.p99 > _TARGET_MS else " "
        told = (
            f"{others.answered.calls} (p50 {others.answered.p50:.0f} ms, worst {others.answered.worst:.0f} ms)"
            if payloads
            else "-"
        )
        told += f", {others.refused} refused" if others.refused else ""
        told += "".join(f", {count} {code}" for code, count in others.failed.items())
        print(f"{what:52}  {small.p50:7.2f} {small.p99:7.2f}{mark} {small.worst:8.2f}   {told:32}  {peak:11.0f}", flush=True)


def _worst_new() -> list[bytes]:
    """Of 20 namespaces: nothing of it is there yet, so the call is small and the work large."""
    asked = [next(each for each in INPUTS if each.name == name).make(0).xr for name in _WORST] + [podidentity(64, 16)]
    return [
        Asked(numbered({**xr, "metadata": {**xr["metadata"], "namespace": f"tenant-{number}"}})).request().SerializeToString()
        for number, xr in enumerate(itertools.islice(itertools.cycle(asked), _TENANTS))
    ]


def _worst_observed() -> list[bytes]:
    """Of 20 namespaces: all of it is there, as it is after an edit."""
    xr = numbered(podidentity(64, 16))
    owned = [{**xr, "metadata": {"name": "reports", "namespace": f"tenant-{number}"}} for number in range(_TENANTS)]
    return [request(each).SerializeToString() for each in owned]


@contextlib.contextmanager
def _others(endpoint: Endpoint, payloads: list[bytes]) -> Iterator[Callable[[], Others]]:
    """Have other tenants call, until they are told to end; what they got is given then."""
    if not payloads:
        yield lambda: Others(Waited.of(()), 0, {})
        return
    mine, its = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_edit_continually, args=(endpoint, payloads, its), daemon=True)
    process.start()
    its.close()

    def finish() -> Others:
        mine.send("end")
        found: Others = mine.recv()
        return found

    try:
        mine.recv()  # All have been answered once, or failed.
        yield finish
    finally:
        process.join(_TIMEOUT)
        process.terminate()


def _process(target: Callable[..., Any], *arguments: Any) -> Any:
    """What a function gives, run in a process of its own."""
    mine, its = _SPAWN.Pipe(duplex=False)
    process = _SPAWN.Process(target=_send, args=(its, target, arguments), daemon=True)
    process.start()
    its.close()
    try:
        return mine.recv()
    finally:
        process.join()


def _send(pipe: Connection, target: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    pipe.send(asyncio.run(target(*arguments)))


async def _small(endpoint: Endpoint, payload: bytes, seconds: float) -> Waited:
    """The tenant whose calls are timed, from when each was due."""
    waited: list[float] = []
    async with endpoint.channel() as channel:
        stub: Any = channel.unary_unary(METHOD)

        async def call(due: float) -> None:
            await stub(payload, timeout=_TIMEOUT)
            waited.append(time.perf_counter() - due)

        await stub(payload, timeout=_TIMEOUT)
        begin, calls = time.perf_counter(), []
        for number in range(int(seconds * _A_SECOND)):
            due = begin + number / _A_SECOND
            await asyncio.sleep(due - time.perf_counter())
            calls.append(asyncio.create_task(call(due)))
        await asyncio.gather(*calls)
    return Waited.of(waited)


def _edit_continually(endpoint: Endpoint, payloads: list[bytes], pipe: Connection) -> None:
    pipe.send(asyncio.run(_edited(endpoint, payloads, pipe)))


async def _edited(endpoint: Endpoint, payloads: list[bytes], pipe: Connection) -> Others:
    """Each tenant sends the next edit when the one before it is answered. What is not answered at the end is given up."""
    waited: list[float] = []
    refused, failed, numbers, begun = 0, collections.Counter[str](), itertools.count(1), collections.Counter[int]()
    async with endpoint.channel() as channel:
        stub: Any = channel.unary_unary(METHOD)

        async def tenant(payload: bytes) -> None:
            nonlocal refused
            edited = Numbered(payload)
            while True:
                sent, start = edited.encoded(next(numbers)), time.perf_counter()
                try:
                    answer = await stub(sent, timeout=_TIMEOUT)
                except grpc.aio.AioRpcError as error:
                    failed[error.code().name] += 1
                else:
                    waited.append(time.perf_counter() - start)
                    refused += bool(len(answer) < 100_000 and fnv1.RunFunctionResponse.FromString(answer).results)
                begun[id(payload)] += 1

        tenants = [asyncio.create_task(tenant(payload)) for payload in payloads]
        while len(begun) < len(payloads):
            await asyncio.sleep(0.05)
        waited.clear()
        refused = 0
        pipe.send("going")
        while not pipe.poll():
            await asyncio.sleep(0.05)
        for task in tenants:
            task.cancel()
        await asyncio.gather(*tenants, return_exceptions=True)
    return Others(Waited.of(waited), refused, dict(failed))


def _memory(start: Callable[[], contextlib.AbstractContextManager[Server]], endpoint: Endpoint, xrs: int, limit: float) -> None:
    print(f"\n{xrs:,} hostile XRs over {_CONNECTIONS} connections (target: {_TARGET_MB} MB)", flush=True)
    with start() as server:
        there, before, began = replace(endpoint, address=server.address), rss(server.pid), time.monotonic()
        print(f"{0:7,} sent: RSS {before:.0f} MB", flush=True)
        sent, refused, failed = _process(_send_hostile, there, server.pid, xrs, limit)
        seconds, after, peak = time.monotonic() - began, rss(server.pid), peak_rss(server.pid)
        mark = "!" if peak > _TARGET_MB else ""
        print(
            f"{sent:,} in {seconds:.0f} s: {refused:,} refused, {sent - refused - failed:,} valid, {failed:,} without an answer"
        )
        print(f"RSS before {before:.0f} MB, after {after:.0f} MB, at its peak {peak:.0f} MB{mark}")
        with endpoint.connect(server.address) as channel:
            asked = time.perf_counter()
            run_function(channel)(_smallest())
            print(f"the smallest call afterwards: {(time.perf_counter() - asked) * 1e3:.1f} ms, the connection included")


def _hostile() -> list[Numbered]:
    """Every hostile input, ready to be given numbers: as part of its name, in a tag, and in its texts where it has some."""
    made = []
    for each in INPUTS:
        asked = each.make(int(NUMBER)) if each.edits > 1 else each.make(0)
        metadata = {**asked.xr["metadata"], "name": f"x-{NUMBER}"}
        spec = {"tags": {"number": NUMBER}, **asked.xr["spec"]}
        made.append(Numbered(replace(asked, xr={**asked.xr, "metadata": metadata, "spec": spec}).request().SerializeToString()))
    return made


async def _send_hostile(endpoint: Endpoint, pid: int, xrs: int, limit: float) -> tuple[int, int, int]:
    """Send so many: how many were sent, refused, and not answered. What takes long comes less often than the rest."""
    end, numbers, refused, failed, sent = time.monotonic() + limit, itertools.count(1), 0, 0, 0
    made = _hostile()
    async with contextlib.AsyncExitStack() as opened:
        stubs: list[Any] = [
            (await opened.enter_async_context(endpoint.channel())).unary_unary(METHOD) for _ in range(_CONNECTIONS)
        ]

        async def call(stub: Any, payload: Numbered) -> None:
            nonlocal refused, failed, sent
            try:
                answer = fnv1.RunFunctionResponse.FromString(await stub(payload.encoded(next(numbers)), timeout=_TIMEOUT))
                refused += bool(answer.results)
            except grpc.aio.AioRpcError:
                failed += 1
            sent += 1
            if sent % max(1, xrs // _LINES) == 0:
                print(f"{sent:7,} sent: RSS {rss(pid):.0f} MB", flush=True)

        short: list[Numbered] = []
        long: list[Numbered] = []
        for payload in made:
            start = time.perf_counter()
            await call(stubs[0], payload)
            (long if time.perf_counter() - start > _LONG else short).append(payload)
        mixed = _mixed(short, long)

        async def connection(stub: Any) -> None:
            while sent < xrs and time.monotonic() < end:
                await call(stub, next(mixed))

        await asyncio.gather(*map(connection, stubs))
    return sent, refused, failed


def _mixed(short: list[Numbered], long: list[Numbered]) -> Iterator[Numbered]:
    for lap in itertools.count():
        yield from short
        yield from long if lap % _LONG_EVERY == 0 else ()


if __name__ == "__main__":
    main()
