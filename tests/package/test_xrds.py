"""The XRDs read like documentation, and say what the function does."""

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from function.observed import Observed
from package.xrds.__main__ import claims, clusters, namespaced, text, xrds
from tests.support.clusters import ACCOUNT, EKS_FACTS, ISSUER, eks, entry, gke, vcluster
from tests.support.clusters import composed as composed_cluster
from tests.support.random_gcp import existing_account, rich_gcp, rich_gcp_direct
from tests.support.random_specs import random_spec
from tests.support.xrs import composed, everything_provided, spec
from tests.test_properties import rich_source, rich_spec, rich_tokens

SCHEMA = namespaced()["spec"]["versions"][0]["schema"]["openAPIV3Schema"]


def fields(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Every field below a schema: path, schema, whether it is required."""
    for name, field in schema.get("properties", {}).items():
        yield f"{path}.{name}", field, name in schema.get("required", [])
        yield from fields(field, f"{path}.{name}")
    if isinstance(schema.get("items"), dict):
        yield from fields(schema["items"], f"{path}[]")


CLUSTER_SCHEMA = clusters()["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
SPEC_FIELDS = list(fields(SCHEMA["properties"]["spec"], "spec"))
STATUS_FIELDS = list(fields(SCHEMA["properties"]["status"], "status"))
CLUSTER_SPEC_FIELDS = list(fields(CLUSTER_SCHEMA["properties"]["spec"], "PodIdentityCluster.spec"))
CLUSTER_STATUS_FIELDS = list(fields(CLUSTER_SCHEMA["properties"]["status"], "PodIdentityCluster.status"))
ALL_SPEC_FIELDS = [*SPEC_FIELDS, *CLUSTER_SPEC_FIELDS]
ALL_STATUS_FIELDS = [*STATUS_FIELDS, *CLUSTER_STATUS_FIELDS]


def test_what_is_committed_is_what_the_models_say() -> None:
    for file, xrd in xrds().items():
        assert file.read_text() == text(xrd), "run `make xrds`"


def test_both_kinds_have_one_schema() -> None:
    assert namespaced()["spec"]["versions"] == claims()["spec"]["versions"]


@pytest.mark.parametrize(("path", "field", "required"), ALL_SPEC_FIELDS, ids=[path for path, _, _ in ALL_SPEC_FIELDS])
def test_every_field_of_spec_is_described_with_default_and_example(path: str, field: dict[str, Any], required: bool) -> None:
    text = field["description"]
    assert re.search(r"\w\.|[`)]\.", text), "a sentence"
    assert required or "Default: " in text, "what happens without it"
    assert "Example: " in text, "what it looks like"
    assert text.endswith("."), "a sentence"
    assert "  " not in text


@pytest.mark.parametrize(("path", "field", "required"), ALL_STATUS_FIELDS, ids=[path for path, _, _ in ALL_STATUS_FIELDS])
def test_every_field_of_status_is_described(path: str, field: dict[str, Any], required: bool) -> None:
    assert field["description"].endswith(".")


def test_examples_are_in_the_type_of_their_field() -> None:
    """An example that the schema would refuse teaches the wrong thing."""
    kinds = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
    for path, field, _ in ALL_SPEC_FIELDS:
        example = re.search(r"Example: `(.*)`\.$", field["description"])
        assert example, path
        value: Any = yaml.safe_load(example[1])
        assert type(value) is kinds[field["type"]], path
        if "pattern" in field:
            assert re.search(field["pattern"], str(value)), path
        if "enum" in field:
            assert value in field["enum"], path


def test_every_list_says_how_it_merges() -> None:
    kinds = {path: field["x-kubernetes-list-type"] for path, field, _ in SPEC_FIELDS if field["type"] == "array"}
    assert kinds == {
        "spec.clusters": "map",
        "spec.clusters[].kubernetes.additionalIssuers": "set",
        "spec.serviceAccounts": "atomic",
        "spec.serviceAccounts[].namespaces": "set",
        "spec.serviceAccounts[].clusters": "set",
        "spec.managementPolicies": "set",
        "spec.aws.credentials": "set",
        "spec.aws.permissions.managedPolicyArns": "set",
        "spec.aws.permissions.presets": "map",
        "spec.aws.permissions.presets[].hostedZoneArns": "set",
        "spec.aws.permissions.presets[].secretArns": "set",
        "spec.aws.permissions.managedPolicies": "map",
        "spec.aws.permissions.managedPolicies[].statements": "atomic",
        "spec.aws.permissions.managedPolicies[].statements[].actions": "atomic",
        "spec.aws.permissions.managedPolicies[].statements[].resources": "atomic",
        "spec.aws.permissions.inlinePolicies": "map",
        "spec.aws.permissions.inlinePolicies[].statements": "atomic",
        "spec.aws.permissions.inlinePolicies[].statements[].actions": "atomic",
        "spec.aws.permissions.inlinePolicies[].statements[].resources": "atomic",
        "spec.aws.trust.statements": "atomic",
        "spec.aws.association.existing": "atomic",
        "spec.aws.targetRole.permissions.managedPolicyArns": "set",
        "spec.aws.targetRole.permissions.presets": "map",
        "spec.aws.targetRole.permissions.presets[].hostedZoneArns": "set",
        "spec.aws.targetRole.permissions.presets[].secretArns": "set",
        "spec.aws.targetRole.permissions.managedPolicies": "map",
        "spec.aws.targetRole.permissions.managedPolicies[].statements": "atomic",
        "spec.aws.targetRole.permissions.managedPolicies[].statements[].actions": "atomic",
        "spec.aws.targetRole.permissions.managedPolicies[].statements[].resources": "atomic",
        "spec.aws.targetRole.permissions.inlinePolicies": "map",
        "spec.aws.targetRole.permissions.inlinePolicies[].statements": "atomic",
        "spec.aws.targetRole.permissions.inlinePolicies[].statements[].actions": "atomic",
        "spec.aws.targetRole.permissions.inlinePolicies[].statements[].resources": "atomic",
        "spec.gcp.roles": "atomic",
    }


def test_every_list_of_a_cluster_says_how_it_merges() -> None:
    kinds = {path: field["x-kubernetes-list-type"] for path, field, _ in CLUSTER_SPEC_FIELDS if field["type"] == "array"}
    assert kinds == {
        "PodIdentityCluster.spec.eks.audiences": "set",
        "PodIdentityCluster.spec.eks.oidcProviders": "map",
        "PodIdentityCluster.spec.kubernetes.additionalIssuers": "set",
        "PodIdentityCluster.spec.kubernetes.audiences": "set",
        "PodIdentityCluster.spec.kubernetes.oidcProviders": "map",
        "PodIdentityCluster.spec.usableFrom.namespaces": "set",
        "PodIdentityCluster.spec.managementPolicies": "set",
    }


def test_no_default_is_in_the_schema() -> None:
    """Defaults live in the function: an API server would write them into what users wrote."""
    assert not [path for path, field, _ in ALL_SPEC_FIELDS if "default" in field]


def test_the_status_schema_is_what_the_function_sets() -> None:
    """A status field that the XRD lacks fails the whole reconcile."""
    declared = {path for path, _, _ in STATUS_FIELDS}
    written: set[str] = set()
    aws = (spec(), rich_spec(), rich_tokens(), rich_source(), random_spec(random.Random(1)))
    for some in (*aws, rich_gcp(), rich_gcp_direct(), existing_account()):
        for status in (composed(some).status, _ready(some)):
            written |= set(_paths(status, "status"))
    assert written == declared


def test_the_status_schema_of_a_cluster_is_what_the_function_sets() -> None:
    declared = {path for path, _, _ in CLUSTER_STATUS_FIELDS}
    mapped = vcluster(namespaceMappings={"team-*": "host-team-*"})
    written: set[str] = set()
    for some, facts in (
        (eks(observe=False, accountId=ACCOUNT, oidcIssuer=ISSUER, audience="pods"), {}),
        (gke(observe=False, projectId="prod-436507", projectNumber="1"), {}),
        ({"kubernetes": {"oidcIssuer": ISSUER, "additionalIssuers": [f"{ISSUER}/2"], "partition": "aws"}}, {}),
        (mapped, entry(facts={"eks": EKS_FACTS}, podIdentityAgent="Addon")),
    ):
        written |= set(_paths(composed_cluster(some, required=facts, name="x").status, "PodIdentityCluster.status"))
    assert written == declared


def _ready(some: dict[str, Any]) -> Any:
    there = everything_provided(some)
    manifests = []
    for name, manifest in there.items():
        annotations = {**manifest["metadata"]["annotations"], "crossplane.io/composition-resource-name": name}
        manifests.append({**manifest, "metadata": {**manifest["metadata"], "annotations": annotations}})
    return composed(some, observed=Observed.from_manifests(manifests)).status


def _paths(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{path}.{name}"
            # These are maps, whose keys no schema names.
            yield from () if name in ("annotations", "namespaceMappings") else _paths(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, f"{path}[]")
