"""Control planes to test on."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence

from tests.controlplane import processes
from tests.controlplane.checks import check
from tests.controlplane.crossplane import ROOM
from tests.controlplane.places import HOME
from tests.controlplane.plane import KUBELET, ControlPlane, take_down
from tests.e2e.specs import (
    ACCOUNT,
    CUSTOMER,
    EXISTING_TRUST,
    FOUND,
    GIVEN,
    HOST,
    HOST_ROLE,
    existing_clusters,
    existing_members,
    existing_service_account,
)
from tests.real import furnishing, provider_aws
from tests.tools.binaries import CORES

NEWEST = max(CORES)
VERSION = os.environ.get("CROSSPLANE") or NEWEST
"""The Crossplane that is tested."""

SILENT = "--silent-looks"
"""Every test ends with three polls, of all that is there: thousands of writes that say nothing but the time would be most of the work."""
STANDIN = (
    SILENT,
    f"--account=customer={CUSTOMER}",
    f"--account=host={HOST}",
    f"--existing-role={HOST_ROLE}",
    f"--existing-role-trust={GIVEN}={EXISTING_TRUST}",
    *(f"--existing-association=eu-central-1/{ACCOUNT}/prod/{FOUND}/{name}={GIVEN}" for name in ("xr", "claim")),
    *(f"--addon-association=eu-central-1/{ACCOUNT}/prod/{FOUND}/addon-{name}={GIVEN}" for name in ("xr", "claim")),
    *(f"--existing-service-account={existing_service_account(flavour)}" for flavour in ("xr", "claim")),
    *(f"--existing-member={'='.join(member)}" for flavour in ("xr", "claim") for member in existing_members(flavour)),
    *(option for scope in ("Namespaced", "Cluster") for option in existing_clusters(scope)),
)
"""What the stand-in's clouds have beside what is made: accounts, clusters, roles, associations, IAM members of other people's."""


@contextlib.contextmanager
def started(name: str, version: str, report: Callable[[str], None], core: Sequence[str] = ROOM) -> Iterator[ControlPlane]:
    """A control plane with everything installed, for as long as the context lasts; its logs stay until the next of its name.

    `core` are options of Crossplane's core.
    """
    root = HOME / f"{name}-{version}"
    take_down(root)
    control_plane = ControlPlane.at(root, version)
    check(control_plane.places, version)
    for tool in control_plane.tools():
        tool.ensure()
    try:
        _start(control_plane, lambda what: report(f"{version}: {what}"), core)
        yield control_plane
    finally:
        # The logs are what one reads when a test has failed.
        take_down(root, keep_files=True)


def _start(control_plane: ControlPlane, report: Callable[[str], None], core: Sequence[str]) -> None:
    if provider_aws.named() is None:
        control_plane.start(report, STANDIN, core)
        return
    provider_aws.programs()
    control_plane.start(report, (KUBELET,), core)
    report("starting provider-aws and the AWS that it calls")
    provider_aws.start(control_plane.places, control_plane.ports, furnishing.ACCOUNTS)
    furnishing.furnish(control_plane.ports)


@contextlib.contextmanager
def standin_with(plane: ControlPlane, *options: str) -> Iterator[None]:
    """The stand-in with further options, for as long as the context lasts."""
    restart_standin(plane, *options)
    try:
        yield
    finally:
        restart_standin(plane)


@contextlib.contextmanager
def standin_without(plane: ControlPlane, option: str) -> Iterator[None]:
    """The stand-in without one of its options, for as long as the context lasts."""
    stop_standin(plane)
    plane.start_standin(tuple(each for each in STANDIN if each != option))
    try:
        yield
    finally:
        restart_standin(plane)


def restart_standin(plane: ControlPlane, *options: str) -> None:
    """Start the stand-in anew, or where it is not running, with further options; what they make in its clouds stays there."""
    stop_standin(plane)
    plane.start_standin((*STANDIN, *options))


def stop_standin(plane: ControlPlane) -> None:
    """End the stand-in, if it is running."""
    for standin in processes.find(plane.places.root, "standin"):
        standin.end()
