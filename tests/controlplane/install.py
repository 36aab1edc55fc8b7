"""Installs the packages by their published names, and waits until they are healthy; and kinds without packages."""

from collections.abc import Mapping
from typing import Any

from tests.controlplane import crossplane, packages
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.places import Places, Ports
from tests.controlplane.waiting import until

_PATIENCE = 300.0
_KINDS = "providers.pkg.crossplane.io,configurations.pkg.crossplane.io,functions.pkg.crossplane.io"


def install(places: Places, ports: Ports) -> None:
    """Apply examples/install/aws.yaml, and provider-gcp if its CRDs are there; the names lead to the registry on this machine."""
    kubectl = Kubectl(places)
    kubectl.apply(*packages.image_configs(ports))
    kubectl.apply_file(packages.INSTALL)
    if google := packages.google_providers():
        kubectl.apply(*google)
    crossplane.secret_files(places, f"{crossplane.FUNCTION}-tls-server")


def wait_healthy(places: Places) -> None:
    """Wait until every package is healthy, the Function that came as a dependency among them, and every kind is served."""
    kubectl = Kubectl(places)
    until(lambda: kubectl.get("functions.pkg.crossplane.io"), _PATIENCE, "the Function, as a dependency")
    kubectl.wait("Healthy", _PATIENCE, _KINDS, "--all")
    kubectl.wait("Established", _PATIENCE, "compositeresourcedefinitions", "--all")
    kubectl.wait("Offered", _PATIENCE, "compositeresourcedefinition", "xpodidentities.podidentity.dev")
    kubectl.wait("ValidPipeline", _PATIENCE, "compositionrevisions", "--all")


def wait_installed(places: Places, named: Mapping[str, str]) -> None:
    """Wait until Configurations run the packages that are named for them."""
    kubectl = Kubectl(places)

    def active() -> bool:
        revisions = kubectl.get("configurationrevisions.pkg.crossplane.io")
        found = {r["spec"]["image"] for r in revisions if r["spec"]["desiredState"] == "Active"}
        return set(named.values()) <= found

    until(active, _PATIENCE, f"active revisions of {', '.join(named.values())}")
    wait_healthy(places)


def serve(places: Places, crds: Mapping[str, dict[str, Any]]) -> None:
    """Have kinds served that no package brings: CRDs by their names; those that are there stay as they are."""
    kubectl = Kubectl(places)
    served = {crd["metadata"]["name"] for crd in kubectl.get("crd")}
    if crds.keys() - served:
        kubectl.apply(*(crd for name, crd in crds.items() if name not in served))
    kubectl.wait("Established", _PATIENCE, "crd", *crds)
