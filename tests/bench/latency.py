"""Compare our function's latency with an echo function's: the same requests, alternately, in one run."""

import argparse
import itertools
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import grpc

from tests.bench.requests import from_catalogue, in_google_cloud, podidentity, request, with_tokens
from tests.support.serving import run_function, serving

_CASES = (
    ("1 association", podidentity(1, 1), 1.7),
    ("64 associations", podidentity(64, 1), 2.4),
    ("1024 associations", podidentity(64, 16), 3.0),
    ("IRSA, 4 issuers, 64 accounts", with_tokens(64, 4), 3.0),
    ("IRSA, 16 issuers, refused", with_tokens(64, 16), 3.0),
    ("GCP, 64 accounts x 4 roles", in_google_cloud(64, 4), 6.0),
)
_NAMED = (
    ("1 association", podidentity(1, 1), 1.3),
    ("64 associations", podidentity(64, 1), 1.3),
    ("1024 associations", podidentity(64, 16), 1.3),
)
_SECONDS_A_SIZE = 10.0
_MORE_THAN_ARE_REMEMBERED = 300


def main() -> None:
    """Print the table; exit with 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the servers, without development tools")
    python = parser.parse_args().python
    first = request(_CASES[0][1]).SerializeToString()
    commands = ([python, "-m", module] for module in ("function.main", "tests.bench.echo"))
    with serving(next(commands), first) as ours, serving(next(commands), first) as echo:
        print(f"RSS of the idle function: {_rss(ours.pid):.1f} MB (target: under 64)")
        print(f"start to first answer: {ours.seconds:.3f} s (target: under 0.3; the echo function: {echo.seconds:.3f} s)")
        print(f"{'':28}  request kB  echo p50 ms  ours p50 ms  p99 ms  ratio  target")
        missed = [_row(ours.address, echo.address, *case) for case in _CASES]
        print(f"{'clusters of a catalogue':28}  request kB  inline p50 ms  named p50 ms  ratio  target")
        missed += [_catalogue_row(ours.address, *case) for case in _NAMED]
        print("and where every call brings another XR, so that nothing of it is remembered:")
        for what, spec, _ in (*_CASES[:2], *_CASES[3:]):
            _row(ours.address, echo.address, what, spec, None)
    sys.exit(1 if any(missed) else 0)


def _row(ours: str, echo: str, what: str, spec: dict[str, Any], target: float | None) -> bool:
    """Print a line; whether its target is missed. Without a target every call brings another XR."""
    names = ["reports"] if target else [f"reports-{number}" for number in range(_MORE_THAN_ARE_REMEMBERED)]
    payloads = [request(spec, name).SerializeToString() for name in names]
    our_times, echo_times = _alternate(ours, echo, payloads)
    p50, echo_p50 = statistics.median(our_times) * 1e3, statistics.median(echo_times) * 1e3
    p99 = sorted(our_times)[int(len(our_times) * 0.99)] * 1e3
    ratio = p50 / echo_p50
    print(
        f"{what:28}  {len(payloads[0]) / 1e3:10.1f}  {echo_p50:11.2f}  {p50:11.2f}  {p99:6.2f}  "
        f"{ratio:5.2f}  {f'{target:6.2f}' if target else '     -'}",
        flush=True,
    )
    return target is not None and ratio > target


def _catalogue_row(ours: str, what: str, spec: dict[str, Any], target: float) -> bool:
    """Print how a PodIdentity that only names its clusters compares with the same that has their facts beside them."""
    payloads = [request(spec).SerializeToString()]
    named, inline = _alternate(ours, ours, [from_catalogue(spec).SerializeToString()], payloads)
    p50, inline_p50 = statistics.median(named) * 1e3, statistics.median(inline) * 1e3
    ratio = p50 / inline_p50
    print(
        f"{what:28}  {len(payloads[0]) / 1e3:10.1f}  {inline_p50:13.2f}  {p50:12.2f}  {ratio:5.2f}  {target:6.2f}", flush=True
    )
    return ratio > target


def _alternate(
    ours: str, echo: str, payloads: list[bytes], theirs: list[bytes] | None = None
) -> tuple[list[float], list[float]]:
    """How long calls took at both addresses, in turn; of the same payloads, unless the second has others."""
    options = [("grpc.max_receive_message_length", 1 << 26), ("grpc.max_send_message_length", 1 << 26)]
    times: tuple[list[float], list[float]] = ([], [])
    with grpc.insecure_channel(ours, options=options) as a, grpc.insecure_channel(echo, options=options) as b:
        calls = [run_function(channel) for channel in (a, b)]
        for call in calls * 20:
            call(payloads[0])
        sent = itertools.cycle(zip(payloads, theirs or payloads, strict=True))
        end = time.monotonic() + _SECONDS_A_SIZE
        for both in sent:
            if time.monotonic() > end:
                break
            for call, payload, taken in zip(calls, both, times, strict=True):
                start = time.perf_counter()
                call(payload)
                taken.append(time.perf_counter() - start)
    return times


def _rss(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    main()
