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
    parser.add_argument("--crossplane", choices=sorted(CORES), default=max(CORES), help="its version; default: %(default)s")
    options = parser.parse_args()
    try:
        _down() if options.action == "down" else _up(options.crossplane)
    except (CannotStart, MissingTool, BuildFailed, Late, Refused) as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        sys.exit(f"error: {error.filename or ''}: {error.strerror or error}")


def _up(version: str) -> None:
    if processes.find(_UP):
        print("a control plane of this checkout is running already; `make down` ends it\n")
        print(show.how_to_go_on(ControlPlane.at(_UP, version)))
        return
    # What a machine that lost its power left there would be taken for ours.
    shutil.rmtree(_UP, ignore_errors=True)
    control_plane = ControlPlane.at(_UP, version)
    started = False
    try:
        check(control_plane.places, version)
        for tool in control_plane.tools():
            tool.ensure()
        report = _clock()
        control_plane.start(report)
        show.apply_first_example(control_plane)
        report("ready")
        started = True
    finally:
        if not started:
            plane.take_down(_UP)
    print(f"\n{show.first_example(control_plane)}\n{show.how_to_go_on(control_plane)}")


def _down() -> None:
    ended = plane.take_down(HOME)
    print(f"ended {ended} processes, removed {HOME}" if ended else "nothing was running")


def _clock() -> Callable[[str], None]:
    start = time.monotonic()
    return lambda what: print(f"{time.monotonic() - start:5.1f} s  {what}", flush=True)


if __name__ == "__main__":
    main()
