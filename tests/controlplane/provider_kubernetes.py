"""The real provider-kubernetes, which manages objects of the API server that it runs with.

It is in a network of its own: its webhook listens on port 9443 of all addresses, the function's port, and its metrics on 8080, and
no option changes either.
"""

import base64
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.controlplane import crossplane, own_network, processes
from tests.controlplane.install import serve
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.places import CHECKOUT, CannotStart, Places, Ports, free_ports
from tests.controlplane.plane import ControlPlane
from tests.controlplane.waiting import answers, until
from tests.tools.binaries import PROVIDER_KUBERNETES

NAME = "provider-kubernetes"
CLUSTER, NAMESPACED = "kubernetes.crossplane.io", "kubernetes.m.crossplane.io"
"""The groups of its two flavours."""
_PATIENCE = 60.0
_POLL = "5s"


@contextlib.contextmanager
def running(plane: ControlPlane, config: str = "default") -> Iterator[None]:
    """Install it, with both flavours' configurations under one name, and run it for as long as the context lasts."""
    install(plane.places)
    configure(plane.places, config)
    start(plane.places, plane.ports)
    try:
        yield
    finally:
        stop(plane.places)


def install(places: Places) -> None:
    """Have its kinds served, as far as no package brought them."""
    serve(places, _crds())


def _crds() -> dict[str, dict[str, Any]]:
    found = {}
    for file in sorted((PROVIDER_KUBERNETES.built().parent / "crds").glob("*.yaml")):
        crd = yaml.safe_load(file.read_text())
        # The package manager fills in where the webhook is. Without it all versions are taken to be alike, and we use one.
        crd["spec"].pop("conversion", None)
        found[crd["metadata"]["name"]] = crd
    return found


def configure(places: Places, name: str = "default") -> None:
    """A ProviderConfig and a ClusterProviderConfig by which it manages objects of this same API server."""
    key = {"namespace": crossplane.NAMESPACE, "name": f"{NAME}-{name}"}
    spec = {"credentials": {"source": "Secret", "secretRef": key | {"key": "kubeconfig"}}}
    Kubectl(places).apply(
        {"apiVersion": "v1", "kind": "Secret", "metadata": key, "stringData": {"kubeconfig": _kubeconfig(places)}},
        {"apiVersion": f"{CLUSTER}/v1alpha1", "kind": "ProviderConfig", "metadata": {"name": name}, "spec": spec},
        {"apiVersion": f"{NAMESPACED}/v1alpha1", "kind": "ClusterProviderConfig", "metadata": {"name": name}, "spec": spec},
    )


def _kubeconfig(places: Places) -> str:
    config = json.loads(places.kubeconfig(NAME).read_text())
    for cluster in config["clusters"]:
        # In a ProviderConfig it takes no notice of files.
        authority = Path(cluster["cluster"].pop("certificate-authority")).read_bytes()
        cluster["cluster"]["certificate-authority-data"] = base64.b64encode(authority).decode()
    return json.dumps(config)


def start(places: Places, ports: Ports) -> None:
    """Start it and wait until it is ready; what it manages is looked at every few seconds."""
    (health,) = free_ports(1)
    program = [str(PROVIDER_KUBERNETES.built()), f"--health-probe-bind-addr=127.0.0.1:{health}", f"--poll={_POLL}"]
    environment = {
        "KUBECONFIG": str(places.kubeconfig(NAME)),
        "PYTHONPATH": str(CHECKOUT),
        # Nobody calls its webhook, which does not start without a certificate all the same.
        "TLS_SERVER_CERTS_DIR": str(crossplane.secret_files(places, "crossplane-tls-server")),
    }
    command = own_network.command(program, reaches=ports.api_server, reached=health)
    process = processes.start(places, NAME, command, environment)

    def ready() -> bool:
        if not processes.running(process):
            raise CannotStart(f"{NAME} ended at once: {processes.last_words(places, NAME, 1)} (see {places.log(NAME)})")
        return answers(f"http://127.0.0.1:{health}/readyz")

    until(ready, _PATIENCE, f"{NAME} (see {places.log(NAME)})")


def stop(places: Places) -> None:
    """End it; what it manages stays."""
    for process in processes.find(places.root, NAME):
        process.end()
