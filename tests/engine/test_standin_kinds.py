"""The kinds that the stand-in plays, against the providers' CRDs: what it writes must be what the API server keeps."""

import os
from functools import cache
from typing import Any

import pytest
import yaml

from tests.standin.provider.kind import Kind, Served
from tests.standin.provider.kinds import KINDS
from tests.standin.scenarios.google_members import NAMED
from tests.standin.scenarios.world import World
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


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.cloud == "gcp"], ids=lambda kind: kind.name)
def test_nothing_is_observed_that_the_crd_would_drop(kind: Kind) -> None:
    """Or it would be written again and again."""
    world = World()
    account = world.service_account(displayName="x", description="x")
    said: dict[str, Any] = dict(NAMED[kind.name][0]) if kind.name in NAMED else {}
    if kind.name != "DatasetIAMMember":
        said["condition"] = {"title": "t", "description": "d", "expression": "e"}
    seen = account if kind.name == "ServiceAccount" else world.member(kind.name, **said)
    for served in kind.served():
        assert seen.at_provider.keys() <= fields(kind, served, "status", "atProvider")
        assert seen.for_provider.keys() <= fields(kind, served, "spec", "forProvider")
        if "condition" in seen.at_provider:
            assert set(seen.at_provider["condition"]) == fields(kind, served, "status", "atProvider", "condition")
