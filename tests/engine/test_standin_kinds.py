"""The kinds that the stand-in plays, against the providers' CRDs: what it writes must be what the API server keeps."""

import copy
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine.crossplane import validate
from tests.standin.provider.kind import Kind, Served
from tests.standin.provider.kinds import KINDS
from tests.standin.scenarios.google_members import NAMED
from tests.standin.scenarios.world import GOOD, World
from tests.tools import crds
from tests.tools.binaries import MissingTool

pytestmark = pytest.mark.engine

FLAVOURS = [(kind, served) for kind in KINDS for served in kind.served()]


@cache
def crd(name: str) -> dict[str, Any]:
    """A CRD by its name. Where it is missing the test says so, and in CI fails."""
    try:
        (file,) = crds.named([name])
    except MissingTool as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(missing))
    found: dict[str, Any] = yaml.safe_load(file.read_text())["spec"]
    return found


def fields(kind: Kind, served: Served, *path: str) -> set[str]:
    """The names of the fields below a path of the one version that is stored."""
    (version,) = (each for each in crd(f"{kind.plural}.{served.group}")["versions"] if each["name"] == served.version)
    assert version["storage"]
    schema = version["schema"]["openAPIV3Schema"]
    for step in path:
        schema = schema["properties"][step]
    return set(schema["properties"])


@pytest.mark.parametrize(("kind", "served"), FLAVOURS, ids=lambda value: getattr(value, "group", None) or value.name)
def test_every_kind_is_what_its_crd_says(kind: Kind, served: Served) -> None:
    spec = crd(f"{kind.plural}.{served.group}")
    assert (spec["names"]["kind"], spec["scope"] == "Namespaced") == (kind.name, served.namespaced)
    assert kind.parameters <= fields(kind, served, "spec", "forProvider")


def test_nothing_is_written_that_the_crds_would_drop_or_refuse(tmp_path: Path) -> None:
    """What is dropped would be written again and again. `crossplane resource validate` says of unknown fields that they are."""
    google = [kind for kind in KINDS if kind.cloud == "gcp"]
    names = [f"{kind.plural}.{served.group}" for kind in google for served in kind.served()]
    assert all(crd(name) for name in names)
    objects = [_in(served, written(kind)) for kind in google for served in kind.served()]
    verdicts = validate(crds.named(names), objects, tmp_path)
    assert [(verdict.kind, verdict.status, verdict.faults) for verdict in verdicts] == [
        (each["kind"], "valid", ()) for each in objects
    ]
    wrong = copy.deepcopy(objects[0])
    wrong["status"]["atProvider"]["accountId"] = "x"
    assert validate(crds.named(names[:1]), [wrong], tmp_path)[0].status == "invalid"


def written(kind: Kind) -> dict[str, Any]:
    """One of a kind, as it is when all is well."""
    world = World()
    account = world.service_account(displayName="x", description="x")
    said: dict[str, Any] = dict(NAMED[kind.name][0]) if kind.name in NAMED else {}
    if kind.name != "DatasetIAMMember":
        said["condition"] = {"title": "t", "description": "d", "expression": "e"}
    thing = account if kind.name == "ServiceAccount" else world.member(kind.name, **said)
    assert thing.state == GOOD
    return thing.object


def _in(served: Served, namespaced: dict[str, Any]) -> dict[str, Any]:
    """The same in one flavour."""
    found = copy.deepcopy(namespaced)
    found["apiVersion"] = f"{served.group}/{served.version}"
    if not served.namespaced:
        del found["metadata"]["namespace"]
        del found["spec"]["providerConfigRef"]["kind"]
    return found
