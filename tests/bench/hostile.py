"""The worst that a tenant can send: what known inputs cost, and a search for sizes that cost more. Prints Markdown.

For instance:
  python -m tests.bench.hostile                         everything, about five minutes
  python -m tests.bench.hostile --quick                 the known inputs, and a short search
  python -m tests.bench.hostile --only vcluster         inputs and shapes with this word in their names
  python -m tests.bench.hostile --seconds 1800          a search of half an hour
  python -m tests.bench.hostile --loop                  a search for what keeps the event loop busy longest

Every call is made in a process of its own, forked from one that is warm. So its memory is its own, and one that does not end
is ended. Seconds are of the CPU, which other work on the machine does not lengthen, unless they are called wall.
"""

import argparse
import gc
import multiprocessing
import operator
import random
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from function.fn import Call, new_plans, run
from function.observed import ObservedResource
from function.resources.managed import EXTERNAL_NAME
from tests.bench.hostile_inputs import INPUTS, SHAPES, Asked, Input, Shape, Sizes, inputs, shapes, storable
from tests.bench.requests import in_google_cloud, podidentity, request, with_tokens

_SEED = 16
_SECONDS = 240.0
_SECONDS_QUICK = 25.0
_CPU_MAX = 60
_MEMORY_MAX = 6 << 30
_SHOWN = 80
_FORK = multiprocessing.get_context("fork")


class Cost(NamedTuple):
    """What a call cost, the worst of its edits."""

    kilobytes: float
    cpu: float
    blocked: float
    """Seconds of the CPU on the event loop; the rest runs beside it."""
    wall: float
    peak: float
    """Megabytes that the process grew at most."""
    kept: float
    """Megabytes an edit that are still there when the answer is gone."""
    answer: str


Figure = Callable[[Cost], float]
"""What the search looks for the most of."""


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"search for {_SECONDS_QUICK:.0f} s only")
    parser.add_argument("--only", default="", metavar="NAME", help="only inputs and shapes with this in their names")
    parser.add_argument("--loop", action="store_true", help="search for what keeps the event loop busy longest")
    parser.add_argument("--seconds", type=float, help=f"how long to search in all (default: {_SECONDS:.0f}); 0: not at all")
    parser.add_argument("--seed", type=int, default=_SEED, help="of the search (default: %(default)s)")
    options = parser.parse_args()
    chosen, searched = list(inputs(options.only)), list(shapes(options.only))
    if not chosen and not searched:
        names = ", ".join(each.name for each in (*INPUTS, *SHAPES))
        parser.error(f"no input or shape has {options.only!r} in its name; there are: {names}")
    _warm()
    if chosen:
        _print_inputs(chosen)
    seconds = options.seconds if options.seconds is not None else _SECONDS_QUICK if options.quick else _SECONDS
    if searched and seconds > 0:
        _print_shapes(searched, seconds, options.seed, operator.attrgetter("blocked" if options.loop else "cpu"))


def _warm() -> None:
    """Have every model built, as in a server that has answered before."""
    for xr in (podidentity(1, 1), with_tokens(2, 2), in_google_cloud(1, 1)):
        run(request(xr))


def _print_inputs(chosen: Sequence[Input]) -> None:
    print(
        "| input | request kB | CPU ms | of it on the loop | wall ms | peak MB | kept MB | answer |\n|---|--:|--:|--:|--:|--:|--:|---|"
    )
    for one in chosen:
        cost = _measured([one.make(edit) for edit in range(one.edits)])
        name = f"{one.name}, {one.edits} edits" if one.edits > 1 else one.name
        print(
            f"| {name} | {cost.kilobytes:.0f} | {cost.cpu * 1e3:.0f} | {cost.blocked * 1e3:.0f} | {cost.wall * 1e3:.0f} "
            f"| {cost.peak:.0f} | {cost.kept:.1f} "
            f"| {cost.answer} |",
            flush=True,
        )
    print(flush=True)


def _print_shapes(searched: Sequence[Shape], seconds: float, seed: int, figure: Figure) -> None:
    lines = []
    for number, shape in enumerate(searched):
        print(f"searching {number + 1} of {len(searched)}: {shape.name} ...", file=sys.stderr, end=" ", flush=True)
        sizes, cost, tried = _worst(shape, seconds / len(searched), random.Random(f"{seed} {shape.name}"), figure)
        print(f"{tried} tried, worst {figure(cost) * 1e3:.0f} ms", file=sys.stderr, flush=True)
        written = ", ".join(f"{name} {size}" for name, size in sizes.items())
        cells = (
            shape.name,
            written,
            f"{cost.kilobytes:.0f}",
            f"{cost.cpu * 1e3:.0f}",
            f"{cost.blocked * 1e3:.0f}",
            f"{cost.peak:.0f}",
            cost.answer,
            str(tried),
        )
        lines.append((figure(cost), f"| {' | '.join(cells)} |"))
    print(
        "| shape | worst sizes found | request kB | CPU ms | of it on the loop | peak MB | answer | tried |\n|---|---|--:|--:|--:|--:|---|--:|"
    )
    for _, line in sorted(lines, reverse=True):
        print(line)


def _worst(shape: Shape, seconds: float, chance: random.Random, figure: Figure) -> tuple[Sizes, Cost, int]:
    """Climb from the largest sizes, and again from random ones: the sizes that take longest, and how many were tried."""
    end = time.monotonic() + seconds
    known: dict[tuple[int, ...], Cost] = {}

    def cost_of(sizes: Sizes) -> Cost:
        key = tuple(sizes.values())
        if key not in known:
            asked = shape.make(sizes)
            known[key] = _measured([asked]) if storable(asked) else _NOT_STORED
        return known[key]

    best, best_cost = _fitting(shape, {name: most for name, (_, most) in shape.sizes.items()}), _NOT_STORED
    here = best
    while not known or time.monotonic() < end:
        here, cost = _climbed(shape, here, cost_of, end, chance, figure)
        if figure(cost) > figure(best_cost):
            best, best_cost = here, cost
        here = _fitting(shape, {name: _between(least, most, chance) for name, (least, most) in shape.sizes.items()})
    return best, best_cost, len(known)


def _climbed(
    shape: Shape, sizes: Sizes, cost_of: Callable[[Sizes], Cost], end: float, chance: random.Random, figure: Figure
) -> tuple[Sizes, Cost]:
    """Steps that cost more, until none is found any more."""
    cost, failed = cost_of(sizes), 0
    while time.monotonic() < end and failed < 4 * len(shape.sizes):
        there = _step(shape, sizes, chance)
        new = cost_of(there)
        sizes, cost, failed = (there, new, 0) if figure(new) > figure(cost) else (sizes, cost, failed + 1)
    return sizes, cost


def _fitting(shape: Shape, wanted: Sizes) -> Sizes:
    """The sizes, or as large a part of them as can be stored. Parts are doubled, so that nothing endless is made."""
    fitting: dict[str, int] = {name: least for name, (least, _) in shape.sizes.items()}
    for part in _PARTS:
        sizes = {name: least + int((wanted[name] - least) * part) for name, (least, _) in shape.sizes.items()}
        if not storable(shape.make(sizes)):
            break
        fitting = sizes
    return fitting


def _step(shape: Shape, sizes: Sizes, chance: random.Random) -> Sizes:
    """One or two sizes changed."""
    changed: dict[str, int] = dict(sizes)
    for name in chance.sample(list(shape.sizes), min(len(shape.sizes), chance.choice((1, 1, 2)))):
        least, most = shape.sizes[name]
        size = changed[name]
        changed[name] = min(most, max(least, chance.choice((size * 4, size * 2 + 1, size + 1, size - 1, size // 2, size // 4))))
    return changed


def _between(least: int, most: int, chance: random.Random) -> int:
    """A size, small ones as likely as large ones."""
    return min(most, least + int((most - least + 1) ** chance.random()) - 1)


_PARTS = tuple(2.0**-exponent for exponent in range(12, -1, -1))
_NOT_STORED = Cost(0, 0, 0, 0, 0, 0, "larger than etcd stores")


def _measured(asked: Sequence[Asked]) -> Cost:
    """What these calls cost one after another."""
    requests = [each.request().SerializeToString() for each in asked]
    mine, its = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_call, args=(requests, its))
    start = time.monotonic()
    process.start()
    its.close()
    try:
        cost: Cost = mine.recv()
    except EOFError:
        wall = time.monotonic() - start
        cost = Cost(
            len(requests[0]) / 1e3, wall, wall, wall, 0, 0, f"ended after {wall:.0f} s: no answer in {_CPU_MAX} s or 6 GB"
        )
    process.join()
    return cost


def _call(requests: Sequence[bytes], answer_to: Connection) -> None:
    """In a process of its own: answer the calls, and say what that cost."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_MAX, _CPU_MAX))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MAX, _MEMORY_MAX))
    before, cpu, blocked, wall, said = _memory("VmRSS"), 0.0, 0.0, 0.0, ""
    for each in requests:
        started, started_wall = time.process_time(), time.perf_counter()
        call = Call(fnv1.RunFunctionRequest.FromString(each), new_plans())
        quick = call.quick
        looked = time.process_time()
        answer = call.answer()
        ended = time.process_time()
        cpu, blocked = max(cpu, ended - started), max(blocked, (ended if quick else looked) - started)
        wall = max(wall, time.perf_counter() - started_wall)
        said = said or _said(answer.message())
        del answer, call
    gc.collect()
    kept = (_memory("VmRSS") - before) / len(requests)
    peak = max(0.0, _memory("VmHWM") - before)
    answer_to.send(Cost(len(requests[0]) / 1e3, cpu, blocked, wall, peak, max(0.0, kept), said))


def _said(answer: fnv1.RunFunctionResponse) -> str:
    """The answer in a few words that a Markdown table can hold."""
    if answer.results:
        message = answer.results[0].message
        raw = "" if message.isprintable() else " (raw text in it)"
        return f"FATAL{raw}: {_plain(message)}"
    seen = [ObservedResource(found.resource) for found in answer.desired.resources.values()]
    names = sorted(
        f"{each.text('kind')} {name}" for each in seen if (name := each.text("metadata", "annotations", EXTERNAL_NAME))
    )
    size = answer.ByteSize() / 1e3
    named = f", {_plain(names[0])}" if len(names) == 1 else ""
    return f"valid: {len(answer.desired.resources)} resources, {size:.0f} kB{named}"


def _plain(text: str) -> str:
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text).replace("|", "\\|")
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 3]}..."


def _memory(kind: str) -> float:
    """Megabytes of this process."""
    status: Mapping[str, str] = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status[kind].split()[0]) / 1024


if __name__ == "__main__":
    main()
