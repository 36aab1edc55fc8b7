"""A real control plane on this machine, with the packages of this checkout installed: `make up`, `make down`.

Examples:
  make up                        the newest Crossplane that is tested
  make up CROSSPLANE=2.3.4       another
  make down                      end it, and whatever a test run left behind

"""

import argparse
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from package.build import BuildFailed
from tests.controlplane import plane, processes, show
from tests.controlplane.checks import check
from tests.controlplane.kubectl import Refused
from tests.controlplane.places import HOME, CannotStart
from tests.controlplane.plane import ControlPlane
from tests.controlplane.waiting import Late
from tests.tools.binaries import CORES, MissingTool

_UP = HOME / "up"


def main() -> None:
    """Start it or end it."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.controlplane", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=["up", "down"])
    parser.add_argument("--folder", type=Path, help=f"where it keeps its files; default: {_UP}, and for down all of {HOME}")
    parser.add_argument("--crossplane", choices=sorted(CORES), default=max(CORES), help="its version; default: %(default)s")
    options = parser.parse_args()
    try:
        if options.action == "down":
            _down((options.folder or HOME).absolute())
        else:
            _up((options.folder or _UP).absolute(), options.crossplane)
    except (CannotStart, MissingTool, BuildFailed, Late, Refused) as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        sys.exit(f"error: {error.filename or ''}: {error.strerror or error}")


def _up(root: Path, version: str) -> None:
    if processes.find(root):
        print("a control plane of this checkout is running already; `make down` ends it\n")
        print(show.how_to_go_on(ControlPlane.at(root, version)))
        return
    # What a machine that lost its power left there would be taken for ours.
    shutil.rmtree(root, ignore_errors=True)
    control_plane = ControlPlane.at(root, version)
    started = False
    try:
        check(control_plane.places, version)
        for tool in control_plane.tools():
            tool.ensure()
        report = _clock()
        report("Crossplane's circuit breaker gets more room (--circuit-breaker-burst=500): whoever tries things edits often")
        control_plane.start(report)
        show.apply_first_example(control_plane)
        report("ready")
        started = True
    finally:
        if not started:
            plane.take_down(root)
    print(f"\n{show.first_example(control_plane)}\n{show.how_to_go_on(control_plane)}")


def _down(root: Path) -> None:
    ended = plane.take_down(root)
    print(f"ended {ended} processes, removed {root}" if ended else "nothing was running")


def _clock() -> Callable[[str], None]:
    start = time.monotonic()
    return lambda what: print(f"{time.monotonic() - start:5.1f} s  {what}", flush=True)


if __name__ == "__main__":
    main()
