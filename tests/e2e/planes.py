"""Control planes to test on."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.controlplane import processes
from tests.controlplane.checks import check
from tests.controlplane.places import HOME
from tests.controlplane.plane import ControlPlane, take_down
from tests.e2e.specs import ACCOUNT, CUSTOMER, FOUND, GIVEN, HOST, HOST_ROLE, existing_members, existing_service_account
from tests.tools.binaries import CORES

NEWEST = max(CORES)
VERSION = os.environ.get("CROSSPLANE") or NEWEST
"""The Crossplane that is tested."""

STANDIN = (
    f"--account=customer={CUSTOMER}",
    f"--account=host={HOST}",
    f"--existing-role={HOST_ROLE}",
    f"--existing-role-trust={GIVEN}={Path(__file__).parent / 'existing_trust.json'}",
    *(f"--existing-association=eu-central-1/{ACCOUNT}/prod/{FOUND}/{name}={GIVEN}" for name in ("xr", "claim")),
    *(f"--addon-association=eu-central-1/{ACCOUNT}/prod/{FOUND}/addon-{name}={GIVEN}" for name in ("xr", "claim")),
    *(f"--existing-service-account={existing_service_account(flavour)}" for flavour in ("xr", "claim")),
    *(f"--existing-member={'='.join(member)}" for flavour in ("xr", "claim") for member in existing_members(flavour)),
)
"""What the stand-in's clouds have beside what is made: further accounts, roles, associations and IAM members of other people's."""


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
        control_plane.start(lambda what: report(f"{version}: {what}"), STANDIN)
        yield control_plane
    finally:
        # The logs are what one reads when a test has failed.
        take_down(root, keep_files=True)


@contextlib.contextmanager
def standin_with(plane: ControlPlane, *options: str) -> Iterator[None]:
    """The stand-in with further options, for as long as the context lasts."""
    _restart_standin(plane, *options)
    try:
        yield
    finally:
        _restart_standin(plane)


def _restart_standin(plane: ControlPlane, *options: str) -> None:
    (standin,) = processes.find(plane.places.root, "standin")
    standin.end()
    plane.start_standin((*STANDIN, *options))
