"""Compare this function with one on the same SDK that only passes on what it gets: the same bytes to both, in turn, in one run.

Three kinds of figures, none of which stands for another:

  CPU   what the kernel counts for the server's process, all threads of it, divided by its calls. Nothing of the client is in it.
        Both servers keep the memory that they once had, so that page faults are not what is compared.
  p50   what a caller waits, one call at a time. The client's own work on a request, which is the same for both servers, is in
        it, and with large requests it is most of it: so its ratio flatters.
  rate  what 16 callers get in a second. Client and server share the machine's cores.

A known XR is the same on every call, as when the status of what is composed changes; a new one has another tag on every call.

Examples:
  make bench                                              everything, about four minutes
  .venv/bin/python -m tests.bench.latency --quick         the same, a second a line
  .venv/bin/python -m tests.bench.latency --only 1024     only the lines with this in their names

"""

import argparse
import asyncio
import itertools
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import grpc
from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from tests.bench.accounting import cpu_seconds, rss
from tests.bench.requests import Numbered, from_catalogue, in_google_cloud, numbered, podidentity, request, with_tokens
from tests.support.serving import METHOD, Server, run_function, serving


@dataclass(frozen=True)
class Case:
    """A PodIdentity, and how many times the echo function's CPU an answer may take: to a known XR, and to a new one."""

    name: str
    podidentity: dict[str, Any]
    known: float | None = None
    new: float | None = None
    refused: bool = False


_SIZES = (
    Case("1 association", podidentity(1, 1), 1.7, 2.0),
    Case("64 associations", podidentity(64, 1), 2.4, 2.8),
    Case("1024 associations", podidentity(64, 16), 3.0, 3.3),
)
_CASES = (
    *_SIZES,
    Case("IRSA, 4 issuers, 64 accounts", with_tokens(64, 4)),
    Case("IRSA, 16 issuers, refused", with_tokens(64, 16), refused=True),
    Case("GCP, 64 accounts x 4 roles", in_google_cloud(64, 4)),
)
_NAMED = 1.3
"""How many times the time of a PodIdentity with its clusters' facts in it one may take that only names them."""
# By itself glibc gives memory back after one large request and gets it again for the next. Which server does so is chance (the
# echo function does, 569 page faults for each of 64 associations' requests), and it can be half of all CPU.
_KEEPING_MEMORY = ["env", *(f"MALLOC_{name}_THRESHOLD_={1 << 28}" for name in ("TRIM", "MMAP"))]
_CALLERS = 16
_SLICES = 4
_WARM_UP = 20
_SECONDS, _SECONDS_QUICK = 8.0, 1.0
_OPTIONS = [("grpc.max_receive_message_length", 1 << 26), ("grpc.max_send_message_length", 1 << 26)]


class _Payloads:
    """Requests in a row: all the same, or each with a number of its own."""

    def __init__(self, case: Case, *, new: bool) -> None:
        self._numbered, self._numbers = Numbered(request(numbered(case.podidentity)).SerializeToString()), itertools.count(1)
        self._known = None if new else self._numbered.encoded(0)

    def next(self) -> bytes:
        return self._known or self._numbered.encoded(next(self._numbers))


@dataclass
class Figures:
    """What the calls of one server took."""

    waited: list[float] = field(default_factory=list)
    """Seconds, of each call."""
    cpu: float = 0.0
    """Seconds, of all."""
    seconds: float = 0.0
    """How long many callers went on together."""

    @property
    def p50(self) -> float:
        """In milliseconds."""
        return statistics.median(self.waited) * 1e3

    @property
    def p99(self) -> float:
        """In milliseconds."""
        return sorted(self.waited)[int(len(self.waited) * 0.99)] * 1e3

    @property
    def cpu_a_call(self) -> float:
        """In milliseconds."""
        return self.cpu / len(self.waited) * 1e3


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the servers, without development tools")
    parser.add_argument("--seconds", type=float, default=_SECONDS, help="how long to measure each line (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help=f"{_SECONDS_QUICK:.0f} s a line")
    parser.add_argument("--only", default="", metavar="NAME", help="only the lines with this in their names")
    options = parser.parse_args()
    seconds = _SECONDS_QUICK if options.quick else options.seconds
    cases, sizes = ([case for case in some if options.only in case.name] for some in (_CASES, _SIZES))
    if not cases:
        parser.error(f"no line has {options.only!r} in its name; there are: {', '.join(case.name for case in _CASES)}")
    first = request(_SIZES[0].podidentity).SerializeToString()
    commands = [[options.python, "-m", module] for module in ("function.main", "tests.bench.echo")]
    with serving(commands[0], first) as ours, serving(commands[1], first) as echo:
        print(f"RSS of the idle function: {rss(ours.pid):.1f} MB (target: under 64)")
        print(f"start to first answer: {ours.seconds:.3f} s (target: under 0.3; the echo function: {echo.seconds:.3f} s)\n")
    kept = [[*_KEEPING_MEMORY, *command] for command in commands]
    with serving(kept[0], first) as ours, serving(kept[1], first) as echo:
        _one_at_a_time(cases, ours, echo, seconds)
        if sizes:
            _at_once(sizes, ours, echo, seconds)
            _catalogue(sizes, ours, seconds)


def _one_at_a_time(cases: list[Case], ours: Server, echo: Server, seconds: float) -> None:
    print(
        f"{'one caller':28}  {'':5}  {'':10}  {'CPU of the servers, ms a call':^33}  {'p50 of the caller, ms':^22}  {'p99':>6}"
    )
    print(
        f"{'':28}  {'XR':5}  {'request kB':>10}  {'echo':>8} {'ours':>8} {'ratio':>6} {'target':>8}  "
        f"{'echo':>7} {'ours':>7} {'ratio':>6}  {'ours':>6}"
    )
    for case, new in itertools.product(cases, (False, True)):
        target, size = case.new if new else case.known, len(_Payloads(case, new=False).next())
        our, their = _in_turn(case, ours, echo, seconds, new=new)
        print(
            f"{case.name:28}  {'new' if new else 'known':5}  {size / 1e3:10.1f}  {their.cpu_a_call:8.2f} {our.cpu_a_call:8.2f} "
            f"{_against(our.cpu_a_call / their.cpu_a_call, target)}  {their.p50:7.2f} {our.p50:7.2f} {our.p50 / their.p50:6.2f}  "
            f"{our.p99:6.2f}",
            flush=True,
        )


def _at_once(cases: list[Case], ours: Server, echo: Server, seconds: float) -> None:
    print(
        f"\n{f'{_CALLERS} callers at once':28}  {'':5}  {'calls a second':^17}  {'p99, ms':^17}  {'CPU of the servers, ms a call':^33}"
    )
    print(
        f"{'':28}  {'XR':5}  {'echo':>8} {'ours':>8}  {'echo':>8} {'ours':>8}  {'echo':>8} {'ours':>8} {'ratio':>6}",
        flush=True,
    )
    for case, new in itertools.product(cases, (False, True)):
        our, their = asyncio.run(_by_many(case, (ours, echo), seconds, new=new))
        print(
            f"{case.name:28}  {'new' if new else 'known':5}  {len(their.waited) / their.seconds:8.0f} {len(our.waited) / our.seconds:8.0f}  "
            f"{their.p99:8.2f} {our.p99:8.2f}  {their.cpu_a_call:8.2f} {our.cpu_a_call:8.2f} "
            f"{our.cpu_a_call / their.cpu_a_call:6.2f}",
            flush=True,
        )


def _catalogue(cases: list[Case], ours: Server, seconds: float) -> None:
    """How a PodIdentity that only names its clusters compares with the same that has their facts in it, both known."""
    print(f"\n{'clusters of a catalogue':28}  {'':5}  {'CPU, ms a call':^33}  {'p50, ms':^22}")
    print(f"{'':28}  {'XR':5}  {'inline':>8} {'named':>8} {'ratio':>6} {'target':>8}  {'inline':>7} {'named':>7} {'ratio':>6}")
    for case in cases:
        payloads = (built.SerializeToString() for built in (from_catalogue(case.podidentity), request(case.podidentity)))
        with _channel(ours) as channel:
            call = run_function(channel)
            named, inline = (_alone(ours, call, payload, seconds / 2) for payload in payloads)
        print(
            f"{case.name:28}  {'known':5}  {inline.cpu_a_call:8.2f} {named.cpu_a_call:8.2f} "
            f"{_against(named.cpu_a_call / inline.cpu_a_call, _NAMED)}  {inline.p50:7.2f} {named.p50:7.2f} "
            f"{named.p50 / inline.p50:6.2f}",
            flush=True,
        )


def _against(ratio: float, target: float | None) -> str:
    """A ratio and its target; one that is missed is marked."""
    if target is None:
        return f"{ratio:6.2f} {'-':>8}"
    return f"{ratio:6.2f} {f'{target:.1f}':>7}{'!' if ratio > target else ' '}"


def _in_turn(case: Case, ours: Server, echo: Server, seconds: float, *, new: bool) -> tuple[Figures, Figures]:
    """Call both servers in turn, with the same bytes: what was slow for one while it lasted was slow for the other."""
    payloads, figures, servers = _Payloads(case, new=new), (Figures(), Figures()), (ours, echo)
    with _channel(ours) as one, _channel(echo) as other:
        calls = [run_function(channel) for channel in (one, other)]
        _check(case, calls[0](payloads.next()))
        for call in calls * _WARM_UP:
            call(payloads.next())
        before = [cpu_seconds(server.pid) for server in servers]
        for payload in _until(seconds, payloads):
            for call, taken in zip(calls, figures, strict=True):
                start = time.perf_counter()
                call(payload)
                taken.waited.append(time.perf_counter() - start)
        # All that was done meanwhile, that after an answer was sent included.
        for server, taken, cpu in zip(servers, figures, before, strict=True):
            taken.cpu = cpu_seconds(server.pid) - cpu
    return figures


def _alone(server: Server, call: Callable[[bytes], bytes], payload: bytes, seconds: float) -> Figures:
    """Call one server."""
    figures = Figures()
    for _ in range(_WARM_UP):
        call(payload)
    before, end = cpu_seconds(server.pid), time.monotonic() + seconds
    while not figures.waited or time.monotonic() < end:
        start = time.perf_counter()
        call(payload)
        figures.waited.append(time.perf_counter() - start)
    figures.cpu = cpu_seconds(server.pid) - before
    return figures


async def _by_many(case: Case, servers: tuple[Server, Server], seconds: float, *, new: bool) -> tuple[Figures, Figures]:
    """Call the servers for so many seconds each, a slice of them in turn, with as many callers as are waiting at a time."""
    payloads, figures = _Payloads(case, new=new), (Figures(), Figures())
    for _, (server, taken) in itertools.product(range(_SLICES), list(zip(servers, figures, strict=True))):
        async with grpc.aio.insecure_channel(server.address, options=_OPTIONS) as channel:
            stub: Any = channel.unary_unary(METHOD)
            call: Callable[[bytes], Any] = stub
            for _ in range(_WARM_UP if not taken.waited else 1):
                await call(payloads.next())
            before, start = cpu_seconds(server.pid), time.monotonic()
            await asyncio.gather(*(_caller(call, payloads, taken, start + seconds / _SLICES) for _ in range(_CALLERS)))
            taken.cpu += cpu_seconds(server.pid) - before
            taken.seconds += time.monotonic() - start
    return figures


async def _caller(call: Callable[[bytes], Any], payloads: _Payloads, taken: Figures, end: float) -> None:
    while time.monotonic() < end:
        payload, start = payloads.next(), time.perf_counter()
        await call(payload)
        taken.waited.append(time.perf_counter() - start)


def _until(seconds: float, payloads: _Payloads) -> Iterator[bytes]:
    """Requests for so long, one at least."""
    end = time.monotonic() + seconds
    yield payloads.next()
    while time.monotonic() < end:
        yield payloads.next()


def _check(case: Case, answer: bytes) -> None:
    """Raise where the answer is of another kind than what is to be measured."""
    results = fnv1.RunFunctionResponse.FromString(answer).results
    if bool(results) is not case.refused:
        message = f"{case.name}: {results[0].message if results else 'should be refused, and is not'}"
        raise RuntimeError(message)


def _channel(server: Server) -> grpc.Channel:
    return grpc.insecure_channel(server.address, options=_OPTIONS)


if __name__ == "__main__":
    main()
