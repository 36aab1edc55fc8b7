"""The packages that are installed: ours from this checkout, and providers that bring CRDs and nothing that runs."""

from pathlib import Path
from typing import Any

import yaml

from package.build import PACKAGES, ROOT, package
from tests.controlplane import registry
from tests.controlplane.places import Places, Ports
from tests.tools import crds
from tests.tools.binaries import CLI

INSTALL = ROOT / "examples" / "install" / "aws.yaml"
_PUBLISHED = "ghcr.io/podidentity/"
_PROVIDERS = {"provider-aws-iam": "iam.aws.*", "provider-aws-eks": "eks.aws.*"}


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
        registry.push(ports, _provider(folder / name, name, pattern), published[name])


def publish_configuration(places: Places, ports: Ports, root: Path, version: str) -> str:
    """Build a Configuration from another folder, push it as another version; its published name."""
    built = package(str(CLI.built()), root, places.folder("packages") / f"{root.name}-{version}.xpkg")
    name = f"{_published()[root.name].rpartition(':')[0]}:{version}"
    registry.push(ports, built, name)
    return name


def _provider(root: Path, name: str, pattern: str) -> Path:
    """A Provider package with the real provider's CRDs, as many as the tests know of."""
    root.mkdir(exist_ok=True)
    meta = {"apiVersion": "meta.pkg.crossplane.io/v1", "kind": "Provider", "metadata": {"name": name}}
    (root / "crossplane.yaml").write_text(yaml.safe_dump(meta))
    for crd in sorted(crds.folder().rglob(f"{pattern}.yaml")):
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
