"""The registry that Crossplane pulls packages from, and what is pushed to it."""

import subprocess
from pathlib import Path

from tests.controlplane import processes
from tests.controlplane.places import CannotStart, Places, Ports
from tests.controlplane.waiting import answers, until
from tests.tools.binaries import CLI, REGISTRY


def start(places: Places, ports: Ports) -> None:
    """Start the registry and wait until it answers."""
    address = f"127.0.0.1:{ports.registry}"
    command = [str(REGISTRY.built()), "registry", "serve", f"--address={address}", f"--disk={places.folder('registry')}"]
    processes.start(places, "registry", command)
    until(lambda: answers(f"http://{address}/v2/"), 30, "registry ready")


def push(ports: Ports, package: Path, published: str) -> None:
    """Push a package under its published name, but for the registry's host."""
    repository = published.partition("/")[2]
    command = [str(CLI.built()), "xpkg", "push", f"--package-files={package}", f"127.0.0.1:{ports.registry}/{repository}"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotStart(f"crossplane xpkg push {published}: {(done.stderr or done.stdout).strip()}")
