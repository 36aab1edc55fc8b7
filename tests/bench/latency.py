"""Compare our function with one on the same SDK that only passes requests on: the same requests, alternately, in one run.

The servers' CPU is what the kernel says that their processes took. It holds nothing of the client, whose own work on a request
is part of every p50.
"""

import argparse
import asyncio
import itertools
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc

from tests.bench.requests import from_catalogue, in_google_cloud, podidentity, request, with_tokens
from tests.support.serving import Server, run_function, serving

_SIZES = (
    ("1 association", podidentity(1, 1), 1.7, 2.0),
    ("64 associations", podidentity(64, 1), 2.4, 2.8),
    ("1024 associations", podidentity(64, 16), 3.0, 3.3),
)
"""Each with the most CPU that a known XR and a new one may take, as multiples of the echo function's."""
_OTHERS = (
    ("IRSA, 4 issuers, 64 accounts", with_tokens(64, 4)),
    ("IRSA, 16 issuers, refused", with_tokens(64, 16)),
    ("GCP, 64 accounts x 4 roles", in_google_cloud(64, 4)),
)
_OPTIONS = [("grpc.max_receive_message_length", 1 << 26), ("grpc.max_send_message_length", 1 << 26)]
_CALLERS = 16
_MORE_THAN_ARE_KEPT = 300
_WARM_UP = 20


@dataclass
class Figures:
    """What the calls of one server took."""

    seconds: list[float] = field(default_factory=list)
    cpu: float = 0.0

    @property
    def p50(self) -> float:
        """In milliseconds."""
        return statistics.median(self.seconds) * 1e3

    @property
    def p99(self) -> float:
        """In milliseconds."""
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)] * 1e3

    @property
    def cpu_a_call(self) -> float:
        """In milliseconds."""
        return self.cpu / len(self.seconds) * 1e3


def main() -> None:
    """Print the tables; exit with 1 where a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="examples:\n  make bench\n  python -m tests.bench.latency --seconds 2",
    )
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the servers, without development tools")
    parser.add_argument("--seconds", type=float, default=8.0, help="how long to measure each line (default: 8)")
    arguments = parser.parse_args()
    first = request(_SIZES[0][1]).SerializeToString()
    commands = ([arguments.python, "-m", module] for module in ("function.main", "tests.bench.echo"))
    with serving(next(commands), first) as ours, serving(next(commands), first) as echo:
        print(f"RSS of the idle function: {rss(ours.pid):.1f} MB (target: under 64)")
        print(f"start to first answer: {ours.seconds:.3f} s (target: under 0.3; the echo function: {echo.seconds:.3f} s)\n")
        missed = list(_sizes(ours, echo, arguments.seconds))
        _callers(ours, echo, arguments.seconds)
        missed += _catalogue(ours, arguments.seconds)
    sys.exit(1 if any(missed) else 0)


_HEAD = (
    f"{'':28}        {'the servers CPU, ms a call':>32}       {'as the client sees it, ms':>34}\n"
    f"{'':28}  XR    {'echo':>8} {'ours':>8} {'ratio':>6} {'target':>7}  {'echo p50':>8} {'ours p50':>8} {'ratio':>6} {'p99':>8}"
)


def _sizes(ours: Server, echo: Server, seconds: float) -> Iterator[bool]:
    print(_HEAD)
    for what, spec, known, new in (*_SIZES, *((*other, None, None) for other in _OTHERS)):
        for label, target, payloads in (("known", known, [_payload(spec, 0)]), ("new", new, _each_new(spec))):
            figures = _alternate((ours, echo), payloads, payloads, seconds)
            ratio = figures[0].cpu_a_call / figures[1].cpu_a_call
            print(
                f"{what:28}  {label:5} {figures[1].cpu_a_call:8.2f} {figures[0].cpu_a_call:8.2f} {ratio:6.2f} "
                f"{f'{target:7.1f}' if target else '      -'}  {figures[1].p50:8.2f} {figures[0].p50:8.2f} "
                f"{figures[0].p50 / figures[1].p50:6.2f} {figures[0].p99:8.2f}",
                flush=True,
            )
            yield target is not None and ratio > target


def _payload(spec: dict[str, Any], number: int) -> bytes:
    """The steady state of a PodIdentity, told from others by a tag alone."""
    built = request(spec)
    tags = built.observed.composite.resource.fields["spec"].struct_value.fields["tags"].struct_value
    tags.fields["number"].string_value = str(number)
    return built.SerializeToString()


def _each_new(spec: dict[str, Any]) -> list[bytes]:
    """As many that differ as cannot all be kept."""
    built = request(spec)
    fields = built.observed.composite.resource.fields["spec"].struct_value.fields["tags"].struct_value.fields
    payloads = []
    for number in range(_MORE_THAN_ARE_KEPT if built.ByteSize() < 1 << 20 else 40):
        fields["number"].string_value = str(number)
        payloads.append(built.SerializeToString())
    return payloads


def _catalogue(ours: Server, seconds: float) -> Iterator[bool]:
    """How a PodIdentity that only names its clusters compares with the same that has their facts in it."""
    print(f"\n{'clusters of a catalogue':28}  {'inline p50 ms':>13} {'named p50 ms':>13} {'ratio':>6}  target")
    for what, spec, *_ in _SIZES:
        payloads = [from_catalogue(spec).SerializeToString()], [request(spec).SerializeToString()]
        named, inline = _alternate((ours, ours), *payloads, seconds)
        ratio = named.p50 / inline.p50
        print(f"{what:28}  {inline.p50:13.2f} {named.p50:13.2f} {ratio:6.2f}  {1.3:6.2f}", flush=True)
        yield ratio > 1.3


def _alternate(servers: tuple[Server, Server], a: list[bytes], b: list[bytes], seconds: float) -> tuple[Figures, Figures]:
    """Call both servers in turn, each with its payloads."""
    figures = Figures(), Figures()
    with (
        grpc.insecure_channel(servers[0].address, options=_OPTIONS) as one,
        grpc.insecure_channel(servers[1].address, options=_OPTIONS) as two,
    ):
        calls = [run_function(channel) for channel in (one, two)]
        for payload in itertools.islice(itertools.cycle(zip(a, b, strict=True)), _WARM_UP):
            for call, each in zip(calls, payload, strict=True):
                call(each)
        end = time.monotonic() + seconds
        for payload in itertools.cycle(zip(a, b, strict=True)):
            if time.monotonic() > end:
                return figures
            for server, call, each, taken in zip(servers, calls, payload, figures, strict=True):
                before, start = cpu_seconds(server.pid), time.perf_counter()
                call(each)
                taken.seconds.append(time.perf_counter() - start)
                taken.cpu += cpu_seconds(server.pid) - before
    return figures


def _callers(ours: Server, echo: Server, seconds: float) -> None:
    print(
        f"\n{f'{_CALLERS} callers at once':28}  {'echo calls/s':>12} {'ours calls/s':>12}  {'echo p99 ms':>11} {'ours p99 ms':>11}"
    )
    for what, spec, *_ in _SIZES[:2]:
        payload = _payload(spec, 0)
        (theirs, their_rate), (our, our_rate) = (
            asyncio.run(_at_once(server.address, payload, seconds)) for server in (echo, ours)
        )
        print(f"{what:28}  {their_rate:12.0f} {our_rate:12.0f}  {theirs.p99:11.2f} {our.p99:11.2f}", flush=True)


async def _at_once(address: str, payload: bytes, seconds: float) -> tuple[Figures, float]:
    """What each call took, and how many were answered in a second."""
    figures = Figures()
    async with grpc.aio.insecure_channel(address, options=_OPTIONS) as channel:
        call: Callable[..., Any] = channel.unary_unary("/apiextensions.fn.proto.v1.FunctionRunnerService/RunFunction")
        end = time.monotonic() + seconds

        async def caller() -> None:
            while time.monotonic() < end:
                start = time.perf_counter()
                await call(payload)
                figures.seconds.append(time.perf_counter() - start)

        await asyncio.gather(*(caller() for _ in range(_CALLERS)))
    return figures, len(figures.seconds) / seconds


def cpu_seconds(pid: int) -> float:
    """How long all threads of a process have been running, by the kernel's own accounting."""
    nanoseconds: Sequence[str] = [file.read_text().split()[0] for file in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(map(int, nanoseconds)) / 1e9


def rss(pid: int) -> float:
    """The memory of a process, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    main()
