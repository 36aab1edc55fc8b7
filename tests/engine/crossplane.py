"""What Crossplane's command line says: of an XR with its Composition and function, and of objects with their schemas."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.serving import Server
from tests.tools.binaries import CLI, CRDCHECK, OLDEST_CORE

PACKAGES = Path(__file__).parent.parent.parent / "package"
XRDS = (
    PACKAGES / "configuration-pod-identity" / "podidentity.xrd.yaml",
    PACKAGES / "configuration-pod-identity-claims" / "xpodidentity.xrd.yaml",
    PACKAGES / "configuration-pod-identity" / "podidentitycluster.xrd.yaml",
)


@dataclass(frozen=True)
class Flavour:
    """The package of one of the two kinds."""

    xrd: Path
    composition: Path


FLAVOURS = {
    "xr": Flavour(XRDS[0], XRDS[0].with_name("podidentity.composition.yaml")),
    "claim": Flavour(XRDS[1], XRDS[1].with_name("xpodidentity.composition.yaml")),
}


def render(
    xr: dict[str, Any],
    flavour: Flavour,
    server: Server,
    work: Path,
    observed: Path | None = None,
    required: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """The XR and all that is composed for it, by Crossplane's own reconciler, with what the function may require."""
    (step,) = yaml.safe_load(flavour.composition.read_text())["spec"]["pipeline"]
    function = {
        "apiVersion": "pkg.crossplane.io/v1",
        "kind": "Function",
        "metadata": {
            "name": step["functionRef"]["name"],
            "annotations": {
                "render.crossplane.io/runtime": "Development",
                "render.crossplane.io/runtime-development-target": server.address,
            },
        },
        "spec": {"package": "example.org/function:v1"},
    }
    (work / "xr.yaml").write_text(json.dumps(xr))
    (work / "functions.yaml").write_text(json.dumps(function))
    command = [
        str(CLI.built()),
        "composition",
        "render",
        str(work / "xr.yaml"),
        str(flavour.composition),
        str(work / "functions.yaml"),
    ]
    command += [f"--crossplane-binary={OLDEST_CORE.built()}", f"--xrd={flavour.xrd}", "--include-full-xr"]
    command += [f"--observed-resources={observed}"] if observed else []
    if required:
        (work / "required.yaml").write_text("\n---\n".join(map(json.dumps, required)))
        command.append(f"--required-resources={work / 'required.yaml'}")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"crossplane composition render: {done.stderr or done.stdout}")
    return [document for document in yaml.safe_load_all(done.stdout) if document]


@dataclass(frozen=True)
class Verdict:
    """What schema and CEL rules say of one object."""

    kind: str
    name: str
    status: str
    errors: tuple[str, ...]


def validate(schemas: Sequence[Path], objects: Sequence[dict[str, Any]], work: Path) -> list[Verdict]:
    """Judge objects by their CRDs and XRDs, in their order."""
    (work / "objects.yaml").write_text("\n---\n".join(map(json.dumps, objects)))
    command = [
        str(CLI.built()),
        "resource",
        "validate",
        "--crossplane-image=",
        "--output=json",
        f"--cache-dir={work / 'cache'}",
    ]
    command += ["--error-on-missing-schemas", ",".join(map(str, schemas)), str(work / "objects.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "{" not in done.stdout:
        raise RuntimeError(f"crossplane resource validate: {done.stderr or done.stdout}")
    verdicts = json.loads(done.stdout[done.stdout.index("{") :])["resources"]
    return [
        Verdict(v["kind"], v["name"], v["status"], tuple(f"{e.get('field')}: {e['message']}" for e in v.get("errors", [])))
        for v in verdicts
    ]


def crd_errors(xrd: Path) -> dict[str, list[str]]:
    """What an API server would say of the CRDs that Crossplane makes of an XRD: schema, and the cost of its CEL rules."""
    return dict(_crdcheck(xrd)["crds"])


def list_errors(xrd: Path, objects: Sequence[dict[str, Any]], work: Path) -> list[list[str]]:
    """What an API server would say of the lists in objects: sets with a repetition, maps with two of one key."""
    (work / "objects.json").write_text(json.dumps(objects))
    return list(_crdcheck(xrd, work / "objects.json")["objects"])


def _crdcheck(*files: Path) -> dict[str, Any]:
    done = subprocess.run([CRDCHECK.built(), *files], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
