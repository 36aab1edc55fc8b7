"""The tables of the long runs, as Markdown."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.entry_edits import Edited
from tests.e2e.events import Counted
from tests.e2e.faults import Outcome
from tests.e2e.load import Measured


def write(file: Path, title: str, text: str, rows: Sequence[Sequence[str]]) -> None:
    """Write a file with one table; the first row is its head."""
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    file.write_text(f"# {title}\n\n{text}\nMachine: {machine}.\n\n{table(rows)}\n")


def table(rows: Sequence[Sequence[str]]) -> str:
    """A table; the first row is its head."""
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def of_faults(outcomes: Sequence[Outcome]) -> list[list[str]]:
    """What each fault did."""
    head = [
        "fault",
        "Crossplane",
        "kind",
        "managed resources",
        "same uid after",
        "deletions asked for",
        "refused by the API server",
        "ready again",
    ]
    return [
        head,
        *(
            [
                o.fault,
                o.crossplane,
                o.kind,
                str(o.managed),
                str(o.kept),
                str(o.deletions),
                str(o.refusals),
                f"{o.seconds:.1f} s",
            ]
            for o in outcomes
        ),
    ]


def of_loads(runs: Sequence[Measured]) -> list[list[str]]:
    """What each load came to: a column a run."""
    rows = {
        "Crossplane": [m.crossplane for m in runs],
        "kind": [m.kind for m in runs],
        "number, with two associations each": [str(m.number) for m in runs],
        "all written to the API server after": [f"{m.applied:.1f} s" for m in runs],
        "all Synced after": [f"{m.synced:.1f} s" for m in runs],
        "all Ready after": [f"{m.ready:.1f} s" for m in runs],
        "calls of the function": [f"{m.calls:.0f}" for m in runs],
        "calls per reconcile of an XR": [f"{m.calls / m.reconciles:.2f}" for m in runs],
        "a call, p50 / p99": [f"{m.p50 * 1000:.1f} / {m.p99 * 1000:.1f} ms" for m in runs],
        "failed reconciles": [f"{m.failed:.0f}" for m in runs],
        "XRs seen not Synced or not Responsive": [str(m.troubled) for m in runs],
        "circuit breakers opened": [f"{m.breakers:.0f}" for m in runs],
        "function, resident before / after": [f"{m.function_before:.0f} / {m.function_after:.0f} MB" for m in runs],
        "core, resident before / after": [f"{m.core_before:.0f} / {m.core_after:.0f} MB" for m in runs],
        "processor time of function / core": [f"{m.function_seconds:.0f} / {m.core_seconds:.0f} s" for m in runs],
        "second pass without a change: calls / objects changed": [
            f"{m.second_pass_calls:.0f} / {m.second_pass_changes}" for m in runs
        ],
    }
    (name, first), *others = rows.items()
    return [[name, *first], *([name, *values] for name, values in others)]


def of_entry_edits(edits: Sequence[Edited]) -> list[list[str]]:
    """What each edit of an entry came to: a column an edit."""
    rows = {
        "Crossplane": [e.crossplane for e in edits],
        "kind": [e.kind for e in edits],
        "edit of": [e.edit for e in edits],
        "number that name the entry, with two associations each": [str(e.number) for e in edits],
        "all rendered anew after": [f"{e.seconds:.1f} s" for e in edits],
        "reconciles of XRs": [f"{e.reconciles:.0f}" for e in edits],
        "calls of the function for them": [f"{e.calls:.0f} ({e.calls / e.number:.1f} each)" for e in edits],
        "objects changed": [str(e.written) for e in edits],
        "failed reconciles": [f"{e.failed:.0f}" for e in edits],
        "circuit breakers opened": [f"{e.breakers:.0f}" for e in edits],
        "calls in the minute after": [f"{e.calls_after:.0f}" for e in edits],
    }
    (name, first), *others = rows.items()
    return [[name, *first], *([name, *values] for name, values in others)]


def of_events(counted: Sequence[Counted]) -> list[list[str]]:
    """How often things changed: a row an edit."""
    head = [
        "Crossplane",
        "kind",
        "edit",
        "associations",
        "changes of it",
        "of its XR",
        "of managed resources",
        "of one at most",
    ]
    rows = []
    for c in counted:
        numbers = (c.associations, c.own, c.xr, c.managed, c.most, round(c.calls), c.tokens, c.texts)
        rows.append([c.crossplane, c.kind, c.edit, *map(str, numbers)])
    return [[*head, "calls of the function", "rollout tokens", "texts of a condition at most"], *rows]
