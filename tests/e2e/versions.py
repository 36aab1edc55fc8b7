"""Other versions of our Configurations: what a later release will look like to those who upgrade."""

import shutil
from pathlib import Path
from typing import Any

import yaml

from package.build import ROOT
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.places import Places
from tests.controlplane.waiting import until

_FIELD = "costCenter"
_CRDS = ("podidentities.podidentity.dev", "xpodidentities.podidentity.dev", "podidentityclaims.podidentity.dev")


def with_one_more_field(name: str, folder: Path) -> Path:
    """The Configuration, whose spec has one more field."""
    return _edited(name, folder, lambda schema: schema["spec"]["properties"].update({_FIELD: {"type": "string"}}))


def without_a_status_field(name: str, folder: Path) -> Path:
    """The Configuration, whose status lacks a field that the function sets."""
    return _edited(name, folder, lambda schema: schema["status"]["properties"].pop("cloud"))


def _edited(name: str, folder: Path, edit: Any) -> Path:
    shutil.copytree(ROOT / "package" / name, folder, dirs_exist_ok=True)
    (file,) = folder.glob("*.xrd.yaml")
    xrd = yaml.safe_load(file.read_text())
    for version in xrd["spec"]["versions"]:
        edit(version["schema"]["openAPIV3Schema"]["properties"])
    file.write_text(yaml.safe_dump(xrd))
    return folder


def wait_for_field(places: Places, *, present: bool) -> None:
    """Wait until every kind has the further field, or has it no more."""

    def fields() -> bool:
        found = Kubectl(places).get("crd", *_CRDS)
        specs = [crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"] for crd in found]
        return all((_FIELD in spec) == present for spec in specs)

    until(fields, 60, f"CRDs {'with' if present else 'without'} {_FIELD}")
