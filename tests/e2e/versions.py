"""Other versions of our Configurations: what a later release will look like to those who upgrade, and a faulty one."""

import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from package.build import ROOT
from tests.controlplane import install, packages
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.plane import ControlPlane
from tests.controlplane.waiting import until

Schema = dict[str, Any]
_CONFIGURATIONS = "configurations.pkg.crossplane.io"
_OF_THE_CATALOGUE, _CATALOGUE = "podidentity-configuration-pod-identity", "podidentityclusters.podidentity.dev"
_XRDS = ("podidentity.xrd.yaml", "xpodidentity.xrd.yaml")
_CRDS = ("podidentities.podidentity.dev", "xpodidentities.podidentity.dev", "podidentityclaims.podidentity.dev")


@dataclass(frozen=True)
class Version:
    """A version of both Configurations, and how the properties of its kinds differ from the checkout's."""

    tag: str
    edit: Callable[[Schema], Any]
    there: Callable[[Schema], bool]
    """Whether a kind's properties are this version's."""


ONE_MORE_FIELD = Version(
    "v0.2.0",
    lambda kind: kind["spec"]["properties"].update({"costCenter": {"type": "string"}}),
    lambda kind: "costCenter" in kind["spec"]["properties"],
)
WITHOUT_A_STATUS_FIELD = Version(
    "v0.3.0", lambda kind: kind["status"]["properties"].pop("cloud"), lambda kind: "cloud" not in kind["status"]["properties"]
)


@contextlib.contextmanager
def installed(plane: ControlPlane, version: Version) -> Iterator[None]:
    """Upgrade both Configurations to another version, and go back afterwards."""
    before = {c["metadata"]["name"]: c["spec"]["package"] for c in Kubectl(plane.places).get(_CONFIGURATIONS)}
    _install(plane, {name: _publish(plane, version, package) for name, package in before.items()})
    _wait(plane, version, present=True)
    try:
        yield
    finally:
        _install(plane, before)
        _wait(plane, version, present=False)


@contextlib.contextmanager
def without_the_catalogue(plane: ControlPlane) -> Iterator[None]:
    """The Configuration without PodIdentityCluster, and the kind deleted with all that are of it."""
    (before,) = (c for c in Kubectl(plane.places).get(_CONFIGURATIONS) if c["metadata"]["name"] == _OF_THE_CATALOGUE)
    name, package = before["metadata"]["name"], before["spec"]["package"]
    folder = _copy(plane, package, "v0.4.0")
    for file in folder.glob("podidentitycluster.*"):
        file.unlink()
    _install(plane, {name: packages.publish_configuration(plane.places, plane.ports, folder, "v0.4.0")})
    Kubectl(plane.places)("delete", "compositeresourcedefinition", _CATALOGUE)
    until(lambda: not _served(plane), 60, "the catalogue's kind gone")
    try:
        yield
    finally:
        _install(plane, {name: package})
        until(lambda: _served(plane), 60, "the catalogue's kind served")


def _served(plane: ControlPlane) -> bool:
    return bool(
        Kubectl(plane.places)("api-resources", "--api-group=podidentity.dev", "--cached=false", "-o=name").count(_CATALOGUE)
    )


def _publish(plane: ControlPlane, version: Version, published: str) -> str:
    folder = _copy(plane, published, version.tag)
    _edit(folder, version)
    return packages.publish_configuration(plane.places, plane.ports, folder, version.tag)


def _copy(plane: ControlPlane, published: str, tag: str) -> Path:
    name = published.rpartition("/")[2].partition(":")[0]
    folder = plane.places.folder("packages", tag) / name
    shutil.copytree(ROOT / "package" / name, folder, dirs_exist_ok=True)
    return folder


def _edit(folder: Path, version: Version) -> None:
    (file,) = (file for file in folder.glob("*.xrd.yaml") if file.name in _XRDS)
    xrd = yaml.safe_load(file.read_text())
    for served in xrd["spec"]["versions"]:
        version.edit(served["schema"]["openAPIV3Schema"]["properties"])
    file.write_text(yaml.safe_dump(xrd))


def _install(plane: ControlPlane, named: Mapping[str, str]) -> None:
    for name, package in named.items():
        Kubectl(plane.places).patch(_CONFIGURATIONS, name, {"spec": {"package": package}})
    install.wait_installed(plane.places, named)


def _wait(plane: ControlPlane, version: Version, *, present: bool) -> None:
    """Wait until every kind is of this version, or of it no more."""

    def seen() -> bool:
        kinds = [
            crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
            for crd in Kubectl(plane.places).get("crd", *_CRDS)
        ]
        return all(version.there(kind) == present for kind in kinds)

    until(seen, 60, f"the kinds {'of' if present else 'without'} {version.tag}")
