"""PodIdentityClusters against their XRD, and what they compose against the providers' CRDs."""

from pathlib import Path
from typing import Any

import pytest

from function.observed import RESOURCE_NAME
from tests.engine.crossplane import XRDS, Verdict, list_errors, validate
from tests.spec.bad_input_cluster import CASES
from tests.support.clusters import (
    ACCOUNT,
    EKS_FACTS,
    EKS_SEEN,
    GKE_SEEN,
    ISSUER,
    OF_ACCOUNT,
    OF_OTHER,
    composed,
    conditions,
    eks,
    entry,
    gke,
    seen,
    vcluster,
    xr,
)
from tests.tools.absent import needed

pytestmark = pytest.mark.engine

XRD = XRDS[2]
AGENT = {"addon": True, "version": "v1.3.8-eksbuild.2"}
WHOLE = eks(accountId=ACCOUNT, oidcIssuer=ISSUER, autoMode=False, podIdentityAgent=AGENT, oidcProviders=[OF_ACCOUNT, OF_OTHER])
BESIDE = {
    "kubernetesProviderConfigRef": {"kind": "ClusterProviderConfig", "name": "prod"},
    "usableFrom": {"namespaces": ["team-*", "*"]},
    "managementPolicies": ["*"],
}
AWS = {"accountId": ACCOUNT, "providerConfigRef": {"name": "prod"}, "sourceRoleArn": f"arn:aws:iam::{ACCOUNT}:role/host"}
GOOD: dict[str, dict[str, Any]] = {
    "eks": {**WHOLE, **BESIDE, "aws": AWS},
    "eks, cluster-scoped": {**WHOLE, "managedResources": {"scope": "Cluster"}},
    "eks, written": eks(observe=False, accountId=ACCOUNT),
    "gke": {**gke(projectId="prod-436507"), "gcp": {"providerConfigRef": {"name": "prod"}}},
    "gke, cluster-scoped": {**gke(), "managedResources": {"scope": "Cluster"}},
    "kubernetes": {"kubernetes": {"oidcIssuer": ISSUER, "audience": "x", "oidcProviders": [OF_ACCOUNT]}},
    "vcluster": vcluster(namespaceMappings={"team-*": "host-team-*"}, mappingsOnly=True),
    "elsewhere": {**gke(), "managedResources": {"scope": "Namespaced", "namespace": "platform"}},
}
BAD = {name: spec for name, spec, _ in CASES}

# What a schema cannot say: the function alone refuses these.
BEYOND_SCHEMA = {
    "region of no partition",
    "namespaced provider configs with cluster-scoped resources",
    "a namespaced provider config of Google Cloud with cluster-scoped resources",
    "the vcluster itself",
    "a combination of policies",
    "AWS with GKE",
    "Google Cloud with EKS",
    "Google Cloud with another cluster",
    "a source role of another account",
    "a source role of another partition",
    "a source role outside EKS",
}
BY_LIST_TYPE = {"OIDC providers twice", "OIDC providers outside EKS twice", "namespaces twice"}


def judged(specs: dict[str, Any], work: Path) -> dict[str, Verdict]:
    """What the XRD says of each spec."""
    verdicts = validate([XRD], [xr(spec, f"x{number}") for number, spec in enumerate(specs.values())], work)
    return dict(zip(specs, verdicts, strict=True))


def test_what_the_function_takes_the_xrd_takes(tmp_path: Path) -> None:
    for name, verdict in judged(GOOD, tmp_path).items():
        assert (composed(GOOD[name], name="x").fatal, verdict.status, verdict.errors) == (None, "valid", ()), name


def test_the_xrd_refuses_all_that_a_schema_can_say(tmp_path: Path) -> None:
    let_through = {name for name, verdict in judged(BAD, tmp_path).items() if verdict.status == "valid"}
    assert let_through == BEYOND_SCHEMA | BY_LIST_TYPE


def test_lists_without_repetition(tmp_path: Path) -> None:
    assert all(list_errors(XRD, [xr(BAD[name]) for name in sorted(BY_LIST_TYPE)], tmp_path))
    assert not any(list_errors(XRD, [xr(spec) for spec in GOOD.values()], tmp_path))


def test_everything_is_valid_under_the_xrd_and_the_providers_crds(tmp_path: Path) -> None:
    objects: list[dict[str, Any]] = []
    for name, spec in GOOD.items():
        objects += _with_all_it_composes(name.replace(", ", "-"), spec)
    kinds = {(each["apiVersion"], each["kind"]) for each in objects}
    assert len(kinds) == 1 + 2 * 3 + 2
    verdicts = validate([*_crds(), XRD], objects, tmp_path)
    assert len(verdicts) == len(objects)
    assert not [verdict for verdict in verdicts if verdict.status != "valid"]


def test_what_is_observed_is_as_the_crds_have_it(tmp_path: Path) -> None:
    """The fields that are read exist: `crossplane resource validate` says of unknown ones that they are."""
    for name in ("eks", "eks, cluster-scoped", "gke", "gke, cluster-scoped"):
        sight = {"Cluster": EKS_SEEN if "eks" in GOOD[name] else GKE_SEEN}
        objects = [_named(each, f"x{i}") for i, each in enumerate(seen(composed(GOOD[name]), sight))]
        for each in objects:
            for condition in each["status"]["conditions"]:
                condition["lastTransitionTime"] = "2026-01-01T00:00:00Z"
        verdicts = validate(_crds(), objects, tmp_path)
        assert [(verdict.status, verdict.errors) for verdict in verdicts] == [("valid", ())] * len(objects)


def _with_all_it_composes(name: str, spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The XR with its status, and all that comes of it once the cluster is observed."""
    sight = {"Cluster": EKS_SEEN if "eks" in spec else GKE_SEEN}
    required = entry(facts={"eks": EKS_FACTS}, podIdentityAgent="Addon")
    result = composed(spec, seen(composed(spec, name=name), sight), required, name=name)
    said = [
        {"type": kind, "status": each[0], "reason": each[1], "message": each[2]} for kind, each in conditions(result).items()
    ]
    times = [{**condition, "lastTransitionTime": "2026-01-01T00:00:00Z"} for condition in said]
    status = {**(result.status or {}), "conditions": times}
    return [{**xr(spec, name), "status": status}, *(_named(made.object(), f"{name}-{made.name}") for made in result.resources)]


def _named(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    annotations = {key: value for key, value in manifest["metadata"]["annotations"].items() if key != RESOURCE_NAME}
    return {**manifest, "metadata": {**manifest["metadata"], "annotations": annotations, "name": name}}


def _crds() -> list[Path]:
    """The CRDs of all that is composed. Where they are missing the test says so, and in CI fails."""
    groups = {"eks.aws": ("clusters", "addons"), "iam.aws": ("openidconnectproviders",), "container.gcp": ("clusters",)}
    flavours = ("m.upbound.io", "upbound.io")
    return needed(f"{kind}.{group}.{end}" for group, kinds in groups.items() for kind in kinds for end in flavours)
