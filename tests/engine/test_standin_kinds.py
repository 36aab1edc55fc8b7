"""The kinds that the stand-in plays, against the providers' CRDs: what it writes must be what the API server keeps."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine.crossplane import validate
from tests.standin.existing import aws, google
from tests.standin.provider.kind import Kind, Served
from tests.standin.provider.kinds import KINDS
from tests.standin.scenarios.google_members import NAMED
from tests.standin.scenarios.world import ACCOUNT, ADMIN, GOOD, MEMBER, PROJECT, READ_ONLY, TRUST, VIEWER, World
from tests.tools import crds
from tests.tools.absent import needed

pytestmark = pytest.mark.engine

OBSERVE = {"managementPolicies": ["Observe"]}
FULL: dict[tuple[str, str], tuple[dict[str, Any], str, dict[str, Any]]] = {
    ("iam", "Role"): (
        {
            "assumeRolePolicy": TRUST,
            "description": "x",
            "inlinePolicy": [{"name": "a", "policy": TRUST}],
            "managedPolicyArns": [READ_ONLY],
            "permissionsBoundary": ADMIN,
            "tags": {"a": "b"},
        },
        "other-role",
        {},
    ),
    ("iam", "RolePolicy"): ({"role": "my-role", "policy": TRUST}, "read", {}),
    ("iam", "Policy"): ({"description": "x", "path": "/team/", "policy": TRUST}, "read", {}),
    ("iam", "RolePolicyAttachment"): ({"role": "my-role", "policyArn": READ_ONLY}, "", {}),
    ("iam", "OpenIDConnectProvider"): ({"url": "https://issuer.example.com/x", "clientIdList": ["sts.amazonaws.com"]}, "", {}),
    ("eks", "PodIdentityAssociation"): (
        {
            "clusterName": "prod",
            "disableSessionTags": True,
            "namespace": "data",
            "region": "eu-central-1",
            "roleArn": f"arn:aws:iam::{ACCOUNT}:role/my-role",
            "serviceAccount": "demo",
            "targetRoleArn": "arn:aws:iam::999999999999:role/target",
        },
        "",
        {},
    ),
    ("eks", "Cluster"): ({"region": "eu-central-1"}, "prod", OBSERVE),
    ("eks", "Addon"): (
        {
            "addonName": "vpc-cni",
            "clusterName": "prod",
            "configurationValues": "{}",
            "preserve": True,
            "region": "eu-central-1",
            "resolveConflictsOnCreate": "OVERWRITE",
            "resolveConflictsOnUpdate": "OVERWRITE",
            "serviceAccountRoleArn": f"arn:aws:iam::{ACCOUNT}:role/my-role",
        },
        "",
        {},
    ),
    ("cloudplatform", "ServiceAccount"): ({"displayName": "x", "description": "x"}, "other-account", {}),
    ("container", "Cluster"): ({"location": "europe-west1"}, "prod", OBSERVE),
}
"""What is said of one of each kind, but for members of policies: forProvider, external-name, and what else is in the spec."""

FLAVOURS = [(kind, served) for kind in KINDS for served in kind.served()]


@cache
def crd(name: str) -> dict[str, Any]:
    """A CRD by its name. Where it is missing the test says so, and in CI fails."""
    (file,) = needed([name])
    found: dict[str, Any] = yaml.safe_load(file.read_text())["spec"]
    return found


def fields(kind: Kind, served: Served, *path: str) -> set[str]:
    """The names of the fields below a path of the version that is composed."""
    (version,) = (each for each in crd(f"{kind.plural}.{served.group}")["versions"] if each["name"] == served.version)
    assert version["served"]
    schema = version["schema"]["openAPIV3Schema"]
    for step in path:
        schema = schema["properties"][step]
    return set(schema["properties"])


@pytest.mark.parametrize(("kind", "served"), FLAVOURS, ids=lambda value: getattr(value, "group", None) or value.name)
def test_every_kind_is_what_its_crd_says(kind: Kind, served: Served) -> None:
    spec = crd(f"{kind.plural}.{served.group}")
    assert (spec["names"]["kind"], spec["scope"] == "Namespaced") == (kind.name, served.namespaced)
    assert kind.fields.keys() <= fields(kind, served, "spec", "forProvider")


def test_nothing_is_written_that_the_crds_would_drop_or_refuse(tmp_path: Path) -> None:
    """What is dropped would be written again and again. `crossplane resource validate` says of unknown fields that they are."""
    names = [f"{kind.plural}.{served.group}" for kind, served in FLAVOURS]
    objects = [_in(served, written(kind)) for kind, served in FLAVOURS]
    verdicts = validate(needed(names), objects, tmp_path)
    assert [(verdict.kind, verdict.status, verdict.errors) for verdict in verdicts] == [
        (each["kind"], "valid", ()) for each in objects
    ]
    wrong = copy.deepcopy(objects[0])
    wrong["status"]["atProvider"]["unheardOf"] = "x"
    assert validate(crds.named(names[:1]), [wrong], tmp_path)[0].status == "invalid"


def written(kind: Kind) -> dict[str, Any]:
    """One of a kind with all that it can have, as it is when all is well."""
    world = World()
    world.service_account()
    world.role()
    aws.Cluster.read(f"eu-central-1/{ACCOUNT}/prod,auto-mode").make(world.cloud)
    google.Cluster.read(f"{PROJECT}/europe-west1/prod").make(world.cloud)
    said, external_name, policies = FULL.get((kind.service, kind.name)) or (NAMED[kind.name][0], "", {})
    if kind.name in NAMED and kind.name != "DatasetIAMMember":
        said = {**said, "condition": {"title": "t", "description": "d", "expression": "e"}}
    if kind.name in NAMED:
        said = {**said, "role": VIEWER, "member": MEMBER}
    thing = world.apply(f"{kind.name}.{kind.service}", said, external_name, **policies).settle()
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
