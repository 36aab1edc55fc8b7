"""Every folder of examples/ is documentation and a test: what it renders to is written beside it.

`make goldens` writes the expected files anew; the diff is for people to read.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from crossplane.function import resource
from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from function.catalogue.entry import Objects, requirement
from function.cli.catalogue import Entries, read_catalogue
from function.cli.files import Document, manifests, pod_identities
from function.cli.main import main
from function.fn import run
from function.observed import RESOURCE_NAME
from tests.support import EXAMPLES
from tests.support.xrs import desired

FOLDERS = sorted(path.parent for path in EXAMPLES.glob("*/xr.yaml"))
CASES = [(folder, flavour) for folder in FOLDERS for flavour in ("xr", "claim")]
IDS = [f"{folder.name}-{flavour}" for folder, flavour in CASES]


def example(folder: Path, flavour: str) -> Document:
    """The one document of an example's file."""
    (document,) = pod_identities(folder / f"{flavour}.yaml", "default")
    assert isinstance(document, Document)
    return document


def entries(folder: Path) -> Entries:
    """The PodIdentityClusters that an example names, with their status."""
    catalogue = folder / "catalogue.yaml"
    return read_catalogue((catalogue,)) if catalogue.exists() else {}


def required(folder: Path) -> Objects:
    """The same as Crossplane hands them to the function."""
    return {requirement(name).name: (entry,) for name, entry in entries(folder).items()}


def command(folder: Path, flavour: str) -> list[str]:
    observed, catalogue = folder / "observed.yaml", folder / "catalogue.yaml"
    # The observed objects are the namespaced ones.
    seen = ["--observed", str(observed)] if observed.exists() and flavour == "xr" else []
    known = ["--catalogue", str(catalogue)] if catalogue.exists() else []
    return ["render", str(folder / f"{flavour}.yaml"), *seen, *known]


@pytest.mark.parametrize(("folder", "flavour"), CASES, ids=IDS)
def test_renders_as_written_beside_it(folder: Path, flavour: str) -> None:
    golden = folder / f"{flavour}.rendered.yaml"
    rendered = CliRunner().invoke(main, command(folder, flavour))
    assert rendered.exit_code == 0, rendered.output
    if os.environ.get("WRITE_GOLDENS"):
        golden.write_text(rendered.stdout)
    assert golden.read_text() == rendered.stdout


@pytest.mark.parametrize(("folder", "flavour"), CASES, ids=IDS)
def test_the_function_desires_what_the_command_renders(folder: Path, flavour: str) -> None:
    """The command line's answer is the function's: the same resources through protobuf."""
    document = example(folder, flavour)
    request = fnv1.RunFunctionRequest()
    resource.update(request.observed.composite, document.xr())
    for name, found in required(folder).items():
        for entry in found:
            resource.update(request.required_resources[name].items.add(), dict(entry))
    for seen in manifests(folder / "observed.yaml") if flavour == "xr" and (folder / "observed.yaml").exists() else ():
        resource.update(request.observed.resources[seen["metadata"]["annotations"][RESOURCE_NAME]], dict(seen))
    wanted = []
    for name, manifest in desired(run(request)).items():
        metadata = manifest.setdefault("metadata", {})
        metadata.setdefault("annotations", {})["crossplane.io/composition-resource-name"] = name
        wanted.append(manifest | {"metadata": metadata | ({"namespace": document.namespace} if flavour == "xr" else {})})
    _, *rendered = manifests(folder / f"{flavour}.rendered.yaml")
    assert sorted(wanted, key=_key) == sorted(rendered, key=_key)


def _key(manifest: Mapping[str, object]) -> str:
    return yaml.dump(dict(manifest), sort_keys=True)


def test_every_folder_is_complete() -> None:
    for folder in FOLDERS:
        names = {path.name for path in folder.iterdir()} - {"observed.yaml"}
        known = set() if folder.name == "inline" else {"catalogue.yaml"}
        assert names == {"xr.yaml", "claim.yaml", "xr.rendered.yaml", "claim.rendered.yaml"} | known, folder


def test_claims_say_the_same_as_their_xrs() -> None:
    for folder in FOLDERS:
        xr, claim = (example(folder, flavour) for flavour in ("xr", "claim"))
        assert xr.value["spec"] == claim.value["spec"]
        assert xr.value["metadata"] == claim.value["metadata"]


def test_the_smallest_identity_takes_eleven_lines_with_a_permission() -> None:
    lines = (EXAMPLES / "smallest" / "xr.yaml").read_text().splitlines()
    assert sum(not line.startswith("#") for line in lines) <= 11


def test_the_catalogue_of_the_platform_page_is_valid() -> None:
    """But for what only the real cluster says."""
    result = CliRunner().invoke(main, ["validate", str(EXAMPLES / "install" / "catalogue.yaml")])
    assert (result.exit_code, result.output) == (0, "4 valid, 0 with errors\n")
