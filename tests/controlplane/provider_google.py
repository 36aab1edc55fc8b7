"""The kinds of provider-gcp: its CRDs alone, since the stand-in plays it. They are there where PROVIDER_CRDS names a folder of them."""

from pathlib import Path
from typing import Any

import yaml

from tests.controlplane.install import serve
from tests.controlplane.places import Places
from tests.standin.provider.kinds import KINDS
from tests.tools import crds
from tests.tools.binaries import MissingTool


def install(places: Places) -> None:
    """Have all kinds served that the stand-in plays; raises MissingTool where their CRDs are not to be had."""
    serve(places, _crds())


def _crds() -> dict[str, dict[str, Any]]:
    files = {file.name: file for file in crds.folder().rglob("*.gcp.*.yaml")}
    named = [f"{served.group}_{kind.plural}.yaml" for kind in KINDS if kind.cloud == "gcp" for served in kind.served()]
    missing = sorted(set(named) - files.keys())
    if missing:
        raise MissingTool(
            f"{missing[0]} and {len(missing) - 1} others are missing among the CRDs: tests/tools/crds.py says where they are"
        )
    return {crd["metadata"]["name"]: crd for crd in (_read(files[name]) for name in named)}


def _read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text())
    return found
