"""The packages that are installed: ours from this checkout, and providers that bring CRDs and nothing that runs."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from package.build import PACKAGES, ROOT, package
from tests.controlplane import registry
from tests.controlplane.places import Places, Ports
from tests.standin.provider.kinds import KINDS
from tests.tools import crds
from tests.tools.binaries import CLI, MissingTool

INSTALL = ROOT / "examples" / "install" / "aws.yaml"
_PUBLISHED = "ghcr.io/podidentity/"
_PROVIDERS = {"provider-aws-iam": "iam.aws.*", "provider-aws-eks": "eks.aws.*"}
_GOOGLE_NAMES = {
    f"{kind.plural}.{served.group}": kind.service for kind in KINDS if kind.cloud == "gcp" for served in kind.served()
}
"""The CRDs of provider-gcp that the stand-in plays, and the service of each, which has a package of its own."""
_GOOGLE_PUBLISHED = "xpkg.crossplane.io/crossplane-contrib/provider-gcp-{service}:v3.0.0"


def prefixes() -> list[str]:
    """What the published names begin with, whatever their version."""
    return sorted({published.rpartition("/")[0] for published in _published().values()})


def _published() -> dict[str, str]:
    """The published name of each package by its last part, as the installation file has it; the Function as its dependents do."""
    found = {}
    for document in yaml.safe_load_all(INSTALL.read_text()):
        name: str = document["spec"]["package"]
        found[name.rpartition("/")[2].partition(":")[0]] = name
    version = found["configuration-pod-identity"].rpartition(":")[2]
    return found | {"function-pod-identity": f"{_PUBLISHED}function-pod-identity:{version}"}


def publish(places: Places, ports: Ports) -> None:
    """Build all that examples/install/aws.yaml names, and push it under the published names."""
    folder, published = places.folder("packages"), _published()
    for name in PACKAGES:
        # Without a runtime image: nothing here could run one, and the function is started from the checkout.
        built = package(str(CLI.built()), ROOT / "package" / name, folder / f"{name}.xpkg")
        registry.push(ports, built, published["function-pod-identity" if name == "function" else name])
    for name, pattern in _PROVIDERS.items():
        registry.push(ports, _provider(folder / name, name, sorted(crds.folder().rglob(f"{pattern}.yaml"))), published[name])
    for service, files in _google().items():
        name = f"provider-gcp-{service}"
        registry.push(ports, _provider(folder / name, name, files), _GOOGLE_PUBLISHED.format(service=service))


def missing_google() -> str:
    """Why nothing of provider-gcp can be installed, empty where it can: its CRDs may be missing, which are in no Go module."""
    try:
        crds.named(_GOOGLE_NAMES)
    except MissingTool as missing:
        return str(missing)
    return ""


def google_providers() -> list[dict[str, Any]]:
    """What installs provider-gcp, a package for each service; nothing where CRDs are missing."""
    return [
        {
            "apiVersion": "pkg.crossplane.io/v1",
            "kind": "Provider",
            "metadata": {"name": f"crossplane-contrib-provider-gcp-{service}"},
            "spec": {"package": _GOOGLE_PUBLISHED.format(service=service)},
        }
        for service in _google()
    ]


def _google() -> dict[str, list[Path]]:
    """CRDs by service; none where some are missing."""
    if missing_google():
        return {}
    services = sorted(set(_GOOGLE_NAMES.values()))
    return {service: crds.named(name for name, its in _GOOGLE_NAMES.items() if its == service) for service in services}


def publish_configuration(places: Places, ports: Ports, root: Path, version: str) -> str:
    """Build a Configuration from another folder, push it as another version; its published name."""
    built = package(str(CLI.built()), root, places.folder("packages") / f"{root.name}-{version}.xpkg")
    name = f"{_published()[root.name].rpartition(':')[0]}:{version}"
    registry.push(ports, built, name)
    return name


def _provider(root: Path, name: str, files: Iterable[Path]) -> Path:
    """A Provider package with the real provider's CRDs, as many as the tests know of."""
    root.mkdir(exist_ok=True)
    meta = {"apiVersion": "meta.pkg.crossplane.io/v1", "kind": "Provider", "metadata": {"name": name}}
    (root / "crossplane.yaml").write_text(yaml.safe_dump(meta))
    for crd in files:
        (root / crd.name).write_text(crd.read_text())
    return package(str(CLI.built()), root, root.with_suffix(".xpkg"))


def image_configs(ports: Ports) -> list[dict[str, Any]]:
    """What makes Crossplane look for published names in the registry on this machine."""
    return [
        {
            "apiVersion": "pkg.crossplane.io/v1beta1",
            "kind": "ImageConfig",
            "metadata": {"name": prefix.rpartition("/")[2]},
            "spec": {
                "matchImages": [{"type": "Prefix", "prefix": prefix}],
                "rewriteImage": {"prefix": f"127.0.0.1:{ports.registry}/{prefix.partition('/')[2]}"},
            },
        }
        for prefix in prefixes()
    ]
