"""The runs that people start by hand, and their tables: `make faults`, `make load N=1000`, `make catalogue N=500`, `make events`.

Each is run on every Crossplane that is tested, and its table written to tests/e2e/faults.md, load.md, catalogue.md or events.md.
"""

import argparse
import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from package.build import BuildFailed
from tests.controlplane.kubectl import Refused
from tests.controlplane.places import CannotStart
from tests.controlplane.plane import ControlPlane
from tests.controlplane.waiting import Late
from tests.e2e import entry_edits, events, faults, load, tables
from tests.e2e.api import Api
from tests.e2e.entries import watched
from tests.e2e.identities import FLAVOURS
from tests.e2e.planes import started
from tests.e2e.population import Population
from tests.tools.binaries import CORES, MissingTool

_HERE = Path(__file__).parent
_POPULATION = 10
_MINUTE = 60.0
_START = time.monotonic()


def main() -> None:
    """Run one of them."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.e2e", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", choices=["faults", "load", "catalogue", "events"])
    parser.add_argument("--number", type=int, help="how many PodIdentities at once (default: load 1000, catalogue 500)")
    parser.add_argument("--crossplane", choices=sorted(CORES), action="append", help="only this version; may be repeated")
    options = parser.parse_args()
    versions = options.crossplane or sorted(CORES)
    try:
        if options.run == "faults":
            _faults(versions)
        elif options.run == "load":
            _load(versions, options.number or 1000)
        elif options.run == "events":
            _events(versions)
        else:
            _catalogue(versions, options.number or 500)
    except (CannotStart, MissingTool, BuildFailed, Late, Refused) as error:
        sys.exit(f"error: {error}")


@contextlib.contextmanager
def _plane(version: str, core: Sequence[str] = ()) -> Iterator[tuple[ControlPlane, Api]]:
    with started("by-hand", version, _report, core) as plane, contextlib.closing(Api(plane.places)) as api:
        yield plane, api


def _faults(versions: list[str]) -> None:
    outcomes = []
    for version in versions:
        with _plane(version) as (plane, api):
            population = Population.of(plane, api, "faults", _POPULATION)
            for number, fault in enumerate(faults.of(version), start=1):
                _report(f"{version}: {fault}")
                outcomes += faults.strike(fault, population, number)
    rows = tables.of_faults(outcomes)
    text = f"One run of `make faults`: {_POPULATION} PodIdentities and as many claims live, an edit of all of them under way.\n"
    tables.write(_HERE / "faults.md", "Faults", text, rows)
    print(f"\n{tables.table(rows)}\n\nwritten to {_HERE.name}/faults.md")
    if not all(outcome.harmless for outcome in outcomes):
        sys.exit("error: something was lost")


def _load(versions: list[str], number: int) -> None:
    runs = []
    for version in versions:
        for flavour in FLAVOURS.values():
            with _plane(version) as (plane, api):
                runs.append(load.measure(plane, api, flavour, number, _report))
    rows = tables.of_loads(runs)
    text = f"One run of `make load N={number}`. Seconds are counted from the first that was written.\n"
    tables.write(_HERE / "load.md", "Load", text, rows)
    print(f"\n{tables.table(rows)}\n\nwritten to {_HERE.name}/load.md")


def _catalogue(versions: list[str], number: int) -> None:
    runs = []
    for version in versions:
        with _plane(version) as (plane, api):
            by_ttl = () if watched(plane) else (entry_edits.BY_TTL,)
            edits = (entry_edits.UNRENDERED, entry_edits.IN_ENTRY, *by_ttl, entry_edits.IN_EACH)
            runs += entry_edits.measure(plane, api, FLAVOURS["xr"], number, _MINUTE, _report, edits)
    rows = tables.of_entry_edits(runs)
    text = (
        f"One run of `make catalogue N={number}`: one entry of the catalogue, edited; and beside it the same edit made in each "
        "PodIdentity. Seconds are counted from the edit; before Crossplane 2.4, which does not watch entries, from the first of as "
        "many requests to reconcile, or where none are made from the edit.\n"
    )
    tables.write(_HERE / "catalogue.md", "One entry edited", text, rows)
    print(f"\n{tables.table(rows)}\n\nwritten to {_HERE.name}/catalogue.md")


def _events(versions: list[str]) -> None:
    counted = []
    for version in versions:
        with _plane(version, events.UNLIMITED) as (plane, api):
            for flavour in FLAVOURS.values():
                for number in events.ASSOCIATIONS:
                    counted += events.count(plane, api, flavour, number, _report)
    rows = tables.of_events(counted)
    text = (
        "One run of `make events`: one identity, ready and left alone before each edit. Crossplane's circuit breaker is out of the way: "
        "where it drops events, there is less to count.\n"
    )
    tables.write(_HERE / "events.md", "Events of one edit", text, rows)
    print(f"\n{tables.table(rows)}\n\nwritten to {_HERE.name}/events.md")


def _report(what: str) -> None:
    print(f"{time.monotonic() - _START:6.1f} s  {what}", flush=True)


if __name__ == "__main__":
    main()
