"""Control planes to test on."""

import contextlib
import os
from collections.abc import Callable, Iterator

from tests.controlplane.checks import check
from tests.controlplane.places import HOME
from tests.controlplane.plane import ControlPlane, take_down
from tests.tools.binaries import CORES

NEWEST = max(CORES)
VERSION = os.environ.get("CROSSPLANE") or NEWEST
"""The Crossplane that is tested."""


@contextlib.contextmanager
def started(name: str, version: str, report: Callable[[str], None]) -> Iterator[ControlPlane]:
    """A control plane with everything installed, for as long as the context lasts; its logs stay until the next of its name."""
    root = HOME / f"{name}-{version}"
    take_down(root)
    control_plane = ControlPlane.at(root, version)
    check(control_plane.places, version)
    for tool in control_plane.tools():
        tool.ensure()
    try:
        control_plane.start(lambda what: report(f"{version}: {what}"))
        yield control_plane
    finally:
        # The logs are what one reads when a test has failed.
        take_down(root, keep_files=True)
