"""A control plane as a whole: start it, take it down."""

import shutil
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.controlplane import crossplane, function, install, kubernetes, packages, processes, registry
from tests.controlplane.places import CHECKOUT, Places, Ports
from tests.tools.binaries import CONTROL_PLANE, CORES, Tool

Report = Callable[[str], None]
KUBELET = "--cloud=none"
"""The stand-in's option by which it plays the nodes alone."""


@dataclass(frozen=True)
class ControlPlane:
    """A control plane in a folder, with the version of its Crossplane."""

    places: Places
    ports: Ports
    version: str

    @classmethod
    def at(cls, root: Path, version: str) -> "ControlPlane":
        """The control plane of a folder, running or not."""
        places = Places(root)
        return cls(places, Ports.of(places), version)

    def tools(self) -> tuple[Tool, ...]:
        """The programs that it needs."""
        return (*CONTROL_PLANE, CORES[self.version])

    def start(self, report: Report, standin: Sequence[str] = (), core: Sequence[str] = crossplane.ROOM) -> None:
        """Start everything and install the packages; raises CannotStart or MissingTool.

        `standin` are options of the stand-in, `core` those of Crossplane's core.
        """
        function.choose_addresses(self.places)
        with ThreadPoolExecutor() as pool:
            registry.start(self.places, self.ports)
            pushed = pool.submit(packages.publish, self.places, self.ports)
            report("starting etcd, the API server and controllers")
            self.start_kubernetes()
            report(f"starting Crossplane {self.version}")
            crossplane.prepare(self.places, self.ports)
            crossplane.start(self.places, self.ports, self.version, core)
            self.start_standin(standin)
            report("building and pushing the packages of this checkout")
            pushed.result()
        report(f"installing {packages.INSTALL.relative_to(CHECKOUT)}")
        if missing := packages.missing_google():
            report(f"nothing of Google Cloud: {missing}")
        install.install(self.places, self.ports)
        function.start(self.places)
        install.wait_healthy(self.places)

    def start_kubernetes(self) -> None:
        """Start etcd, the API server and the controllers."""
        kubernetes.start_etcd(self.places, self.ports)
        kubernetes.start_api_server(self.places, self.ports)
        kubernetes.start_controllers(self.places)

    def start_standin(self, options: Sequence[str] = ()) -> None:
        """Start what plays the providers and the nodes."""
        command = [sys.executable, "-m", "tests.standin", f"--kubeconfig={self.places.kubeconfig('standin')}"]
        command += [f"--journal={self.places.journal}", *options]
        # Kinds that are never served would be looked for every second.
        command += ["--cloud=aws"] if packages.missing_google() and KUBELET not in options else []
        processes.start(self.places, "standin", command, {"PYTHONPATH": str(CHECKOUT)})


def take_down(root: Path, *, keep_files: bool = False) -> int:
    """End every control plane below a folder and remove its files; how many processes were running."""
    ended = processes.end_all(root)
    if not keep_files:
        shutil.rmtree(root, ignore_errors=True)
    return len(ended)
