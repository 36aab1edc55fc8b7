"""Every example through Crossplane's own reconciler, and what comes out against the XRDs and the providers' CRDs."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from function.cli.main import main
from tests.engine.crossplane import FLAVOURS, XRDS, render, validate
from tests.support.serving import Server, serving
from tests.test_examples import CASES, IDS, command, entries, example
from tests.tools import crds
from tests.tools.absent import absent

pytestmark = pytest.mark.engine

RESOURCE_NAME = "crossplane.io/composition-resource-name"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving([sys.executable, "-m", "function.main"]) as server:
        yield server


@pytest.fixture(scope="module")
def rendered(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """Every example in both flavours as the engine renders it, the XR first."""
    found = {}
    for (folder, flavour), name in zip(CASES, IDS, strict=True):
        document = example(folder, flavour)
        observed = folder / "observed.yaml" if flavour == "xr" and (folder / "observed.yaml").exists() else None
        work = tmp_path_factory.mktemp(name)
        known = tuple(entries(folder).values())
        found[name] = render(document.xr(), FLAVOURS[flavour], server, work, observed, known)
    return found


def test_everything_is_valid_under_the_xrds_and_the_providers_crds(
    rendered: dict[str, list[dict[str, Any]]], tmp_path: Path
) -> None:
    objects = [document for documents in rendered.values() for document in documents]
    verdicts = validate([crds.folder(), *XRDS], objects, tmp_path)
    assert len(verdicts) == len(objects)
    assert not [verdict for verdict in verdicts if verdict.status not in ("valid", "missingSchema")]
    if unknown := sorted({verdict.kind for verdict in verdicts if verdict.status == "missingSchema"}):
        absent(f"CRDs are missing in {crds.folder()}: those of {', '.join(unknown)}; all else is valid")


@pytest.mark.parametrize(("folder", "flavour"), CASES, ids=IDS)
def test_the_engine_and_the_command_agree(
    folder: Path, flavour: str, rendered: dict[str, list[dict[str, Any]]], request: pytest.FixtureRequest
) -> None:
    theirs_xr, *theirs = rendered[f"{folder.name}-{flavour}"]
    output = CliRunner().invoke(main, command(folder, flavour)).stdout
    ours_xr, *ours = yaml.safe_load_all(output)
    assert _by_name(theirs) == _by_name(ours)
    for status in (theirs_xr["status"], ours_xr["status"]):
        status["conditions"] = _custom(status["conditions"])
    theirs_xr["status"].pop("claimConditionTypes", None)
    assert theirs_xr["status"] == ours_xr["status"]


def _by_name(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """Composed resources without what Crossplane adds to each: its names, labels and owner."""
    found = {}
    for resource in resources:
        metadata = resource["metadata"]
        name = metadata["annotations"].pop(RESOURCE_NAME)
        kept = {key: metadata[key] for key in ("annotations", "namespace") if metadata.get(key)}
        found[name] = {
            "apiVersion": resource["apiVersion"],
            "kind": resource["kind"],
            "metadata": kept,
            "spec": resource["spec"],
        }
    assert len(found) == len(resources)
    return found


def _custom(conditions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The function's conditions without times, sorted; Crossplane's own are not the function's to tell."""
    ours = [c for c in conditions if c["type"] not in ("Ready", "Synced", "Responsive")]
    return sorted(({k: c[k] for k in ("type", "status", "reason", "message")} for c in ours), key=lambda c: str(c["type"]))
